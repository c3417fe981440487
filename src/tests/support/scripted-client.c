/* ISC license. */

#include <errno.h>
#include <string.h>

#include "scripted-client.h"
#include "tap.h"

enum { NO_ERRNO = -1 } ;  /* of a failure that does not say why */

void conversation_start (struct conversation *c, struct step const *steps)
{
  c->fds = count_open_fds() ;
  c->pid = scripted_start("s", steps) ;
  tain_now_g() ;
  tain_addsec_g(&c->deadline, 5) ;
  if (!fdholder_start_g(&c->h, "s", &c->deadline)) tap_bail("fdholder_start") ;
}

void conversation_end (struct conversation *c, char const *name)
{
  fdholder_end(&c->h) ;
  tap_int(count_open_fds(), c->fds, "%s: nothing stays open", name) ;
  tap_ok(scripted_done(c->pid), "%s: the daemon has heard and said it all", name) ;
}

void conversation_result (int succeeded, int want, char const *name)
{
  int e = succeeded ? 0 : errno ? errno : NO_ERRNO ;
  tap_error(e, want, "%s: %s", name, want ? strerror(want) : "success") ;
}
