/* ISC license. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "libchain/accesscontrol.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"

#define USAGE "s6-ipcserver-access [ -v verbosity ] [ -e | -E ] [ -l localname ] [ -i rulesdir | -x rulesfile ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static char const *const own_variables[] =
{
  "REMOTEEUID", "REMOTEEGID", "REMOTEPATH", "CONNNUM", "LOCALPATH", 0
} ;

static unsigned int scan_id (char const *protocol, char const *name)
{
  unsigned int id ;
  if (!uint0_scan(accesscontrol_variable(protocol, name), &id))
    strerr_dief(EXITCODE_USAGE, "invalid $", protocol, name) ;
  return id ;
}

 /* 1, or 0: stdin is no Unix socket, but say a pipe of a recorder or a tunnel. */

static int read_local_path (char *path)
{
  size_t const offset = offsetof(struct sockaddr_un, sun_path) ;
  struct sockaddr_un address ;
  socklen_t len = sizeof(address) ;
  if (getsockname(0, (struct sockaddr *)&address, &len) == -1 || address.sun_family != AF_UNIX) return 0 ;
  len = len > offset ? len - offset : 0 ;
  if (len > sizeof(address.sun_path)) len = sizeof(address.sun_path) ;
  memcpy(path, address.sun_path, len) ;
  path[len] = 0 ;
  if (len && !path[0]) path[0] = '@' ;
  return 1 ;
}

 /* Who has set LOCALPATH before us knows better than the descriptor. */

static void set_local_path (struct accesscontrol *control, char const *protocol, char const *localname)
{
  char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1] ;
  if (!localname && accesscontrol_get(protocol, "LOCALPATH")) return ;
  if (!localname && read_local_path(path)) localname = path ;
  if (localname) accesscontrol_modify(control, protocol, "LOCALPATH", localname) ;
  else if (control->verbosity >= 2) strerr_warnw(protocol, "LOCALPATH is not set, and stdin, no Unix socket, cannot tell it") ;
}

static void set_environment (struct accesscontrol *control, char const *protocol, char const *localname, int wanted)
{
  if (wanted)
  {
    set_local_path(control, protocol, localname) ;
    return ;
  }
  accesscontrol_modify(control, "PROTO", "", 0) ;
  for (char const *const *name = own_variables ; *name ; name++)
    accesscontrol_modify(control, protocol, *name, 0) ;
}

static void check (struct accesscontrol *control, char const *protocol)
{
  char client[10 + 2 * UINT_FMT] = "uid " ;
  unsigned int uid = scan_id(protocol, "REMOTEEUID") ;
  unsigned int gid = scan_id(protocol, "REMOTEEGID") ;
  size_t len = 4 ;
  len += uint_fmt(client + len, uid) ;
  memcpy(client + len, " gid ", 5) ;
  len += 5 ;
  client[len + uint_fmt(client + len, gid)] = 0 ;
  if (accesscontrol_open(control))
    accesscontrol_require(control, accessrules_uidgid(&control->rules, uid, gid, &control->params), client) ;
  accesscontrol_log_allow(control, client) ;
}

int main (int argc, char const *const *argv)
{
  struct accesscontrol control = ACCESSCONTROL_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  char const *localname = 0 ;
  char const *protocol ;
  int wanted = 1 ;
  PROG = "s6-ipcserver-access" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "v:eEl:i:x:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'v' : if (!uint0_scan(l.arg, &control.verbosity)) dieusage() ; break ;
      case 'e' : wanted = 1 ; break ;
      case 'E' : wanted = 0 ; break ;
      case 'l' : localname = l.arg ; break ;
      case 'i' : control.directory = l.arg ; control.cdb = 0 ; break ;
      case 'x' : control.cdb = l.arg ; control.directory = 0 ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  protocol = accesscontrol_variable("PROTO", "") ;
  check(&control, protocol) ;
  set_environment(&control, protocol, localname, wanted) ;
  accesscontrol_exec(&control, "-Pc", argv) ;
}
