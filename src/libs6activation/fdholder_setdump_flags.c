/* ISC license. */

#include <stdint.h>
#include <errno.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

static int check_entries (fdholder_entry const *entries, size_t n)
{
  if (n > UINT32_MAX) return (errno = ENFILE, 0) ;
  for (size_t i = 0 ; i < n ; i++)
    if (!fdclient_id_length(entries[i].id)) return 0 ;
  return 1 ;
}

static int announce (fdholder *h, uint32_t total, uint8_t flags, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_REQUEST_MAX] ;
  uint32_t frames ;
  size_t len = wire_pack_setdump(request, total, flags) ;
  if (!fdclient_send(h, request, len, 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  return fdclient_inbox_end(&in, fdclient_receive(&in, WIRE_SETDUMP_REPLY_PACK, 0, deadline, stamp)
    && fdclient_answer(&in, &r)
    && (wire_unpack_setdump_reply(&r, &frames) || fdclient_misunderstood(&in))) ;
}

 /* One frame of at most WIRE_FDS_MAX entries, and its answer: 1 for "go on" or
    "done", whichever is due. */

static int send_frame (fdholder *h, stralloc *body, fdholder_entry const *entries, size_t n, int islast, tain const *never, tain const *deadline, tain *stamp)
{
  int fds[WIRE_FDS_MAX] ;
  body->len = wire_pack_verb(body->s, WIRE_DUMPFRAME) ;
  for (size_t i = 0 ; i < n ; i++)
  {
    fds[i] = entries[i].fd ;
    body->len += wire_pack_entry(body->s + body->len, entries[i].expires ? &entries[i].limit : never, entries[i].id, fdclient_id_length(entries[i].id)) ;
  }
  if (!fdclient_send(h, body->s, body->len, fds, n, deadline, stamp)) return fdclient_fail(h) ;
  if (fdclient_outcome(h, deadline, stamp))
  {
    if (islast) return 1 ;
    errno = EPROTO ;
  }
  else if (errno != EAGAIN || h->error) return 0 ;
  else if (!islast) return 1 ;
  else errno = EPROTO ;
  return fdclient_fail(h) ;
}

static int send_frames (fdholder *h, stralloc *body, fdholder_entry const *entries, size_t n, tain const *deadline, tain *stamp)
{
  tain never ;
  if (!fdclient_never(&never)) return 0 ;
  while (n)
  {
    size_t now = n > WIRE_FDS_MAX ? WIRE_FDS_MAX : n ;
    if (!send_frame(h, body, entries, now, now == n, &never, deadline, stamp)) return 0 ;
    entries += now ;
    n -= now ;
  }
  return 1 ;
}

static int setdump (fdholder *h, fdholder_entry const *entries, size_t n, uint8_t flags, tain const *deadline, tain *stamp)
{
  stralloc body = STRALLOC_ZERO ;
  int r ;
  int e ;
  if (!check_entries(entries, n) || !stralloc_ready(&body, WIRE_DUMPFRAME_MAX)) return 0 ;
  r = announce(h, n, flags, deadline, stamp) && send_frames(h, &body, entries, n, deadline, stamp) ;
  e = errno ;
  stralloc_free(&body) ;
  errno = e ;
  return r ;
}

 /* A daemon that is older does not expect flags: its last answer is EPROTO. */

int fdholder_setdump_flags (fdholder *h, fdholder_entry const *entries, size_t n, unsigned int flags, tain const *deadline, tain *stamp)
{
  if (h->error) return (errno = h->error, 0) ;
  if (flags & ~(unsigned int)FDHOLDER_SETDUMP_NEW) return (errno = EINVAL, 0) ;
  if (flags && h->s6) return (errno = ENOSYS, 0) ;
  if (setdump(h, entries, n, flags, deadline, stamp)) return 1 ;
  if (!flags || errno != EPROTO || h->error) return 0 ;
  errno = ENOSYS ;
  return fdclient_fail(h) ;
}
