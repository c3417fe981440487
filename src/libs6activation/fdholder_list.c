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

 /* Are these n ids and nothing else? */

static int check_ids (struct wire_reader r, uint32_t n)
{
  while (n--)
  {
    char const *s ;
    size_t len ;
    if (!wire_get_string(&r, &s, &len) || wire_id_check(s, len)) return 0 ;
  }
  return wire_reader_isempty(&r) ;
}

int fdholder_list (fdholder *h, stralloc *ids, size_t *count, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char const request = WIRE_LIST ;
  uint32_t n ;
  if (!fdclient_send(h, &request, 1, 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  if (!fdclient_receive(&in, LIST_ANSWER_MAX, 0, deadline, stamp) || !fdclient_answer(&in, &r)) return 0 ;
  if (!wire_get_u32(&r, &n) || !check_ids(r, n)) return fdclient_misunderstood(&in) ;
  if (!fdclient_inbox_isdone(&in) || !stralloc_catb(ids, r.s, r.len)) return 0 ;
  *count = n ;
  return 1 ;
}
