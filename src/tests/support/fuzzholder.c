/* ISC license. */

 /* A daemon within the process, and all of its books. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <skalibs/cdbmake.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/uint16.h>

#include "fuzzholder.h"

enum { ENV_MAX = 512 } ;

 /* What a held descriptor was when it was seen first. */

struct seen
{
  uint64_t serial ;
  dev_t dev ;
  ino_t ino ;
} ;

static struct seen *seen = 0 ;
static size_t seen_size = 0 ;

void fuzz_must (int condition)
{
  if (!condition) abort() ;
}

static int is_same (struct stat const *a, struct stat const *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino ;
}

static int is_known (struct fuzzholder const *f, struct stat const *st)
{
  for (unsigned int i = 0 ; i < FUZZ_FILES ; i++)
    if (is_same(st, f->stats + i)) return 1 ;
  return 0 ;
}

int fuzzholder_knows (struct fuzzholder const *f, int fd)
{
  struct stat st ;
  fuzz_must(!fstat(fd, &st)) ;
  return is_known(f, &st) ;
}

 /* Rules as a cdb: they are in memory once they have been read. */

static void add_rule (cdbmaker *cdb, char const *key, char const *env, size_t len)
{
  char data[ENV_MAX] = "A" ;
  uint16_pack_big(data + 1, len) ;
  memcpy(data + 3, env, len) ;
  memset(data + 3 + len, 0, 2) ;
  fuzz_must(cdbmake_add(cdb, key, strlen(key), data, len + 5)) ;
}

static void make_rules (struct policy *p, struct complaints *complaints)
{
  static char const all[] = "S6_FDHOLDER_STORE_REGEX=.*\0S6_FDHOLDER_RETRIEVE_REGEX=.*\0S6_FDHOLDER_LIST=1\0S6_FDHOLDER_GETDUMP=1\0S6_FDHOLDER_SETDUMP=1" ;
  static char const some[] = "S6_FDHOLDER_STORE_REGEX=^a\0S6_FDHOLDER_RETRIEVE_REGEX=.*\0S6_FDHOLDER_LIST=1" ;
  cdbmaker cdb = CDBMAKER_ZERO ;
  char path[] = "/tmp/fuzzholder.XXXXXX" ;
  int fd = mkstemp(path) ;
  fuzz_must(fd >= 0 && cdbmake_start(&cdb, fd)) ;
  add_rule(&cdb, "uid/1001", all, sizeof(all)) ;
  add_rule(&cdb, "uid/1002", some, sizeof(some)) ;
  add_rule(&cdb, "uid/1003", "", 0) ;
  fuzz_must(cdbmake_finish(&cdb)) ;
  close(fd) ;
  fuzz_must(policy_init_cdb(p, path, complaints)) ;
  unlink(path) ;
}

static void make_files (struct fuzzholder *f)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  socklen_t len = sizeof(address) ;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  fuzz_must(listener >= 0 && !bind(listener, (struct sockaddr *)&address, sizeof(sa_family_t)) && !listen(listener, 1)) ;
  fuzz_must(!getsockname(listener, (struct sockaddr *)&address, &len)) ;
  fuzz_must(selfsocket_init(&f->holder.self, listener)) ;
  for (unsigned int i = 0 ; i < FUZZ_FILES - 1 ; i++)
  {
    f->files[i] = memfd_create("fuzz", MFD_CLOEXEC) ;
    fuzz_must(f->files[i] >= 0) ;
  }
  f->files[FUZZ_FILES - 1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  fuzz_must(!connect(f->files[FUZZ_FILES - 1], (struct sockaddr *)&address, len)) ;
  for (unsigned int i = 0 ; i < FUZZ_FILES ; i++) fuzz_must(!fstat(f->files[i], f->stats + i)) ;
}

struct fuzzholder *fuzzholder_new (void)
{
  static struct holder const zero = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
  struct fuzzholder *f = calloc(1, sizeof(struct fuzzholder)) ;
  fuzz_must(!!f) ;
  PROG = "fuzz" ;
  signal(SIGPIPE, SIG_IGN) ;  /* as the daemon has it, whose clients close event pipes */
  f->holder = zero ;
  nowait_init(&f->holder.log.out, open("/dev/null", O_WRONLY | O_CLOEXEC)) ;
  f->holder.log.verbosity = 0 ;
  complaint_init(&f->holder.complaints, &f->holder.log) ;
  make_rules(&f->holder.policy, &f->holder.complaints) ;
  make_files(f) ;
  fuzz_must(loop_init(&f->loop)) ;
  return f ;
}

int fuzz_first_free (void)
{
  int fd = dup(0) ;
  fuzz_must(fd >= 0) ;
  close(fd) ;
  return fd ;
}

void fuzzholder_begin (struct fuzzholder *f, unsigned int max)
{
  struct holder *h = &f->holder ;
  tain const timeout = { .sec = { .x = 10 }, .nano = 0 } ;
  f->lowest = fuzz_first_free() ;
  budget_fit(&h->budget, FUZZ_SLOTS, max, 1024) ;
  store_init(&h->store, &h->fdtable, h->budget.maxfds, &verbs_observe, h) ;
  tain_uint(&f->now, 1000) ;
  tain_add(&f->now, &f->now, &tain_zero) ;
  fuzz_must(slots_init(&f->slots, h, &f->loop, FUZZ_SLOTS, &timeout)) ;
  h->inspect.ishere = 1 ;
  kept_init(&h->kept, &h->store, &h->complaints, &f->loop, -1, 0, 0) ;
  if (seen) memset(seen, 0, seen_size * sizeof(struct seen)) ;
}

void fuzzholder_connect (struct fuzzholder *f, int fd, uid_t uid)
{
  struct rights rights ;
  if (!slots_isopen(&f->slots, &f->now) || !policy_admit(&f->holder.policy, &rights, uid, uid, &f->now)) fd_close(fd) ;
  else
  {
    fdtable_open_connection(&f->holder.fdtable, fd) ;
    slots_arrive(&f->slots, fd, &rights, 1, &f->now) ;
  }
}

static void do_peers (struct fuzzholder *f)
{
  struct pollfd x[FUZZ_SLOTS] ;
  uint32_t n = f->slots.n ;
  int r ;
  for (uint32_t i = 0 ; i < n ; i++)
  {
    x[i].fd = f->slots.all[i]->peer->fd ;
    x[i].events = peer_events(f->slots.all[i]->peer) ;
  }
  do r = poll(x, n, 0) ;
  while (r == -1 && errno == EINTR) ;
  fuzz_must(r >= 0) ;
  for (uint32_t i = 0 ; i < n ; i++)
  {
    struct slot *one = f->slots.all[i] ;
    unsigned int events = (x[i].revents & POLLIN ? LOOP_READ : 0) | (x[i].revents & POLLOUT ? LOOP_WRITE : 0) | (x[i].revents & ~(POLLIN | POLLOUT) ? LOOP_HANGUP : 0) ;
    if (events) slots_ready(one, events, &f->now) ;
    if (!peer_isdead(one->peer)) slots_due(one, &f->now) ;
  }
}

static void grow_seen (size_t size)
{
  if (size <= seen_size) return ;
  seen = realloc(seen, size * sizeof(struct seen)) ;
  fuzz_must(!!seen) ;
  memset(seen + seen_size, 0, (size - seen_size) * sizeof(struct seen)) ;
  seen_size = size ;
}

 /* A held descriptor has a reference, is no connection to the daemon, is
    known, and is the file that it was. */

static int check_entry (struct store_entry const *e, void *data)
{
  struct fuzzholder *f = data ;
  struct stat st ;
  struct seen *s ;
  fuzz_must((size_t)e->fd < f->holder.fdtable.size && f->holder.fdtable.references[e->fd]) ;
  fuzz_must(!fstat(e->fd, &st)) ;
  grow_seen(e->fd + 1) ;
  s = seen + e->fd ;
  if (s->serial == e->serial) fuzz_must(s->dev == st.st_dev && s->ino == st.st_ino) ;
  else fuzz_must(is_known(f, &st) && !is_same(&st, f->stats + FUZZ_FILES - 1)) ;
  s->serial = e->serial ;
  s->dev = st.st_dev ;
  s->ino = st.st_ino ;
  return 1 ;
}

static int count_taken (struct store_entry const *e, void *data)
{
  *(unsigned int *)data += e->taken ;
  return 1 ;
}

static void check (struct fuzzholder *f)
{
  struct holder *h = &f->holder ;
  unsigned int taken = 0, taking = 0, given = 0, reserved = 0, waiting = 0, watching = 0 ;
  store_iter(&h->store, &check_entry, f) ;
  store_iter(&h->store, &count_taken, &taken) ;
  for (uint32_t i = 0 ; i < f->slots.n ; i++)
  {
    struct peer const *p = f->slots.all[i]->peer ;
    taking += verbs_istaking(&p->session) ;
    given += !!p->session.given ;
    if (p->session.stage) reserved += p->session.stage->reserved ;
    waiting += !!p->session.waiter ;
    watching += !!p->session.watcher ;
    fuzz_must(!p->session.watcher || (p->session.watcher->owner == f->slots.all[i] && p->channel >= 0)) ;
    fuzz_must((p->state == PEER_WAITING) == !!p->session.waiter) ;
  }
  fuzz_must(taken <= taking && reserved == h->budget.reserved && h->fdtable.connections == f->slots.n + f->slots.waiting) ;
  fuzz_must(h->watch.ids.count <= waiting && !waiting == watch_isempty(&h->watch)) ;
  fuzz_must(watching == h->watch.watching) ;
  fuzz_must(given == h->store.lent && store_used(&h->store) <= h->store.max && store_used(&h->store) <= h->fdtable.count) ;
}

void fuzzholder_turn (struct fuzzholder *f)
{
  verbs_expire(&f->holder, &f->now) ;
  if (kept_turn(&f->holder.kept, &f->now)) verbs_go_on(&f->holder, &f->now) ;
  do_peers(f) ;
  watch_turn(&f->holder.watch, &f->now) ;
  inspect_turn(&f->holder.inspect, &f->now) ;
  slots_turn(&f->slots, &f->now) ;
  check(f) ;
}

 /* Clients are gone by now: what is left is what is held, and after that nothing. */

void fuzzholder_end (struct fuzzholder *f)
{
  struct holder *h = &f->holder ;
  while (f->slots.n || f->slots.waiting) fuzzholder_turn(f) ;
  fuzz_must(h->fdtable.count == store_count(&h->store)) ;
  fuzz_must(!h->budget.reserved && !h->fdtable.connections) ;
  fuzz_must(!watch_iswatched(&h->watch)) ;
  slots_free(&f->slots) ;
  watch_free(&h->watch) ;
  store_free(&h->store) ;
  fuzz_must(!h->fdtable.count) ;
  fuzz_must(fuzz_first_free() == f->lowest) ;
}
