/* ISC license. */

#ifndef S6ACTIVATION_SVSTATUS_H
#define S6ACTIVATION_SVSTATUS_H

 /* What s6-supervise tells of a service: supervise/status, 35 bytes, as
    service-directory(7) has them. Whoever reads it sees the whole of one state. */

#include <sys/types.h>

#include <skalibs/tai.h>

enum svstatus_numbers { SVSTATUS_SIZE = 35 } ;

enum svstatus_flag
{
  SVSTATUS_PAUSED = 1,  /* pid 0: it was never started */
  SVSTATUS_FINISHING = 2,
  SVSTATUS_WANTEDUP = 4,
  SVSTATUS_READY = 8  /* down: finish is over */
} ;

struct svstatus
{
  tain changed ;  /* when it came up, or went down: wall clock */
  tain readied ;  /* when READY changed last */
  pid_t pid ;  /* of run, or of finish; 0: neither is there */
  unsigned int wstat ;  /* of the last run, as wait(2) gives it; 0 before the first */
  unsigned int flags ;
} ;

#define svstatus_isup(s) ((s)->pid && !((s)->flags & SVSTATUS_FINISHING))
#define svstatus_isready(s) (svstatus_isup(s) && (s)->flags & SVSTATUS_READY)
#define svstatus_isdown(s) (!svstatus_isup(s))
#define svstatus_isfinished(s) (!(s)->pid && (s)->flags & SVSTATUS_READY)
#define svstatus_isunstarted(s) (!(s)->pid && (s)->flags & SVSTATUS_PAUSED)

extern void svstatus_pack (char *, struct svstatus const *) ;

 /* 0: these bytes are no status. */
extern int svstatus_unpack (struct svstatus *, char const *) ;

 /* dir: the service directory. The 43 bytes of s6 2.13, which has the process group behind
    the pid, are a status, too. 0 and errno: EBADMSG it is none. */
extern int svstatus_read (char const *dir, struct svstatus *) ;
extern int svstatus_write (char const *dir, struct svstatus const *) ;  /* 0 and errno: the old one stays */

#endif
