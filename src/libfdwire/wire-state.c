/* ISC license. */

 /* The kept state: read by the next image of the holder. */

#include <limits.h>
#include <string.h>

#include <skalibs/sha256.h>
#include <skalibs/tai.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-state-internal.h"

enum { NOBODY = 0 } ;

void wire_state_seal (char *digest, char const *s, size_t len)
{
  SHA256Schedule schedule = SHA256_INIT() ;
  sha256_update(&schedule, s, len) ;
  sha256_final(&schedule, digest) ;
}

static int get_head (struct wire_reader *r, struct wire_state_head *h)
{
  return wire_get_tain(r, &h->clock) && wire_get_tain(r, &h->uptime) && wire_get_u32(r, &h->upgrades)
    && wire_get_u32(r, &h->helpers) && wire_get_u32(r, &h->entries) && wire_get_u32(r, &h->connections)
    && wire_get_u32(r, &h->closing) ;
}

static int has_digest (char const *s, size_t len)
{
  char digest[WIRE_STATE_DIGEST] ;
  wire_state_seal(digest, s, len) ;
  return !memcmp(digest, s + len, WIRE_STATE_DIGEST) ;
}

char const *wire_state_open (struct wire_reader *r, struct wire_state_head *h, char const *s, size_t len, int isproven)
{
  if (len && s[0] != WIRE_STATE_VERSION) return "its version is another one" ;
  if (len < WIRE_STATE_HEAD + WIRE_STATE_DIGEST) return "it is cut short" ;
  if (memcmp(s + 1, STATE_MAGIC, STATE_MAGIC_LEN)) return "it is not the state of a holder" ;
  len -= WIRE_STATE_DIGEST ;
  if (!isproven && !has_digest(s, len)) return "it is damaged" ;
  wire_reader_init(r, s + 1 + STATE_MAGIC_LEN, len - 1 - STATE_MAGIC_LEN) ;
  return get_head(r, h) ? 0 : "it is cut short" ;
}

 /* What no process and no descriptor has as its number is refused here. */

static int get_number (struct wire_reader *r, int *value)
{
  uint32_t u ;
  if (!wire_get_u32(r, &u) || u > INT_MAX) return 0 ;
  *value = (int)u ;
  return 1 ;
}

static int get_pid (struct wire_reader *r, pid_t *pid)
{
  int number ;
  if (!get_number(r, &number)) return 0 ;
  *pid = number ;
  return 1 ;
}

static int get_uid (struct wire_reader *r, uid_t *uid)
{
  uint32_t u ;
  if (!wire_get_u32(r, &u)) return 0 ;
  *uid = u ;
  return 1 ;
}

static int get_flags (struct wire_reader *r, uint8_t *flags, uint8_t known)
{
  return wire_get_u8(r, flags) && !(*flags & ~known) ;
}

 /* Empty, or a text without a NUL in it. */

static int get_text (struct wire_reader *r, struct wire_id *id)
{
  return wire_get_id(r, id) && (!id->len || !wire_id_check(id->s, id->len)) ;
}

static int get_id (struct wire_reader *r, struct wire_id *id)
{
  return get_text(r, id) && id->len ;
}

int wire_state_get_helper (struct wire_reader *r, struct wire_state_helper *h)
{
  return get_flags(r, &h->isneedless, 1) && get_pid(r, &h->pid) && h->pid > NOBODY ;
}

 /* What could have been left out is not said: a state has one form. */

static int get_left (struct wire_reader *r, tain *left, int isnever)
{
  if (!isnever) return wire_get_tain(r, left) && !wire_isnever(left) ;
  *left = tain_infinite_relative ;
  return 1 ;
}

static int get_owner (struct wire_reader *r, struct wire_state_entry *e, struct wire_state_entry const *before, int issame)
{
  if (!issame) return get_uid(r, &e->uid) && get_text(r, &e->rule) && !wire_state_issame(e, before) ;
  if (!before) return 0 ;
  e->uid = before->uid ;
  e->rule = before->rule ;
  return 1 ;
}

int wire_state_get_entry (struct wire_reader *r, struct wire_state_entry *e, struct wire_state_entry const *before)
{
  uint8_t flags ;
  if (!get_flags(r, &flags, FLAG_SOCKET | FLAG_UNIX | FLAG_NEVER | FLAG_SAME)) return 0 ;
  e->issocket = !!(flags & FLAG_SOCKET) ;
  e->isunix = !!(flags & FLAG_UNIX) ;
  if (e->isunix && !e->issocket) return 0 ;
  return get_number(r, &e->fd)
    && get_left(r, &e->left, flags & FLAG_NEVER) && wire_get_tain(r, &e->age)
    && get_pid(r, &e->pid) && get_owner(r, e, before, flags & FLAG_SAME)
    && get_id(r, &e->id) ;
}

static int get_kind (struct wire_reader *r, char *kind)
{
  static char const kinds[] = { WIRE_STATE_ROOM, WIRE_STATE_NEW, WIRE_STATE_IDLE, WIRE_STATE_WAITING } ;
  uint8_t u ;
  if (!wire_get_u8(r, &u) || !memchr(kinds, u, sizeof(kinds))) return 0 ;
  *kind = (char)u ;
  return 1 ;
}

 /* What it waits for, what it is told of, and what it was given. */

static int get_rest (struct wire_reader *r, struct wire_state_connection *c)
{
  c->id.s = c->glob.s = 0 ;
  c->id.len = c->glob.len = 0 ;
  c->flags = 0 ;
  if (c->kind == WIRE_STATE_WAITING && (!wire_get_u8(r, &c->flags) || !get_id(r, &c->id))) return 0 ;
  if (c->iswatching && (c->channel < 0 || !get_text(r, &c->glob))) return 0 ;
  return !c->hasgiven || wire_state_get_entry(r, &c->given, 0) ;
}

 /* What no connection is at once: what it did not bring would be nobody's, or
    would be answered to who has not asked. */

static int is_possible (struct wire_state_connection const *c)
{
  int isstranger = c->kind == WIRE_STATE_ROOM || c->kind == WIRE_STATE_NEW ;
  if (isstranger && c->iss6) return 0 ;
  if (isstranger || c->iss6) return c->kind != WIRE_STATE_WAITING && c->channel < 0 && !c->iswatching && !c->islost && !c->hasgiven ;
  if (c->islost && !c->iswatching) return 0 ;
  if (c->kind != WIRE_STATE_WAITING) return 1 ;
  return !c->hasgiven && (c->flags | WIRE_RETRIEVE_DELETE) == (WIRE_RETRIEVE_WAIT | WIRE_RETRIEVE_DELETE) ;
}

int wire_state_get_connection (struct wire_reader *r, struct wire_state_connection *c)
{
  uint8_t flags ;
  uint32_t gid ;
  if (!get_kind(r, &c->kind) || !get_flags(r, &flags, FLAGS)) return 0 ;
  c->iss6 = !!(flags & FLAG_S6) ;
  c->hasgiven = !!(flags & FLAG_GIVEN) ;
  c->iswatching = !!(flags & FLAG_WATCHING) ;
  c->islost = !!(flags & FLAG_LOST) ;
  if (!get_number(r, &c->fd) || !get_number(r, &c->channel)) return 0 ;
  if (!c->channel) c->channel = -1 ;
  if (!get_uid(r, &c->uid) || !wire_get_u32(r, &gid)) return 0 ;
  c->gid = gid ;
  return get_pid(r, &c->pid)
    && wire_get_u32(r, &c->unread) && wire_get_tain(r, &c->silent) && get_id(r, &c->rule) && get_rest(r, c)
    && is_possible(c) ;
}

int wire_state_get_closing (struct wire_reader *r, struct wire_state_closing *c)
{
  return get_number(r, &c->fd) && wire_get_u32(r, &c->unread) && get_uid(r, &c->uid) && get_text(r, &c->rule) ;
}
