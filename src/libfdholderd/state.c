/* ISC license. */

 /* The kept state: its parts in their order, and its file. */

#include <skalibs/nonposix.h>

#include <fcntl.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "libdaemon/closer.h"
#include "libdaemon/memfile.h"
#include "libfdholderd/state-internal.h"

void state_free (struct state *st)
{
  stralloc_free(&st->bytes) ;
  genalloc_free(struct wire_state_closing, &st->closing) ;
}

void state_own (struct state *st, int fd)
{
  if (fd > 0) st->own[st->owns++] = fd ;
}

#define walk_through(count, type, get, call) \
  for (uint32_t i = 0 ; i < (count) ; i++) \
  { \
    type one ; \
    if (!get(r, &one)) return STATE_WALK_MALFORMED ; \
    if (v->call && !(*v->call)(data, &one)) return STATE_WALK_ENDED ; \
  }

enum state_walk state_walk_held (struct state const *st, struct wire_reader *r, struct state_visitor const *v, void *data)
{
  struct wire_state_entry e[2], *one = e, *before = 0 ;  /* by turns */
  walk_through(st->head.helpers, struct wire_state_helper, wire_state_get_helper, helper)
  for (uint32_t i = 0 ; i < st->head.entries ; i++)
  {
    if (!wire_state_get_entry(r, one, before)) return STATE_WALK_MALFORMED ;
    if (v->entry && !(*v->entry)(data, one)) return STATE_WALK_ENDED ;
    before = one ;
    one = before == e ? e + 1 : e ;
  }
  return STATE_WALK_DONE ;
}

enum state_walk state_walk_rest (struct state const *st, struct wire_reader *r, struct state_visitor const *v, void *data)
{
  walk_through(st->head.connections, struct wire_state_connection, wire_state_get_connection, connection)
  walk_through(st->head.closing, struct wire_state_closing, wire_state_get_closing, closing)
  return wire_reader_isempty(r) ? STATE_WALK_DONE : STATE_WALK_MALFORMED ;
}

static struct wire_reader reader_at (struct state const *st, size_t where)
{
  struct wire_reader r ;
  wire_reader_init(&r, st->bytes.s + where, st->bytes.len - WIRE_STATE_DIGEST - where) ;
  return r ;
}

 /* Memory may have been short before it was known where the rest begins. */

enum state_walk state_walk (struct state const *st, struct state_visitor const *v, void *data)
{
  int isall = v->helper || v->entry || !st->rest ;
  struct wire_reader r = reader_at(st, isall ? WIRE_STATE_HEAD : st->rest) ;
  enum state_walk walk = isall ? state_walk_held(st, &r, v, data) : STATE_WALK_DONE ;
  return walk == STATE_WALK_DONE ? state_walk_rest(st, &r, v, data) : walk ;
}

static int mark (int fd, int flag)
{
  return fcntl(fd, F_SETFD, flag) == 0 ;
}

static int mark_entry (void *data, struct wire_state_entry const *e)
{
  return mark(e->fd, *(int *)data) ;
}

static int mark_connection (void *data, struct wire_state_connection const *c)
{
  int flag = *(int *)data ;
  return mark(c->fd, flag) && (c->channel < 0 || mark(c->channel, flag)) && (!c->hasgiven || mark(c->given.fd, flag)) ;
}

 /* A helper may just have closed it. */

static int mark_closing (void *data, struct wire_state_closing const *c)
{
  mark(c->fd, *(int *)data) ;
  return 1 ;
}

int state_mark (struct state const *st, int flag)
{
  static struct state_visitor const visitor = { .entry = &mark_entry, .connection = &mark_connection, .closing = &mark_closing } ;
  return state_walk(st, &visitor, &flag) == STATE_WALK_DONE ;
}

int state_mark_rest (struct state const *st)
{
  static struct state_visitor const visitor = { .connection = &mark_connection, .closing = &mark_closing } ;
  int flag = 0 ;
  return st->loose ? state_mark(st, 0) : state_walk(st, &visitor, &flag) == STATE_WALK_DONE ;
}

static int hand_over (void *data, struct wire_state_closing const *c)
{
  closer_hand_over_last(data, c->fd) ;
  return 1 ;
}

void state_hand_over (struct state const *st, struct closer *c)
{
  static struct state_visitor const visitor = { .closing = &hand_over } ;
  closer_hand_over(c, 1) ;
  state_walk(st, &visitor, c) ;
}

void state_dismiss (struct state const *st)
{
  struct wire_reader r = reader_at(st, WIRE_STATE_HEAD) ;
  for (uint32_t i = 0 ; i < st->head.helpers ; i++)
  {
    struct wire_state_helper h ;
    if (wire_state_get_helper(&r, &h)) closer_dismiss(h.pid, h.isneedless) ;
  }
}

int state_save (struct state *st, enum state_reader reader)
{
  int fd = memfile_open("s6-fdholderd: state") ;
  size_t len = st->bytes.len - WIRE_STATE_DIGEST ;
  if (fd < 0) return -1 ;
  if (reader == STATE_FOR_TRIAL || !memfile_canseal(fd)) wire_state_seal(st->bytes.s + len, st->bytes.s, len) ;
  if (allwrite(fd, st->bytes.s, st->bytes.len) == st->bytes.len && memfile_seal(fd)) return fd ;
  fd_close(fd) ;
  return -1 ;
}
