/* ISC license. */

#ifndef S6ACTIVATION_SVPAIR_H
#define S6ACTIVATION_SVPAIR_H

 /* A service directory, and its logger's if it has one; and waiting until the
    supervisors of them have come, or have gone. */

#include <sys/stat.h>

#include <skalibs/tai.h>

#include "libfifodir/fifowait.h"
#include "libsupervise/servicepath.h"

enum { SVPAIR_MAX = 2 } ;

struct svpair
{
  char dirs[SVPAIR_MAX][SERVICEPATH_MAX] ;
  unsigned int n ;
  unsigned int awaited[SVPAIR_MAX] ;  /* which of them */
  struct fifowait waits[SVPAIR_MAX] ;
  struct stat statuses[SVPAIR_MAX] ;  /* of those, as they were then; zeroes: there was none */
  unsigned int nawaited ;
} ;

 /* 0 and errno: ENOTDIR its log is no directory. */
extern int svpair_find (struct svpair *, char const *dir) ;

 /* From now on its letter is not missed. 0 and errno. */
extern int svpair_listen (struct svpair *, unsigned int i, char const *letter) ;

 /* Until each that is listened to has told that letter, or is as it would be then:
    a supervisor that is killed tells nothing. If none shall be there, until each lock was
    free once, too, or another supervisor has begun. STAMP must be set. 0 and errno: ETIMEDOUT. */
extern int svpair_await (struct svpair *, int issupervised, tain const *deadline) ;

 /* Until each of them has written its status since: supervisors of s6 tell that they are
    there before they look for a file down, and write it after. Five seconds at most for all
    of them, as a disk may be full. */
extern void svpair_await_status (struct svpair const *) ;

extern void svpair_end (struct svpair *) ;  /* keeps errno */

#endif
