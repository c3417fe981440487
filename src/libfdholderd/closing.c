/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "libdaemon/closer.h"
#include "libdaemon/log.h"
#include "libfdholderd/account.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/closing.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/verbs.h"

static struct closer_lane *charge (void *data, void *owner, enum fdtable_charge what)
{
  struct account *a = owner ;
  switch (what)
  {
    case FDTABLE_HELD : a->references++ ; break ;
    case FDTABLE_CLOSING :
      account_add(a, closing, 1) ;
      return &a->rule->lane ;
    case FDTABLE_CLOSED :
      account_subtract(a, closing, 1) ;
      account_release(data, a) ;
      break ;
  }
  return 0 ;
}

static int begin_helpers (struct holder *h, int hasconnections)
{
  if (!closer_begin(&h->closer, &fdtable_closed, &h->fdtable)) return 0 ;
  h->fdtable.closer = &h->closer ;
  return !hasconnections || closer_start_burial(&h->closer) ;
}

static void warn (struct holder *h)
{
  log_line(&h->log, LOG_WARNING, "unable to make the processes that close descriptors: ", strerror(errno), ": a close that waits can stop this holder") ;
}

 /* No failure keeps a holder from holding. */

void closing_begin (struct holder *h, int hasconnections)
{
  h->fdtable.charge = &charge ;
  h->fdtable.data = &h->accounts ;
  if (!begin_helpers(h, hasconnections) && errno != ENOSYS) warn(h) ;
}

void closing_await (struct holder *h)
{
  if (h->closer.burier && !closer_await_burial(&h->closer)) warn(h) ;
}

static int is_toomuch (struct account const *a)
{
  return a && (a->n.closing >= CLOSING_USER || a->rule->n.closing >= CLOSING_RULE) ;
}

static int is_ample (struct holder const *h, struct account const *a)
{
  return !is_toomuch(a) && budget_hasroom(&h->budget, fdtable_count(&h->fdtable), BUDGET_TRANSIENT + 1) ;
}

static int has_room (struct holder const *h, struct account const *a, unsigned int coming)
{
  return !coming || (!is_toomuch(a) && budget_hasroom(&h->budget, fdtable_count(&h->fdtable), coming)) ;
}

int closing_hasroom (struct holder const *h, struct account const *a, int fd)
{
  return is_ample(h, a) || has_room(h, a, closer_count_unread(fd)) ;
}

static int is_ended (int fd)
{
#ifdef POLLRDHUP
  struct pollfd x = { .fd = fd, .events = POLLRDHUP } ;
  return poll(&x, 1, 0) == 1 ;
#else
  (void)fd ;
  return 1 ;
#endif
}

 /* Bytes first: those that are here then carry none of what comes while we look. */

size_t closing_room (struct holder const *h, struct account const *a, int fd)
{
  int bytes ;
  if (is_ample(h, a)) return SIZE_MAX ;
  if (ioctl(fd, FIONREAD, &bytes) == -1 || !has_room(h, a, closer_count_unread(fd))) return 0 ;
  return bytes > 0 ? (size_t)bytes : (size_t)is_ended(fd) ;
}
