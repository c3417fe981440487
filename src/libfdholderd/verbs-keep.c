/* ISC license. */

 /* Somebody wants to keep what is held: he becomes the keeper (kept.h). */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "libdaemon/procfd.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

 /* Both go to him: what we listen on, and what tells him that we have ended. */

static int adopt (struct call const *c, int fd)
{
  return fd >= 0 && fdtable_adopt(&c->holder->fdtable, fd) ;
}

static int open_gifts (struct call const *c, int gifts[2])
{
  int listening = c->holder->kept.listening ;
  if (listening < 0) return (errno = ESHUTDOWN, 0) ;
  gifts[0] = fcntl(listening, F_DUPFD_CLOEXEC, 3) ;
  if (!adopt(c, gifts[0])) return 0 ;
  gifts[1] = procfd_open(getpid()) ;
  if (adopt(c, gifts[1])) return 1 ;
  fdtable_unref(&c->holder->fdtable, gifts[0]) ;
  return 0 ;
}

static int may_keep (struct session const *s)
{
  return !s->rights.uid || s->rights.uid == geteuid() ;
}

static enum verdict keep (struct call const *c)
{
  struct fdtable *t = &c->holder->fdtable ;
  char *body = (*c->reply.reserve)(c->reply.data, WIRE_ERROR_PACK, 2) ;
  int gifts[2] ;
  int ok ;
  if (!body) return verbs_done(c, "keep", 0, ENOMEM) ;
  if (!open_gifts(c, gifts)) return verbs_done(c, "keep", 0, errno) ;
  ok = kept_adopt(&c->holder->kept, c->fds[0], c->now) ;
  if (ok) (*c->reply.commit)(c->reply.data, wire_pack_error(body, 0), gifts, 2) ;
  fdtable_unref(t, gifts[0]) ;
  fdtable_unref(t, gifts[1]) ;
  if (!ok) return verbs_done(c, "keep", 0, errno) ;
  verbs_log(c->holder, c->session, "keep", 0, 0) ;
  return VERDICT_ANSWERED ;
}

enum verdict verb_keep (struct call const *c)
{
  enum verdict verdict = may_keep(c->session) ? keep(c) : verbs_done(c, "keep", 0, EPERM) ;
  fdtable_unref(&c->holder->fdtable, c->fds[0]) ;
  return verdict ;
}
