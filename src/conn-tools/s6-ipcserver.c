/* ISC license. */

#include <skalibs/strerr.h>

#include <s6-activation/config.h>

#include "libchain/wrapper.h"

static struct wrapper_option const options[] =
{
  WRAPPER_BINDING_OPTIONS,
  WRAPPER_UNIX_OPTIONS,
  WRAPPER_DROPPING_OPTIONS,
  WRAPPER_VERBOSITY_OPTIONS,
  WRAPPER_LIMIT_OPTIONS,
  { 'P', WRAPPER_SERVER, WRAPPER_FLAG, "-P" },
  { 'p', WRAPPER_SERVER, WRAPPER_FLAG, "-p" },
  WRAPPER_OPTIONS_END
} ;

static struct wrapper const wrapper =
{
  .usage = "s6-ipcserver [ -q | -Q | -v ] [ -d | -D ] [ -P | -p ] [ -1 ] [ -a perms ] [ -o uid:gid ] [ -e ] [ -c maxconn ] [ -C localmaxconn ] [ -b backlog ] [ -G gidlist ] [ -g gid ] [ -u uid ] [ -U ] path prog...",
  .binder = S6_ACTIVATION_BINPREFIX "s6-ipcserver-socketbinder",
  .server = S6_ACTIVATION_BINPREFIX "s6-ipcserverd",
  .operands = 1,
  .needsprog = 1,
  .options = options
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-ipcserver" ;
  wrapper_run(&wrapper, argc, argv) ;
}
