/* ISC license. */

/* H4 in the library: an id that is none is refused before anything is sent,
   and the connection is still good. */

#include <errno.h>
#include <string.h>

#include "support/scripted-client.h"
#include "support/tap.h"

static struct step const hears_one_delete[] =
{
  STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE),
  READ("\0\0\0\4D\1x\0"), SEND("\0\0\0\1\0", 0), STEP(STEP_WAITEOF), STEP(STEP_END)
} ;

static void refuses (char const *id, int want, char const *name)
{
  fdholder_entry const dump[2] = { { .id = "good", .fd = 0 }, { .id = id, .fd = 0 } } ;
  struct conversation c ;
  conversation_start(&c, hears_one_delete) ;
  conversation_result(fdholder_store_g(&c.h, 0, id, 0, &c.deadline), want, name) ;
  conversation_result(fdholder_delete_g(&c.h, id, &c.deadline), want, name) ;
  conversation_result(fdholder_retrieve_g(&c.h, id, &c.deadline) >= 0, want, name) ;
  conversation_result(fdholder_retrieve_delete_g(&c.h, id, &c.deadline) >= 0, want, name) ;
  conversation_result(fdholder_setdump_g(&c.h, dump, 2, &c.deadline), want, name) ;
  conversation_result(fdholder_delete_g(&c.h, "x", &c.deadline), 0, name) ;
  conversation_end(&c, name) ;
}

int main (void)
{
  char id[FDHOLDER_ID_MAX + 2] ;
  memset(id, 'i', sizeof(id)) ;
  id[FDHOLDER_ID_MAX + 1] = 0 ;
  refuses("", EINVAL, "an empty id") ;
  refuses(id, ENAMETOOLONG, "256 bytes") ;
  return tap_done() ;
}
