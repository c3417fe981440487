/* ISC license. */

 /* The command line of the next image, and exec. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libfdholderd/upgrade.h"

static char const state_word[] = "-R" ;
static char const trial_word[] = "-C" ;

enum { WORDS_MAX = 3 } ;

 /* They come first, so what the user gave is never taken for one of them. */

struct upgrade_words upgrade_words (char const *const *argv)
{
  struct upgrade_words w = { .n = 0, .fd = -1, .istrial = 0 } ;
  unsigned int fd ;
  if (!argv[0] || !argv[1] || strcmp(argv[1], state_word) || !argv[2] || !uint0_scan(argv[2], &fd)) return w ;
  w.fd = (int)fd ;
  w.istrial = argv[3] && !strcmp(argv[3], trial_word) ;
  w.n = w.istrial ? 3 : 2 ;
  return w ;
}

 /* What the kernel was told to execute: argv[0] as it was found. A number of a
    descriptor would be another file by now. */

static char const *find_program (char const *const *argv)
{
#if defined(__linux__) && defined(AT_EXECFN)
  static char const number[] = "/dev/fd/" ;
  char const *name = (char const *)(uintptr_t)getauxval(AT_EXECFN) ;
  if (name && *name && strncmp(name, number, sizeof(number) - 1)) return name ;
#endif
  return argv[0] ;
}

static void try (char const *program, char const **argv)
{
  if (strchr(program, '/')) execv(program, (char **)argv) ;
  else execvp(program, (char **)argv) ;
}

int upgrade_execute (char const *const *argv, int fd, int istrial)
{
  char number[INT_FMT] ;
  char const **words ;
  size_t n = 0, i = 1 + (size_t)upgrade_words(argv).n ;
  while (argv[n]) n++ ;
  words = malloc((n + WORDS_MAX + 1) * sizeof(char const *)) ;
  if (!words) return (errno = ENOMEM, 0) ;
  number[int_fmt(number, fd)] = 0 ;
  n = 0 ;
  words[n++] = argv[0] ;
  words[n++] = state_word ;
  words[n++] = number ;
  if (istrial) words[n++] = trial_word ;
  while (argv[i]) words[n++] = argv[i++] ;
  words[n] = 0 ;
  try(find_program(argv), words) ;
  free(words) ;
  return 0 ;
}
