/* ISC license. */

 /* The kept state: written and read by two images of the holder. */

#include <limits.h>
#include <string.h>

#include <skalibs/sha256.h>
#include <skalibs/tai.h>
#include <skalibs/uint32.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-state.h"

static char const magic[] = "s6fdholderstate" ;  /* behind the version */

enum { MAGIC_LEN = sizeof(magic) - 1, NOBODY = 0 } ;
enum entry_flag { FLAG_SOCKET = 1, FLAG_UNIX = 2 } ;
enum connection_flag { FLAG_S6 = 1, FLAG_GIVEN = 2, FLAG_WATCHING = 4, FLAG_LOST = 8, FLAGS = 15 } ;

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
  size_t n = 1 + MAGIC_LEN ;
  s[0] = WIRE_STATE_VERSION ;
  memcpy(s + 1, magic, MAGIC_LEN) ;
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

size_t wire_state_pack_entry (char *s, struct wire_state_entry const *e)
{
  size_t n = 1 ;
  s[0] = (char)((e->issocket ? FLAG_SOCKET : 0) | (e->isunix ? FLAG_UNIX : 0)) ;
  n += put_u32(s + n, (uint32_t)e->fd) ;
  n += put_tain(s + n, &e->left) ;
  n += put_tain(s + n, &e->age) ;
  n += put_u32(s + n, e->uid) ;
  n += put_u32(s + n, (uint32_t)e->pid) ;
  n += put_id(s + n, &e->rule) ;
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
  if (c->hasgiven) n += wire_state_pack_entry(s + n, &c->given) ;
  return n ;
}

size_t wire_state_pack_closing (char *s, struct wire_state_closing const *c)
{
  size_t n = put_u32(s, (uint32_t)c->fd) ;
  n += put_u32(s + n, c->unread) ;
  n += put_u32(s + n, c->uid) ;
  return n + put_id(s + n, &c->rule) ;
}

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
  if (memcmp(s + 1, magic, MAGIC_LEN)) return "it is not the state of a holder" ;
  len -= WIRE_STATE_DIGEST ;
  if (!isproven && !has_digest(s, len)) return "it is damaged" ;
  wire_reader_init(r, s + 1 + MAGIC_LEN, len - 1 - MAGIC_LEN) ;
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

int wire_state_get_entry (struct wire_reader *r, struct wire_state_entry *e)
{
  uint8_t flags ;
  if (!get_flags(r, &flags, FLAG_SOCKET | FLAG_UNIX) || flags == FLAG_UNIX) return 0 ;
  e->issocket = !!(flags & FLAG_SOCKET) ;
  e->isunix = !!(flags & FLAG_UNIX) ;
  return get_number(r, &e->fd)
    && wire_get_tain(r, &e->left) && wire_get_tain(r, &e->age)
    && get_uid(r, &e->uid) && get_pid(r, &e->pid)
    && get_text(r, &e->rule) && get_id(r, &e->id) ;
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
  return !c->hasgiven || wire_state_get_entry(r, &c->given) ;
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
