/* ISC license. */

#include <skalibs/strerr.h>

#include <s6-activation/config.h>

#include "libchain/wrapper.h"

static struct wrapper_option const options[] =
{
  WRAPPER_BINDING_OPTIONS,
  WRAPPER_UNIX_OPTIONS,
  WRAPPER_DROPPING_OPTIONS,
  { 'v', WRAPPER_SERVER, WRAPPER_NUMBER, "-v" },
  { '1', WRAPPER_SERVER, WRAPPER_READINESS, "-1" },
  { 'c', WRAPPER_SERVER, WRAPPER_LIMIT, "-c" },
  { 'n', WRAPPER_SERVER, WRAPPER_LIMIT, "-n" },
  { 't', WRAPPER_SERVER, WRAPPER_NUMBER, "-t" },
  { 'T', WRAPPER_SERVER, WRAPPER_NUMBER, "-T" },
  { 'i', WRAPPER_SERVER, WRAPPER_TEXT, "-i" },
  { 'x', WRAPPER_SERVER, WRAPPER_TEXT, "-x" },
  WRAPPER_OPTIONS_END
} ;

static struct wrapper const wrapper =
{
  .usage = "s6-fdholder-daemon [ -v verbosity ] [ -d | -D ] [ -1 ] [ -a perms ] [ -o uid:gid ] [ -e ] [ -c maxconn ] [ -n maxfds ] [ -b backlog ] [ -G gidlist ] [ -g gid ] [ -u uid ] [ -U ] [ -t timeout ] [ -T lameducktimeout ] [ -i rulesdir | -x rulesfile ] path",
  .binder = S6_ACTIVATION_BINPREFIX "s6-ipcserver-socketbinder",
  .server = S6_ACTIVATION_BINPREFIX "s6-fdholderd",
  .operands = 1,
  .options = options
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-fdholder-daemon" ;
  wrapper_run(&wrapper, argc, argv) ;
}
