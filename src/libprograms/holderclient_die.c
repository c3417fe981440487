/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/skamisc.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "holderclient.h"

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
    { ETIMEDOUT, " (no answer in time: is it stuck, or its -c too low? -t sets how long to wait)" },
    { EPROTO, " (that does not speak as a fd-holder daemon does)" },
    { EBADF, " (that descriptor is not open)" },
    { ELOOP, " (a connection to the daemon cannot be stored in it)" },
    { 0, "" }
  } ;
  struct remedy const *r = remedies ;
  while (r->number && r->number != e) r++ ;
  return r->text ;
}

static char const *quote (stralloc *quoted, char const *id)
{
  if (!id) id = "" ;
  return string_quote_nodelim_mustquote(quoted, id, strlen(id), 0, 0) && stralloc_0(quoted) ? quoted->s : id ;
}

void holderclient_die (int code, char const *doing, char const *id)
{
  stralloc quoted = STRALLOC_ZERO ;
  int e = errno ;
  id = quote(&quoted, id) ;
  strerr_diefu(code, doing, id, ": ", strerror(e), find_remedy(e)) ;
}

void holderclient_warn (char const *doing, char const *id)
{
  stralloc quoted = STRALLOC_ZERO ;
  int e = errno ;
  id = quote(&quoted, id) ;
  strerr_warnwu(doing, id, ": ", strerror(e), find_remedy(e)) ;
  stralloc_free(&quoted) ;
}
