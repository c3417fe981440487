/* ISC license. */

 /* The command line of the next image, and exec. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libfdholderd/upgrade.h"

enum { WORDS_MAX = 10, NUMBERS = 4 } ;

struct word
{
  char const *text ;
  size_t number ;  /* where it is in struct upgrade_words */
} ;

static struct word const numbers[NUMBERS] =
{
  { "-R", offsetof(struct upgrade_words, fd) },
  { "-W", offsetof(struct upgrade_words, worker) },
  { "-A", offsetof(struct upgrade_words, keeper) },
  { "-P", offsetof(struct upgrade_words, process) }
} ;

#define number_of(w, word) ((int *)((char *)(w) + (word)->number))

static int is (char const *s, char const *word)
{
  return s && !strcmp(s, word) ;
}

 /* How many words that is. */

static int take_word (struct upgrade_words *w, char const *const *argv)
{
  unsigned int fd ;
  if (w->n && is(argv[0], "-C")) return w->istrial = 1 ;
  if (w->n && is(argv[0], "-S")) return w->isstarted = 1 ;
  for (unsigned int i = 0 ; i < NUMBERS ; i++)
    if (is(argv[0], numbers[i].text) && argv[1] && uint0_scan(argv[1], &fd))
    {
      *number_of(w, numbers + i) = (int)fd ;
      return 2 ;
    }
  return 0 ;
}

 /* They come first, so what the user gave is never taken for one of them. */

struct upgrade_words upgrade_words (char const *const *argv)
{
  struct upgrade_words w = UPGRADE_WORDS_ZERO ;
  int n = 0 ;
  if (!argv[0]) return w ;
  do
  {
    w.n += n ;
    n = take_word(&w, argv + 1 + w.n) ;
  }
  while (n) ;
  return w ;
}

int upgrade_mark (struct upgrade_words const *w, int flag)
{
  for (unsigned int i = 0 ; i < NUMBERS ; i++)
  {
    int fd = *number_of(w, numbers + i) ;
    if (fd > UPGRADE_ALONE && fcntl(fd, F_SETFD, flag) == -1) return 0 ;
  }
  return 1 ;
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

 /* It is not to die of what it has to say, either, before it has looked after that. */

static void try (char const *program, char const **argv)
{
  signal(SIGPIPE, SIG_IGN) ;
  signal(SIGXFSZ, SIG_IGN) ;
  if (strchr(program, '/')) execv(program, (char **)argv) ;
  else execvp(program, (char **)argv) ;
}

int upgrade_execute (char const *const *argv, struct upgrade_words const *w)
{
  char text[NUMBERS][INT_FMT] ;
  char const **words ;
  size_t n = 0, i = 1 + (size_t)upgrade_words(argv).n ;
  while (argv[n]) n++ ;
  words = malloc((n + WORDS_MAX + 1) * sizeof(char const *)) ;
  if (!words) return (errno = ENOMEM, 0) ;
  n = 0 ;
  words[n++] = argv[0] ;
  for (unsigned int k = 0 ; k < NUMBERS ; k++)
  {
    int fd = *number_of(w, numbers + k) ;
    if (fd < 0) continue ;
    text[k][int_fmt(text[k], fd)] = 0 ;
    words[n++] = numbers[k].text ;
    words[n++] = text[k] ;
  }
  if (w->istrial) words[n++] = "-C" ;
  if (w->isstarted) words[n++] = "-S" ;
  while (argv[i]) words[n++] = argv[i++] ;
  words[n] = 0 ;
  try(find_program(argv), words) ;
  free(words) ;
  return 0 ;
}
