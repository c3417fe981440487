/* ISC license. */

#include <stdlib.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-connlimit prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienotset(name) strerr_dief(EXITCODE_USAGE, name, " not set: run s6-connlimit under s6-ipcserverd or s6-tcpserverd")

 /* The value of $PROTOname, or 0 when it is not set. */

static char const *get_variable (char const *protocol, char const *name, char *full)
{
  if (!ucspi_name(full, protocol, name)) strerr_dief(EXITCODE_USAGE, "PROTO is too long") ;
  return getenv(full) ;
}

static void check (char const *protocol)
{
  char name[UCSPI_NAME_SIZE] ;
  char const *value = get_variable(protocol, "CONNMAX", name) ;
  unsigned int max ;
  unsigned int number ;
  if (!value) return ;
  if (!uint0_scan(value, &max)) strerr_dieinvalid(EXITCODE_USAGE, name) ;
  value = get_variable(protocol, "CONNNUM", name) ;
  if (!value) dienotset(name) ;
  if (!uint0_scan(value, &number)) strerr_dieinvalid(EXITCODE_USAGE, name) ;
  if (number > max)
    strerr_dief(EXITCODE_DENIED, "this client has as many connections as $", protocol, "CONNMAX allows") ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  char const *protocol = getenv("PROTO") ;
  PROG = "s6-connlimit" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  if (!protocol) dienotset("PROTO") ;
  if (!protocol[0]) strerr_dief(EXITCODE_USAGE, "empty PROTO") ;
  check(protocol) ;
  xexec(argv) ;
}
