/* ISC license. */

#include <string.h>
#include <stdint.h>
#include <errno.h>
#include <sys/resource.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

 /* As much room as there is now, and total more. */

static int raise_file_limit (uint32_t total)
{
  struct rlimit limit ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return 0 ;
  if (limit.rlim_max != RLIM_INFINITY && total > limit.rlim_max) return (errno = ENFILE, 0) ;
  if (limit.rlim_cur == limit.rlim_max) return 1 ;
  if (limit.rlim_max == RLIM_INFINITY || total < limit.rlim_max - limit.rlim_cur) limit.rlim_cur += total ;
  else limit.rlim_cur = limit.rlim_max ;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ;
}

 /* A limit so far away that it is none. */

static int is_limit (tain const *limit, tain const *now)
{
  tain left ;
  if (!tain_less(now, limit)) return 1 ;
  tain_sub(&left, limit, now) ;
  return !wire_isnever(&left) ;
}

 /* The entries of one frame. They own no descriptor yet. */

static int add_entries (struct fdclient_inbox *in, fdholder_dump *dump, tain const *now, uint32_t *left)
{
  struct wire_reader r ;
  wire_reader_init(&r, in->frame.s, in->frame.len) ;
  while (!wire_reader_isempty(&r))
  {
    struct wire_entry wire ;
    fdholder_entry entry = { .id = 0, .fd = -1 } ;
    if (!*left || !wire_get_entry(&r, &wire) || wire_id_check(wire.id.s, wire.id.len)) return fdclient_misunderstood(in) ;
    entry.expires = is_limit(&wire.limit, now) ;
    entry.limit = wire.limit ;
    if (!stralloc_catb(&dump->ids, wire.id.s, wire.id.len + 1)
     || !genalloc_append(fdholder_entry, &dump->entries, &entry)) return fdclient_fail(in->connection) ;
    --*left ;
  }
  return 1 ;
}

 /* A read that ends one frame may bring the descriptors of the next. */

static int receive_frame (struct fdclient_inbox *in, fdholder_dump *dump, tain const *now, uint32_t *left, tain const *deadline, tain *stamp)
{
  int fds[WIRE_FDS_MAX] ;
  size_t before = fdholder_dump_count(dump) ;
  size_t n ;
  if (!fdclient_receive(in, WIRE_DUMPFRAME_MAX, 2 * WIRE_FDS_MAX, deadline, stamp) || !add_entries(in, dump, now, left)) return 0 ;
  n = fdholder_dump_count(dump) - before ;
  if (!n || n > WIRE_FDS_MAX) return fdclient_misunderstood(in) ;
  if (!fdclient_inbox_take(in, fds, n)) return 0 ;
  for (size_t i = 0 ; i < n ; i++) fdholder_dump_entries(dump)[before + i].fd = fds[i] ;
  return 1 ;
}

 /* The ids are where they stay: the entries can point to them. */

static void point_to_ids (fdholder_dump *dump)
{
  char const *s = dump->ids.s ;
  for (size_t i = 0 ; i < fdholder_dump_count(dump) ; i++)
  {
    fdholder_dump_entries(dump)[i].id = s ;
    s += strlen(s) + 1 ;
  }
}

static int receive_dump (struct fdclient_inbox *in, fdholder_dump *dump, tain const *deadline, tain *stamp)
{
  struct wire_reader r ;
  tain now ;
  uint32_t frames, total ;
  if (!fdclient_receive(in, WIRE_GETDUMP_REPLY_PACK, 0, deadline, stamp) || !fdclient_answer(in, &r)) return 0 ;
  if (!wire_unpack_getdump_reply(&r, &frames, &total)) return fdclient_misunderstood(in) ;
  if (!raise_file_limit(total) || !tain_wallclock_read(&now)) return fdclient_fail(in->connection) ;
  in->readmax = SIZE_MAX ;
  while (frames--)
    if (!receive_frame(in, dump, &now, &total, deadline, stamp)) return 0 ;
  if (total) return fdclient_misunderstood(in) ;
  point_to_ids(dump) ;
  return 1 ;
}

 /* The first read takes the answer and nothing of the frames behind it: their
    descriptors need room that is made when their number is known. */

static int getdump (fdholder *h, fdholder_dump *dump, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  char request[WIRE_VERB_PACK] ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_GETDUMP), 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  in.readmax = (h->s6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER) + WIRE_GETDUMP_REPLY_PACK ;
  if (fdclient_inbox_end(&in, receive_dump(&in, dump, deadline, stamp))) return 1 ;
  fdholder_dump_free(dump) ;
  return 0 ;
}

int fdholder_getdump (fdholder *h, fdholder_dump *dump, tain const *deadline, tain *stamp)
{
  return getdump(h, dump, deadline, stamp) || (fdclient_renew(h, deadline, stamp) && getdump(h, dump, deadline, stamp)) ;
}
