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

int fdholder_list (fdholder *h, stralloc *ids, size_t *count, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_VERB_PACK] ;
  uint32_t n ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_LIST), 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  if (!fdclient_receive(&in, LIST_ANSWER_MAX, 0, deadline, stamp) || !fdclient_answer(&in, &r)) return 0 ;
  if (!wire_unpack_list_reply(&r, &n)) return fdclient_misunderstood(&in) ;
  if (!fdclient_inbox_isdone(&in) || !stralloc_catb(ids, r.s, r.len)) return 0 ;
  *count = n ;
  return 1 ;
}
