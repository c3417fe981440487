/* ISC license. */

#include <stdint.h>

#include <skalibs/stralloc.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

enum
{
  LIST_IDS_MAX = 1 << 19,  /* half of what Linux lets a process have open by default */
  LIST_ANSWER_MAX = WIRE_LIST_HEADER_PACK + LIST_IDS_MAX * (FDHOLDER_ID_MAX + 1)
} ;

static int list (fdholder *h, stralloc *ids, size_t *count, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_VERB_PACK] ;
  size_t before = ids->len ;
  uint32_t n ;
  int ok ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_LIST), 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  ok = fdclient_receive(&in, LIST_ANSWER_MAX, 0, deadline, stamp)
    && fdclient_answer(&in, &r)
    && (wire_unpack_list_reply(&r, &n) || fdclient_misunderstood(&in))
    && stralloc_catb(ids, r.s, r.len) ;
  ok = fdclient_inbox_end(&in, ok) ;
  if (ok) *count = n ;
  else ids->len = before ;
  return ok ;
}

int fdholder_list (fdholder *h, stralloc *ids, size_t *count, tain const *deadline, tain *stamp)
{
  return list(h, ids, count, deadline, stamp) || (fdclient_renew(h, deadline, stamp) && list(h, ids, count, deadline, stamp)) ;
}
