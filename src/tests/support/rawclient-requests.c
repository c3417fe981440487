/* ISC license. */

/* The requests of the raw client, one by one. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"

int raw_answer (struct rawclient *c)
{
  int r = raw_receive(c) ;
  if (!r && !c->len) return RAW_MALFORMED ;
  return r < 0 ? r : (unsigned char)c->s[0] ;
}

int raw_command (struct rawclient *c, char const *body, size_t len, int const *fds, unsigned int n)
{
  if (!raw_put(c, body, len, fds, n)) return RAW_CLOSED ;
  return raw_answer(c) ;
}

void raw_limit (tain *limit, long milliseconds)
{
  tain left ;
  if (!tain_wallclock_read(limit)) tap_bail("clock") ;
  tain_from_millisecs(&left, (int)labs(milliseconds)) ;
  if (milliseconds < 0) tain_sub(limit, limit, &left) ;
  else tain_add(limit, limit, &left) ;
}

void raw_never (tain *limit)
{
  tain_wallclock_read(limit) ;
  tain_add(limit, limit, &tain_infinite_relative) ;
}

int raw_store (struct rawclient *c, char const *id, tain const *limit, int fd)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  if (!limit) raw_never(&never) ;
  return raw_command(c, body, wire_pack_store(body, limit ? limit : &never, id, strlen(id)), &fd, 1) ;
}

int raw_replace (struct rawclient *c, char const *id, tain const *limit, int fd)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  if (!limit) raw_never(&never) ;
  return raw_command(c, body, wire_pack_replace(body, limit ? limit : &never, id, strlen(id)), &fd, 1) ;
}

int raw_watch (struct rawclient *c, char const *glob)
{
  char body[WIRE_REQUEST_MAX] ;
  return raw_command(c, body, wire_pack_watch(body, glob, glob ? strlen(glob) : 0), 0, 0) ;
}

int raw_delete (struct rawclient *c, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  return raw_command(c, body, wire_pack_delete(body, id, strlen(id)), 0, 0) ;
}

int raw_retrieve (struct rawclient *c, unsigned int flags, char const *id, int *fd)
{
  char body[WIRE_REQUEST_MAX] ;
  int r = raw_command(c, body, wire_pack_retrieve(body, (uint8_t)flags, id, strlen(id)), 0, 0) ;
  *fd = -1 ;
  if (r < 0) return r ;
  if (c->nfds != !r)
  {
    raw_drop_fds(c) ;
    return RAW_MALFORMED ;
  }
  if (!r) *fd = c->fds[--c->nfds] ;
  return r ;
}

int raw_acknowledge (struct rawclient *c)
{
  return raw_command(c, "A", 1, 0, 0) ;
}

int raw_putback (struct rawclient *c)
{
  return raw_command(c, "B", 1, 0, 0) ;
}

int raw_list (struct rawclient *c)
{
  return raw_command(c, "L", 1, 0, 0) ;
}

int raw_setdump_flags (struct rawclient *c, uint32_t total, uint8_t flags)
{
  char body[WIRE_REQUEST_MAX] ;
  return raw_command(c, body, wire_pack_setdump(body, total, flags), 0, 0) ;
}

int raw_setdump (struct rawclient *c, uint32_t total)
{
  return raw_setdump_flags(c, total, 0) ;
}

int raw_dumpframe (struct rawclient *c, char const *const *ids, int const *fds, unsigned int n)
{
  static char body[WIRE_DUMPFRAME_MAX] ;
  size_t len = 1 ;
  tain never ;
  raw_never(&never) ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < n ; i++) len += wire_pack_entry(body + len, &never, ids[i], strlen(ids[i])) ;
  return raw_command(c, body, len, fds, n) ;
}

long raw_list_count (struct rawclient const *c)
{
  uint32_t n ;
  if (c->len < WIRE_LIST_HEADER_PACK || c->s[0]) return -1 ;
  uint32_unpack_big(c->s + 1, &n) ;
  return n ;
}

int raw_listed (struct rawclient const *c, char const *id)
{
  size_t at = WIRE_LIST_HEADER_PACK ;
  for (; at < c->len ; at += strlen(c->s + at) + 1)
    if (!strcmp(c->s + at, id)) return 1 ;
  return 0 ;
}

void raw_must_connect (struct rawclient *c, char const *path, enum frame_dialect dialect)
{
  if (!raw_connect(c, path, (uid_t)-1, dialect)) tap_bail("unable to connect to the daemon") ;
}

void raw_must_watch (struct rawclient *c, char const *path, char const *glob)
{
  raw_must_connect(c, path, FRAME_NATIVE) ;
  if (raw_watch(c, glob)) tap_bail("unable to watch") ;
}

void raw_must_store (struct rawclient *c, char const *id, int fd)
{
  int e = raw_store(c, id, 0, fd) ;
  if (!e) return ;
  tap_diag("store %s: %d", id, e) ;
  tap_bail("unable to store") ;
}

int raw_holds (struct rawclient *c, char const *id)
{
  if (raw_list(c)) tap_bail("unable to list") ;
  return raw_listed(c, id) ;
}

int raw_round (struct rawclient *c, char const *id, int file)
{
  int fd, issame ;
  int e = raw_store(c, id, 0, file) ;
  if (!e) e = raw_retrieve(c, 0, id, &fd) ;
  if (e) return e ;
  issame = testfile_same(fd, file) ;
  close(fd) ;
  e = raw_delete(c, id) ;
  return e || issame ? e : RAW_MALFORMED ;
}

double raw_left (struct rawclient *c, char const *id, int64_t ahead)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  tain now ;
  uint32_t total ;
  if (raw_command(c, "?", 1, 0, 0) || c->len != WIRE_GETDUMP_REPLY_PACK) return -1 ;
  uint32_unpack_big(c->s + 5, &total) ;
  if (total != 1 || raw_receive(c) < 0) return -1 ;
  raw_drop_fds(c) ;
  wire_reader_init(&r, c->s, c->len) ;
  tain_wallclock_read(&now) ;
  if (!wire_get_entry(&r, &entry) || strcmp(entry.id.s, id)) return -1 ;
  return (double)((int64_t)entry.limit.sec.x - (int64_t)now.sec.x - ahead) + ((double)entry.limit.nano - now.nano) / 1e9 ;
}
