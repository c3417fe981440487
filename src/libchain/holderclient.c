/* ISC license. */

#include <string.h>
#include <errno.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/skamisc.h>
#include <skalibs/stralloc.h>
#include <skalibs/exec.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libfdwire/wire.h"
#include "libchain/holderclient.h"
#include "libdaemon/clock.h"
#include "libsockets/unixsocket.h"

void holderclient_check_id (char const *id)
{
  if (wire_id_check(id, strlen(id)))
    strerr_dief(EXITCODE_USAGE, "invalid identifier: it must have 1 to 255 bytes") ;
}

#define LOST ": the holder went away before it answered"
#define DOING "connect to a fd-holder daemon at "

void holderclient_connect (fdholder *h, char const *path, unsigned int milliseconds, tain *deadline, int refused)
{
  tain_now_set_stopwatch_g() ;
  holderclient_deadline(deadline, milliseconds) ;
  holderclient_reconnect(h, path, deadline, refused) ;
}

void holderclient_reconnect (fdholder *h, char const *path, tain const *deadline, int refused)
{
  if (fdholder_start_g(h, path, deadline)) return ;
  if (fdholder_isconnected(h)) holderclient_die(refused, DOING, path) ;
  strerr_diefu(EXITCODE_SYSTEM, DOING, path, ": ", strerror(errno), unixsocket_remedy(errno)) ;
}

void holderclient_deadline (tain *deadline, unsigned int milliseconds)
{
  if (milliseconds) clock_after(deadline, &STAMP, milliseconds) ;
  else *deadline = tain_infinite ;
}

struct remedy
{
  int number ;
  char const *text ;
} ;

 /* In the words of fdholder-errors(7). */

static char const *find_remedy (int e)
{
  static struct remedy const remedies[] =
  {
    { EPIPE, " (the daemon closed the connection: do its access rules let this user in?)" },
    { EPERM, " (the daemon's access rules give this user no right to that)" },
    { ENOENT, " (the daemon holds nothing by that identifier)" },
    { EBUSY, " (the identifier is in use)" },
    { ENFILE, " (the daemon's -n, or the limit of open files here or there, is too low)" },
    { EDQUOT, " (the daemon's access rules let this user have no more stored at a time)" },
    { ETIMEDOUT, " (no answer in time: is it stuck, or its -c too low? -t sets how long to wait)" },
    { EPROTO, " (that does not speak as a fd-holder daemon does)" },
    { EBADF, " (that descriptor is not open)" },
    { ENOSYS, " (this holder cannot wait, and holds nothing by that identifier now)" },
    { ELOOP, " (a connection to the daemon cannot be stored in it)" },
    { 0, "" }
  } ;
  struct remedy const *r = remedies ;
  while (r->number && r->number != e) r++ ;
  return r->text ;
}

int holderclient_quote (stralloc *line, char const *id)
{
  return string_quote_nodelim_mustquote(line, id, strlen(id), 0, 0) ;
}

static char const *quote (stralloc *quoted, char const *id)
{
  if (!id) id = "" ;
  return holderclient_quote(quoted, id) && stralloc_0(quoted) ? quoted->s : id ;
}

void holderclient_die_for (int code, char const *doing, char const *id, char const *remedy)
{
  stralloc quoted = STRALLOC_ZERO ;
  int e = errno ;
  id = quote(&quoted, id) ;
  strerr_diefu(code, doing, id, ": ", strerror(e), remedy) ;
}

void holderclient_die (int code, char const *doing, char const *id)
{
  holderclient_die_for(code, doing, id, find_remedy(errno)) ;
}

void holderclient_die_asking (fdholder const *h, int code, char const *doing, char const *id, enum holderclient_change change)
{
  stralloc quoted = STRALLOC_ZERO ;
  if (errno != EPIPE || !fdholder_islost(h)) holderclient_die(code, doing, id) ;
  id = quote(&quoted, id) ;
  switch (change)
  {
    case HOLDERCLIENT_ONE : strerr_diefu(code, doing, id, LOST ": look whether ", id, " is stored") ;
    case HOLDERCLIENT_ALL : strerr_diefu(code, doing, id, LOST ": look what is stored") ;
    default : strerr_diefu(code, doing, id, LOST) ;
  }
}

void holderclient_warn (char const *doing, char const *id)
{
  stralloc quoted = STRALLOC_ZERO ;
  int e = errno ;
  id = quote(&quoted, id) ;
  strerr_warnwu(doing, id, ": ", strerror(e), find_remedy(e)) ;
  stralloc_free(&quoted) ;
}

void holderclient_finish (char const *const *argv)
{
  if (!*argv) _exit(EXITCODE_OK) ;
  xexec(argv) ;
}
