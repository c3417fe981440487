/* ISC license. */

#include <skalibs/strerr.h>

#include <s6-activation/config.h>

#include "libchain/wrapper.h"

static struct wrapper_option const options[] =
{
  WRAPPER_BINDING_OPTIONS,
  WRAPPER_DROPPING_OPTIONS,
  WRAPPER_VERBOSITY_OPTIONS,
  WRAPPER_LIMIT_OPTIONS,
  { 'L', WRAPPER_SERVER, WRAPPER_NUMBER, "-L" },
  { '4', WRAPPER_BINDER, WRAPPER_FLAG, "-4" },
  { '6', WRAPPER_BINDER, WRAPPER_FLAG, "-6" },
  { 'A', WRAPPER_BINDER, WRAPPER_FLAG, "-A" },
  { 'r', WRAPPER_BINDER, WRAPPER_FLAG, "-r" },
  { 'F', WRAPPER_BINDER, WRAPPER_FLAG, "-F" },
  { 'I', WRAPPER_BINDER, WRAPPER_TEXT, "-I" },
  WRAPPER_OPTIONS_END
} ;

static struct wrapper const wrapper =
{
  .usage = "s6-tcpserver [ -q | -Q | -v ] [ -d | -D ] [ -1 ] [ -c maxconn ] [ -C localmaxconn ] [ -L bits ] [ -b backlog ] [ -4 | -6 | -A ] [ -r ] [ -F ] [ -I interface ] [ -G gidlist ] [ -g gid ] [ -u uid ] [ -U ] ip port prog...",
  .binder = S6_ACTIVATION_BINPREFIX "s6-tcpserver-socketbinder",
  .server = S6_ACTIVATION_BINPREFIX "s6-tcpserverd",
  .operands = 2,
  .needsprog = 1,
  .options = options
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-tcpserver" ;
  wrapper_run(&wrapper, argc, argv) ;
}
