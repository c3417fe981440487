/* ISC license. */

 /* The kept state: written by one image of the holder. */

#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/uint32.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-state-internal.h"

static size_t put_u32 (char *s, uint32_t value)
{
  uint32_pack_big(s, value) ;
  return 4 ;
}

static size_t put_tain (char *s, tain const *t)
{
  tain_pack(s, t) ;
  return TAIN_PACK ;
}

static size_t put_id (char *s, struct wire_id const *id)
{
  *s = (char)id->len ;
  memcpy(s + 1, id->s, id->len) ;
  s[1 + id->len] = 0 ;
  return 1 + (size_t)id->len + 1 ;
}

size_t wire_state_pack_head (char *s, struct wire_state_head const *h)
{
  size_t n = 1 + STATE_MAGIC_LEN ;
  s[0] = WIRE_STATE_VERSION ;
  memcpy(s + 1, STATE_MAGIC, STATE_MAGIC_LEN) ;
  n += put_tain(s + n, &h->clock) ;
  n += put_tain(s + n, &h->uptime) ;
  n += put_u32(s + n, h->upgrades) ;
  n += put_u32(s + n, h->helpers) ;
  n += put_u32(s + n, h->entries) ;
  n += put_u32(s + n, h->connections) ;
  return n + put_u32(s + n, h->closing) ;
}

size_t wire_state_pack_helper (char *s, struct wire_state_helper const *h)
{
  s[0] = (char)!!h->isneedless ;
  return 1 + put_u32(s + 1, (uint32_t)h->pid) ;
}

int wire_state_issame (struct wire_state_entry const *e, struct wire_state_entry const *before)
{
  return before && e->uid == before->uid && e->rule.len == before->rule.len
    && (e->rule.s == before->rule.s || !memcmp(e->rule.s, before->rule.s, e->rule.len)) ;
}

size_t wire_state_pack_entry (char *s, struct wire_state_entry const *e, struct wire_state_entry const *before)
{
  int isnever = wire_isnever(&e->left), issame = wire_state_issame(e, before) ;
  size_t n = 1 ;
  s[0] = (char)((e->issocket ? FLAG_SOCKET : 0) | (e->isunix ? FLAG_UNIX : 0) | (isnever ? FLAG_NEVER : 0) | (issame ? FLAG_SAME : 0)) ;
  n += put_u32(s + n, (uint32_t)e->fd) ;
  if (!isnever) n += put_tain(s + n, &e->left) ;
  n += put_tain(s + n, &e->age) ;
  n += put_u32(s + n, (uint32_t)e->pid) ;
  if (!issame)
  {
    n += put_u32(s + n, e->uid) ;
    n += put_id(s + n, &e->rule) ;
  }
  return n + put_id(s + n, &e->id) ;
}

 /* Descriptor 0 is never a channel: it stands for none. */

size_t wire_state_pack_connection (char *s, struct wire_state_connection const *c)
{
  size_t n = 2 ;
  s[0] = c->kind ;
  s[1] = (char)((c->iss6 ? FLAG_S6 : 0) | (c->hasgiven ? FLAG_GIVEN : 0) | (c->iswatching ? FLAG_WATCHING : 0) | (c->islost ? FLAG_LOST : 0)) ;
  n += put_u32(s + n, (uint32_t)c->fd) ;
  n += put_u32(s + n, c->channel < 0 ? 0 : (uint32_t)c->channel) ;
  n += put_u32(s + n, c->uid) ;
  n += put_u32(s + n, c->gid) ;
  n += put_u32(s + n, (uint32_t)c->pid) ;
  n += put_u32(s + n, c->unread) ;
  n += put_tain(s + n, &c->silent) ;
  n += put_id(s + n, &c->rule) ;
  if (c->kind == WIRE_STATE_WAITING)
  {
    s[n++] = (char)c->flags ;
    n += put_id(s + n, &c->id) ;
  }
  if (c->iswatching) n += put_id(s + n, &c->glob) ;
  if (c->hasgiven) n += wire_state_pack_entry(s + n, &c->given, 0) ;
  return n ;
}

size_t wire_state_pack_closing (char *s, struct wire_state_closing const *c)
{
  size_t n = put_u32(s, (uint32_t)c->fd) ;
  n += put_u32(s + n, c->unread) ;
  n += put_u32(s + n, c->uid) ;
  return n + put_id(s + n, &c->rule) ;
}
