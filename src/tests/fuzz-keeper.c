/* ISC license. */

/* A keeper within the process, and who tells it what. The input is a list of what
   he does: any bytes, with descriptors at any place; messages that are sound, or
   bring one descriptor more or less, whole or in two parts; he dies, and another
   one comes. Every held or staged descriptor has its reference and is a file of
   his; what was sound is held, batch by batch; in the end nothing is left open. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "libdaemon/list.h"
#include "libdaemon/tree.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdwire/wire-keep.h"
#include "support/fuzz.h"
#include "support/fuzzheld.h"
#include "support/fuzzholder.h"
#include "support/rawclient.h"

enum { NO_FD = -1, HELD_MAX = 1000 } ;

enum act { ACT_BYTES, ACT_MESSAGE, ACT_WRONG, ACT_DIE, ACT_QUIESCE, ACT_WAIT } ;

static struct fuzzholder *all = 0 ;
static struct keeper keeper ;
static int worker ;  /* his end of the channel */

static struct fuzzheld held ;
static int isexact ;  /* all was sound so far: that is held */

static void observe (void *data, enum store_change change, struct store_entry const *e)
{
  (void)data ;
  (void)change ;
  (void)e ;
}

static void begin_channel (void)
{
  int p[2] ;
  fuzz_must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p)) ;
  worker = p[0] ;
  keeper.channelfd = p[1] ;
}

static void begin (void)
{
  struct holder *h = &all->holder ;
  memset(&keeper, 0, sizeof(keeper)) ;
  store_init(&h->store, &h->fdtable, HELD_MAX, &observe, 0) ;
  accounts_init(&h->accounts) ;
  h->isquiescing = 0 ;
  keeper.holder = h ;
  keeper.phase = KEEPER_KEEPING ;
  keeper_init_reading(&keeper) ;
  tain_uint(&all->now, 1000) ;
  all->lowest = fuzz_first_free() ;
  begin_channel() ;
  isexact = 1 ;
  fuzzheld_begin(&held) ;
}

static void send_bytes (char const *s, size_t len, unsigned int nfds, unsigned int which)
{
  int fds[3] ;
  for (unsigned int i = 0 ; i < nfds ; i++) fds[i] = all->files[(which + i) % FUZZ_FILES] ;
  if (len && raw_send(worker, s, len, fds, nfds) != (ssize_t)len) isexact = 0 ;
}

static void send_raw (struct fuzz_script *script)
{
  uint8_t nfds = fuzz_next(script) % 3, which = fuzz_next(script) ;
  size_t len = fuzz_next(script) ;
  if (len > script->len) len = script->len ;
  isexact = 0 ;
  send_bytes((char const *)script->s, len, nfds, which) ;
  script->s += len ;
  script->len -= len ;
}

static int check_held (struct store_entry const *e, void *data)
{
  struct fdtable const *t = &all->holder.fdtable ;
  (void)data ;
  fuzz_must((size_t)e->fd < t->size && t->references[e->fd] == 1 && fuzzholder_knows(all, e->fd)) ;
  fuzz_must(store_get(&all->holder.store, e->id) == e) ;
  return 1 ;
}

static void check_books (void)
{
  struct fdtable const *t = &all->holder.fdtable ;
  uint64_t staged = 0 ;
  store_iter(&all->holder.store, &check_held, 0) ;
  for (struct list const *l = keeper.staged.next ; l != &keeper.staged ; l = l->next)
  {
    struct store_entry const *e = tree_owner(struct store_entry, siblings, l) ;
    if (e->fd == NO_FD) continue ;
    fuzz_must(t->references[e->fd] == 1 && fuzzholder_knows(all, e->fd)) ;
    staged++ ;
  }
  fuzz_must(t->count == store_count(&all->holder.store) + staged) ;
  fuzz_must(!all->holder.accounts.rules.count) ;
}

 /* 0: what cannot be taken has come. */

static int read_all (void)
{
  enum keeper_read r ;
  do
  {
    r = keeper_read(&keeper, &all->now) ;
    check_books() ;
  }
  while (r == KEEPER_READ_MORE) ;
  fuzz_must(r != KEEPER_READ_NOMEMORY) ;
  if (r == KEEPER_READ_BAD)
  {
    fuzz_must(!isexact) ;
    return 0 ;
  }
  fuzz_must(!isexact || all->holder.isquiescing || fuzzheld_isso(&held, all)) ;
  return 1 ;
}

 /* As keeper_bury: he has gone, and what he has left is read. */

static int die (void)
{
  int ok ;
  fd_close(worker) ;
  all->holder.isquiescing = 0 ;
  keeper.phase = KEEPER_DYING ;
  ok = read_all() ;
  keeper_drop_staged(&keeper) ;
  frame_in_free(&keeper.in) ;
  fd_close(keeper.channelfd) ;
  fuzz_must(keeper_isbetween(&keeper) && all->holder.fdtable.count == store_count(&all->holder.store)) ;
  begin_channel() ;
  keeper.phase = KEEPER_KEEPING ;
  fuzzheld_drop_staged(&held) ;
  return ok ;
}

static void choose (struct wire_keep *m, unsigned int id, struct fuzz_script *script)
{
  static char const kinds[] = { WIRE_KEEP_HOLD, WIRE_KEEP_HOLD, WIRE_KEEP_DROP, WIRE_KEEP_NOTHING } ;
  uint8_t how = fuzz_next(script) ;
  m->kind = kinds[how & 3] ;
  m->islast = m->kind == WIRE_KEEP_NOTHING || (how & 4) ;
  m->id.s = fuzzheld_id(id) ;
  m->id.len = (uint8_t)strlen(m->id.s) ;
  m->uid = how >> 3 ;
  m->pid = how ;
  if (how & 64) raw_never(&m->limit) ;
  else raw_limit(&m->limit, how & 128 ? -1000 : 1000) ;
  raw_limit(&m->stored, how & 128 ? 1000 : -1000) ;
}

 /* error: so many descriptors more than it should bring. Its descriptors go with
    the first part. 0: the keeper has ended. */

static int send_message (struct fuzz_script *script, int error)
{
  struct wire_keep m = { .kind = 0 } ;
  char s[FRAME_S6_HEADER + WIRE_KEEP_MAX] ;
  unsigned int id = fuzz_next(script) % FUZZHELD_IDS, which = fuzz_next(script) ;
  int n ;
  size_t len, first ;
  uint8_t how ;
  choose(&m, id, script) ;
  how = fuzz_next(script) ;
  n = (int)wire_keep_nfds(&m) + error ;
  len = wire_keep_pack(s + FRAME_NATIVE_HEADER, &m) ;
  len += frame_pack_header(s, FRAME_NATIVE, len, 0) ;
  first = how < 64 ? len : 1 + how % (len - 1) ;
  if (n < 0) n = 2 ;
  if (error) isexact = 0 ;
  send_bytes(s, first, (unsigned int)n, which) ;
  if (first < len)
  {
    if (!read_all()) return 0 ;
    if (how & 1) return die() ;
    send_bytes(s + first, len - first, 0, 0) ;
  }
  fuzzheld_tell(&held, &m, id, which % FUZZ_FILES) ;
  return 1 ;
}

static int act (uint8_t what, struct fuzz_script *script)
{
  tain pause ;
  switch (what % 6)
  {
    case ACT_BYTES : send_raw(script) ; return 1 ;
    case ACT_MESSAGE : return send_message(script, 0) ;
    case ACT_WRONG : return send_message(script, what & 64 ? 1 : -1) ;
    case ACT_DIE : return die() ;
    case ACT_QUIESCE : all->holder.isquiescing = !all->holder.isquiescing ; return 1 ;
    default :
      tain_from_millisecs(&pause, fuzz_next(script) * 50) ;
      tain_add(&all->now, &all->now, &pause) ;
      return 1 ;
  }
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  struct fuzz_script script = { .s = input, .len = len } ;
  int goeson = 1 ;
  if (!all) all = fuzzholder_new() ;
  begin() ;
  while (goeson && script.len)
  {
    uint8_t what = fuzz_next(&script) ;
    goeson = act(what, &script) ;
    if (goeson && !(what & 128)) goeson = read_all() ;
  }
  if (goeson) die() ;
  else
  {
    keeper_drop_staged(&keeper) ;
    frame_in_free(&keeper.in) ;
  }
  check_books() ;
  store_free(&all->holder.store) ;
  fuzz_must(!all->holder.fdtable.count) ;
  fd_close(worker) ;
  fd_close(keeper.channelfd) ;
  fuzz_must(fuzz_first_free() == all->lowest) ;
  return 0 ;
}

FUZZ_MAIN()
