/* ISC license. */

 /* What the event pipe carries, within its frames. */

#include <skalibs/tai.h>

#include "libfdwire/wire.h"

size_t wire_pack_event (char *s, enum wire_event_kind kind, tain const *when, char const *id, size_t len)
{
  size_t n = 1 + TAIN_PACK ;
  *s = (char)kind ;
  tain_pack(s + 1, when) ;
  return kind == WIRE_EVENT_LOST ? n : n + wire_pack_id(s + n, id, len) ;
}

int wire_unpack_event (struct wire_event *event, char const *s, size_t len)
{
  static struct wire_id const none = { .s = 0, .len = 0 } ;
  struct wire_reader r ;
  uint8_t kind ;
  wire_reader_init(&r, s, len) ;
  event->id = none ;
  if (!wire_get_u8(&r, &kind) || !wire_get_tain(&r, &event->when)) return 0 ;
  event->kind = (char)kind ;
  switch (kind)
  {
    case WIRE_EVENT_STORED :
    case WIRE_EVENT_REPLACED :
    case WIRE_EVENT_DELETED :
    case WIRE_EVENT_EXPIRED :
      return wire_get_id(&r, &event->id) && !wire_id_check(event->id.s, event->id.len) && wire_reader_isempty(&r) ;
    case WIRE_EVENT_LOST :
      return wire_reader_isempty(&r) ;
    default :
      return 0 ;
  }
}
