/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libdaemon/log.h"
#include "liblogger/cursor.h"
#include "liblogger/reader.h"
#include "liblogger/script.h"
#include "liblogger/stamp.h"

#define USAGE "s6-logread [ -f ] [ -n lines ] [ -s since ] [ -u until ] [ -g | -l | -r ] [ -j ] [ -c cursor ] dir... [ -- selection... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void scan_moment (char const *s, struct timespec *when)
{
  struct timespec now ;
  clock_gettime(CLOCK_REALTIME, &now) ;
  if (!stamp_moment(s, when, &now)) strerr_dief(EXITCODE_USAGE, s, ": no moment: a stamp, YYYY-MM-DD, YYYY-MM-DD HH:MM, or 10m, say, for so long ago") ;
}

static int parse (int argc, char const *const *argv, struct reader_options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "fn:s:u:glrjc:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'f' : o->isfollowing = 1 ; break ;
      case 'n' :
        if (!uint640_scan(l.arg, &o->last)) dieusage() ;
        o->haslast = 1 ;
        break ;
      case 's' : scan_moment(l.arg, &o->since) ; o->hassince = 1 ; break ;
      case 'u' : scan_moment(l.arg, &o->until) ; o->hasuntil = 1 ; break ;
      case 'g' : o->format = READER_UTC ; break ;
      case 'l' : o->format = READER_LOCAL ; break ;
      case 'r' : o->format = READER_RFC3339 ; break ;
      case 'j' : o->isjson = 1 ; break ;
      case 'c' :
        if (!l.arg[0]) dieusage() ;
        o->cursor = l.arg ;
        break ;
      default : dieusage() ;
    }
  }
  return l.ind ;
}

 /* The words of a script with one action, whatever that is. */

static void compile (struct script *script, char const *const *words)
{
  size_t n = 0 ;
  char const **list ;
  struct script_error error ;
  while (words[n]) n++ ;
  list = calloc(n + 2, sizeof(char const *)) ;
  if (!list) strerr_diefusys(EXITCODE_SYSTEM, "compile the selection") ;
  for (size_t i = 0 ; i < n ; i++)
  {
    if (words[i][0] != '+' && words[i][0] != '-') strerr_dief(EXITCODE_USAGE, words[i], ": no selection") ;
    list[i] = words[i] ;
  }
  list[n] = "1" ;
  if (script_compile(script, list, &error)) return ;
  if (errno == ENOMEM) strerr_diefusys(EXITCODE_SYSTEM, "compile the selection") ;
  strerr_dief(EXITCODE_USAGE, error.word ? error.word : "", ": ", error.text) ;
}

static unsigned int count_dirs (char const *const *words)
{
  unsigned int n = 0 ;
  while (words[n] && strcmp(words[n], "--")) n++ ;
  return n ;
}

int main (int argc, char const *const *argv)
{
  static struct reader reader ;
  struct reader_options options = { .selection = 0 } ;
  struct log log = LOG_ZERO ;
  struct script script ;
  struct reader_trouble trouble ;
  unsigned int n ;
  PROG = "s6-logread" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse(argc, argv, &options) ;
  n = count_dirs(argv) ;
  if (!n) dieusage() ;
  for (unsigned int i = 0 ; options.cursor && i < n ; i++)
    if (!cursor_takes(argv[i])) strerr_dief(EXITCODE_USAGE, "a name with a newline has no place in a cursor") ;
  if (argv[n] && argv[n + 1])
  {
    compile(&script, argv + n + 1) ;
    options.selection = &script ;
  }
  if (fcntl(1, F_GETFD) == -1) strerr_dief(EXITCODE_USAGE, "stdout is closed") ;
  if (!fd_sanitize()) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (!reader_init(&reader, &options, argv, n, &log, &trouble))
  {
    if (trouble.iscursor) strerr_dief(EXITCODE_SYSTEM, options.cursor, ": no cursor of s6-logread: remove it to begin anew") ;
    if (errno == EBUSY && trouble.where == options.cursor) strerr_dief(EXITCODE_SYSTEM, options.cursor, ": another s6-logread keeps it up to date: give each one its own") ;
    strerr_diefusys(EXITCODE_SYSTEM, trouble.what, trouble.where) ;
  }
  if (!reader_run(&reader, &trouble)) strerr_diefusys(EXITCODE_SYSTEM, trouble.what, trouble.where) ;
  return reader_hasfailed(&reader) ? EXITCODE_SYSTEM : EXITCODE_OK ;
}
