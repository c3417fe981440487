/* ISC license. */

 /* A state is read whole, and believed when all of it is as it must be. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/genalloc.h>

#include "libdaemon/memfile.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/state-internal.h"
#include "libfdholderd/watch.h"
#include "libfdwire/wire-state.h"

enum { STATE_MAX = 1 << 30, FIRST = 3 } ;

struct checking
{
  struct state *st ;
  genalloc fds ;  /* int: all its descriptors */
  char const *why ;  /* 0 at the end: memory is short */
  char const *last ;  /* the id before */
  int self ;  /* the file of the state */
  int areours ;
} ;

static int refuse (struct checking *c, char const *why)
{
  c->why = why ;
  return 0 ;
}

static int add (struct checking *c, int fd)
{
  if (fd < FIRST) return refuse(c, "a descriptor of it is a standard one") ;
  if (fd == c->self) return refuse(c, "a descriptor of it is its own file") ;
  if (genalloc_append(int, &c->fds, &fd)) return 1 ;
  return refuse(c, 0) ;
}

 /* None that this image has. */

static int check_rule (struct checking *c, struct wire_id const *rule)
{
  return rule->len < POLICY_KEY_SIZE || refuse(c, "a rule of it is too long") ;
}

 /* Another image may have had other globs. */

static int check_glob (struct checking *c, struct wire_id const *glob)
{
  return !glob->len || watch_isglob(glob->s) || refuse(c, "a glob of it is none") ;
}

static int check_entry (void *data, struct wire_state_entry const *e)
{
  struct checking *c = data ;
  if (c->last && strcmp(c->last, e->id.s) >= 0) return refuse(c, strcmp(c->last, e->id.s) ? "its ids are not in order" : "it has an id twice") ;
  c->last = e->id.s ;
  return check_rule(c, &e->rule) && add(c, e->fd) ;
}

static int check_connection (void *data, struct wire_state_connection const *x)
{
  struct checking *c = data ;
  if (!check_rule(c, &x->rule) || !check_glob(c, &x->glob)) return 0 ;
  if (x->hasgiven && (!check_rule(c, &x->given.rule) || !add(c, x->given.fd))) return 0 ;
  return add(c, x->fd) && (x->channel < 0 || add(c, x->channel)) ;
}

 /* One that is closed by now is nobody's. Later its number may be another's. */

static int check_closing (void *data, struct wire_state_closing const *x)
{
  struct checking *c = data ;
  if (!check_rule(c, &x->rule)) return 0 ;
  if (x->fd == c->self) return 1 ;  /* it was closed while this file was made, which has its number */
  if (c->areours && fcntl(x->fd, F_SETFD, FD_CLOEXEC) == -1 && errno == EBADF) return 1 ;
  if (!add(c, x->fd)) return 0 ;
  return genalloc_append(struct wire_state_closing, &c->st->closing, x) || refuse(c, 0) ;
}

static int has_twice (int const *s, size_t n)
{
  for (size_t i = 1 ; i < n ; i++) if (s[i] == s[i - 1]) return 1 ;
  return 0 ;
}

 /* All that has been added: each once, and open, and close-on-exec from now on. */

static int check_numbers (struct checking *c)
{
  int *s = genalloc_s(int, &c->fds) ;
  size_t n = genalloc_len(int, &c->fds) ;
  if (!state_sort_numbers(s, n)) return refuse(c, 0) ;
  if (has_twice(s, n)) return refuse(c, "it has a descriptor twice") ;
  if (!c->areours || state_mark_numbers(s, n, c->self)) return 1 ;
  return refuse(c, errno == EBADF ? "a descriptor of it is closed" : 0) ;
}

 /* The image before has written it and sealed it, and waited with all clients: the
    digest could tell nothing new. A trial has the time, and is there to find out. -1 and
    errno: it is not known. */

static int is_proven (int fd, int areours)
{
  return areours ? memfile_issealed(fd) : 0 ;
}

static enum state_verdict verify (struct state *st, int fd, int areours, int isproven, char const **why)
{
  static struct state_visitor const visitor = { .entry = &check_entry, .connection = &check_connection, .closing = &check_closing } ;
  struct checking c = { .st = st, .fds = GENALLOC_ZERO, .self = fd, .areours = areours } ;
  struct wire_reader r ;
  enum state_walk walk ;
  *why = wire_state_open(&r, &st->head, st->bytes.s, st->bytes.len, isproven) ;
  if (*why) return STATE_BAD ;
  walk = state_walk_held(st, &r, &visitor, &c) ;
  if (walk == STATE_WALK_DONE)
  {
    st->rest = (size_t)(r.s - st->bytes.s) ;
    walk = state_walk_rest(st, &r, &visitor, &c) ;
  }
  if (walk == STATE_WALK_MALFORMED) c.why = "it is malformed" ;
  else if (walk == STATE_WALK_DONE && !check_numbers(&c)) walk = STATE_WALK_ENDED ;
  genalloc_free(int, &c.fds) ;
  *why = c.why ;
  if (walk == STATE_WALK_DONE && !*why) return STATE_GOOD ;
  return *why ? STATE_BAD : (errno = ENOMEM, STATE_UNREADABLE) ;
}

enum state_verdict state_load (struct state *st, int fd, int areours, char const **why)
{
  struct stat s ;
  size_t len ;
  int isproven ;
  *why = 0 ;
  st->rest = 0 ;
  if (fstat(fd, &s) == -1)
  {
    if (errno != EBADF) return STATE_UNREADABLE ;
    return (*why = "it is not there", STATE_BAD) ;
  }
  if (!S_ISREG(s.st_mode) || s.st_size > STATE_MAX) return (*why = "it is not the state of a holder", STATE_BAD) ;
  len = (size_t)s.st_size ;
  if (!stralloc_ready(&st->bytes, len ? len : 1) || lseek(fd, 0, SEEK_SET) == -1) return STATE_UNREADABLE ;
  errno = EIO ;
  if (allread(fd, st->bytes.s, len) != len) return STATE_UNREADABLE ;
  isproven = is_proven(fd, areours) ;
  if (isproven < 0) return STATE_UNREADABLE ;
  st->bytes.len = len ;
  return verify(st, fd, areours, isproven, why) ;
}
