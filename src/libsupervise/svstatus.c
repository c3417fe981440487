/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/uint16.h>
#include <skalibs/uint64.h>

#include "libsupervise/servicepath.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/wholefile.h"

enum place
{
  AT_CHANGED = 0,
  AT_READIED = AT_CHANGED + TAIN_PACK,
  AT_PID = AT_READIED + TAIN_PACK,
  AT_WSTAT = AT_PID + 8,
  AT_FLAGS = AT_WSTAT + 2
} ;

enum { SVSTATUS_GROUP = 8 } ;

enum { NANOSECONDS = 1000000000, FLAGS_ALL = SVSTATUS_PAUSED | SVSTATUS_FINISHING | SVSTATUS_WANTEDUP | SVSTATUS_READY } ;

void svstatus_pack (char *s, struct svstatus const *status)
{
  tain_pack(s + AT_CHANGED, &status->changed) ;
  tain_pack(s + AT_READIED, &status->readied) ;
  uint64_pack_big(s + AT_PID, (uint64_t)status->pid) ;
  uint16_pack_big(s + AT_WSTAT, (uint16_t)status->wstat) ;
  s[AT_FLAGS] = (char)status->flags ;
}

int svstatus_unpack (struct svstatus *status, char const *s)
{
  uint64_t pid ;
  uint16_t wstat ;
  tain_unpack(s + AT_CHANGED, &status->changed) ;
  tain_unpack(s + AT_READIED, &status->readied) ;
  uint64_unpack_big(s + AT_PID, &pid) ;
  uint16_unpack_big(s + AT_WSTAT, &wstat) ;
  if (pid > INT_MAX || (unsigned char)s[AT_FLAGS] & ~FLAGS_ALL
    || tain_nano(&status->changed) >= NANOSECONDS || tain_nano(&status->readied) >= NANOSECONDS) return 0 ;
  status->pid = (pid_t)pid ;
  status->wstat = wstat ;
  status->flags = (unsigned char)s[AT_FLAGS] ;
  return 1 ;
}

 /* s6 2.13 has the process group, eight bytes, behind the pid. */

static void drop_group (char *s)
{
  memmove(s + AT_WSTAT, s + AT_WSTAT + SVSTATUS_GROUP, SVSTATUS_SIZE - AT_WSTAT) ;
}

int svstatus_read (char const *dir, struct svstatus *status)
{
  char path[SERVICEPATH_MAX] ;
  char s[SVSTATUS_SIZE + SVSTATUS_GROUP] ;
  off_t size ;
  ssize_t r ;
  if (!servicepath(path, dir, SERVICE_STATUS)) return 0 ;
  r = wholefile_read(path, s, sizeof(s), &size) ;
  if (r < 0) return 0 ;
  if (r == SVSTATUS_SIZE + SVSTATUS_GROUP) drop_group(s) ;
  else if (r != SVSTATUS_SIZE) return (errno = EBADMSG, 0) ;
  if (size == r && svstatus_unpack(status, s)) return 1 ;
  return (errno = EBADMSG, 0) ;
}

int svstatus_write (char const *dir, struct svstatus const *status)
{
  char path[SERVICEPATH_MAX] ;
  char s[SVSTATUS_SIZE] ;
  if (!servicepath(path, dir, SERVICE_STATUS)) return 0 ;
  svstatus_pack(s, status) ;
  return wholefile_replace(path, s, sizeof(s)) ;
}
