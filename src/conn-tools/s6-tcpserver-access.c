/* ISC license. */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "libchain/accesscontrol.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/inetaddress.h"

#define USAGE "s6-tcpserver-access [ -v verbosity ] [ -W | -w ] [ -D | -d ] [ -H | -h ] [ -R | -r ] [ -P | -p ] [ -l localname ] [ -B banner ] [ -t timeout ] [ -i rulesdir | -x rulesfile ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

struct options
{
  char const *localname ;
  stralloc banner ;  /* of each -B, in their order */
  unsigned int timeout ;  /* milliseconds for each lookup; 0: none */
  unsigned int fatal : 1 ;  /* a lookup that fails ends us */
  unsigned int nodelay : 1 ;
  unsigned int nolookup : 1 ;  /* -H: no local name, and none of the client but for -p */
  unsigned int ident : 1 ;
  unsigned int paranoid : 1 ;
} ;

static int parse_options (int argc, char const *const *argv, struct options *o, struct accesscontrol *control)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "v:WwDdHhRrPpl:B:t:i:x:", &l) ;
    if (opt == -1) return l.ind ;
    switch (opt)
    {
      case 'v' : if (!uint0_scan(l.arg, &control->verbosity)) dieusage() ; break ;
      case 'W' : o->fatal = 0 ; break ;
      case 'w' : o->fatal = 1 ; break ;
      case 'D' : o->nodelay = 1 ; break ;
      case 'd' : o->nodelay = 0 ; break ;
      case 'H' : o->nolookup = 1 ; break ;
      case 'h' : break ;  /* the default, which does not undo -H */
      case 'R' : o->ident = 0 ; break ;
      case 'r' : o->ident = 1 ; break ;
      case 'P' : o->paranoid = 0 ; break ;
      case 'p' : o->paranoid = 1 ; break ;
      case 'l' : o->localname = l.arg ; break ;
      case 'B' : if (!stralloc_cats(&o->banner, l.arg)) strerr_diefusys(EXITCODE_SYSTEM, "read the options") ; break ;
      case 't' : if (!uint0_scan(l.arg, &o->timeout)) dieusage() ; break ;
      case 'i' : control->directory = l.arg ; control->cdb = 0 ; break ;
      case 'x' : control->cdb = l.arg ; control->directory = 0 ; break ;
      default : dieusage() ;
    }
  }
}

static void prepare_connection (struct options const *o)
{
  int one = 1 ;
   /* what is no TCP socket has no such option: a pipe, a Unix socket of a proxy */
  if (o->nodelay && setsockopt(1, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1 && errno != ENOTSOCK && errno != EOPNOTSUPP)
    strerr_warnwusys("set TCP_NODELAY") ;
  if (allwrite(1, o->banner.s, o->banner.len) < o->banner.len)
    strerr_diefusys(EXITCODE_SYSTEM, "write the banner") ;
}

static void lookup_failed (struct options const *o, struct accesscontrol const *control, char const *what)
{
  if (o->fatal) strerr_diefusys(EXITCODE_SYSTEM, "look up ", what) ;
  if (control->verbosity >= 2) strerr_warnwusys("look up ", what) ;
}

 /* Paranoid: a name that does not lead back to the address is none. */

static int name_is_true (struct options const *o, struct accesscontrol const *control, char const *name, struct sockaddr_storage const *remote)
{
  struct sockaddr_storage addresses[INETADDRESS_RESOLVED_MAX] ;
  int n = inetaddress_resolve(addresses, INETADDRESS_RESOLVED_MAX, name, AF_UNSPEC, 0, o->timeout) ;
  if (n == -1) lookup_failed(o, control, name) ;
  for (int i = 0 ; i < n ; i++)
    if (inetaddress_equal(addresses + i, remote)) return 1 ;
  return 0 ;
}

 /* Writes the client's name, or "" where it has none that we may use. */

static void find_remote_name (struct options const *o, struct accesscontrol const *control, struct sockaddr_storage const *remote, char *name)
{
  int r = o->nolookup && !o->paranoid ? 0 : inetaddress_name(name, remote, o->timeout) ;
  if (r == -1) lookup_failed(o, control, "the client's name") ;
  if (r != 1 || (o->paranoid && !name_is_true(o, control, name, remote))) name[0] = 0 ;
}

static accessrules_result lookup_ip (struct accesscontrol *control, struct sockaddr_storage const *remote)
{
  if (remote->ss_family == AF_INET)
    return accessrules_ip4(&control->rules, (char const *)&((struct sockaddr_in const *)remote)->sin_addr, &control->params) ;
  return accessrules_ip6(&control->rules, (char const *)&((struct sockaddr_in6 const *)remote)->sin6_addr, &control->params) ;
}

 /*
   Addresses are judged first: a client that they deny costs no lookup. A
   client without a name meets no rule by name, reversedns/@ included: else
   whoever breaks his own zone would get round what it says of him. Writes
   the name on the way.
 */

static void check (struct options const *o, struct accesscontrol *control, struct sockaddr_storage const *remote, char const *client, char *name)
{
  int hasrules = accesscontrol_open(control) ;
  accessrules_result result = hasrules ? lookup_ip(control, remote) : ACCESSRULES_ALLOW ;
  if (result == ACCESSRULES_NOTFOUND || result == ACCESSRULES_ALLOW)
  {
    find_remote_name(o, control, remote, name) ;
    if (o->paranoid && o->fatal && !name[0]) accesscontrol_deny(control, client, "no confirmed name", "") ;
  }
  if (result == ACCESSRULES_NOTFOUND && name[0]) result = accessrules_reversedns(&control->rules, name, &control->params) ;
  if (hasrules) accesscontrol_require(control, result, client) ;
  accesscontrol_log_allow(control, client) ;
}

 /*
   The local end. Who has set it before us, the super-server or a reader of
   a proxy's header, knows better than the descriptor, which may be a pipe
   of a tunnel or the proxy's own connection: that is asked for what is
   missing only. Text that is kept has room for an address.
 */

static char const *find_local (struct accesscontrol *control, char const *protocol, char *text)
{
  char port[UINT_FMT] ;
  struct sockaddr_storage local ;
  socklen_t len = sizeof(local) ;
  char const *ip = accesscontrol_get(protocol, "LOCALIP") ;
  int hasport = !!accesscontrol_get(protocol, "LOCALPORT") ;
  if (ip && hasport) return ip ;
  if (getsockname(0, (struct sockaddr *)&local, &len) == -1 || (local.ss_family != AF_INET && local.ss_family != AF_INET6))
  {
    if (control->verbosity >= 2)
      strerr_warnw(protocol, ip ? "LOCALPORT" : "LOCALIP", " is not set, and stdin, no TCP socket, cannot tell it") ;
    return ip ;
  }
  port[uint_fmt(port, inetaddress_port(&local))] = 0 ;
  if (!hasport) accesscontrol_modify(control, protocol, "LOCALPORT", port) ;
  if (ip) return ip ;
  inetaddress_format(text, &local) ;
  accesscontrol_modify(control, protocol, "LOCALIP", text) ;
  return text ;
}

static void set_local_name (struct options const *o, struct accesscontrol *control, char const *protocol, char const *ip)
{
  struct sockaddr_storage local ;
  char name[INETADDRESS_NAME_MAX + 1] = "" ;
  if (!o->localname && !o->nolookup && ip && inetaddress_scan(&local, ip))
  {
    int r = inetaddress_name(name, &local, o->timeout) ;
    if (r == -1) lookup_failed(o, control, "the local name") ;
    if (r != 1) name[0] = 0 ;
  }
  accesscontrol_modify(control, protocol, "LOCALHOST", o->localname ? o->localname : name[0] ? name : 0) ;
}

 /* Reads the client's address, which the environment tells. Writes what the log calls it, too. */

static void find_client (char const *protocol, struct sockaddr_storage *remote, char *client)
{
  unsigned int port ;
  if (!inetaddress_scan(remote, accesscontrol_variable(protocol, "REMOTEIP")))
    strerr_dief(EXITCODE_USAGE, "invalid $", protocol, "REMOTEIP") ;
  if (!uint0_scan(accesscontrol_variable(protocol, "REMOTEPORT"), &port) || port > UINT16_MAX)
    strerr_dief(EXITCODE_USAGE, "invalid $", protocol, "REMOTEPORT") ;
  inetaddress_unmap(remote) ;
  memcpy(client, "ip ", 3) ;
  inetaddress_format(client + 3, remote) ;
}

int main (int argc, char const *const *argv)
{
  struct accesscontrol control = ACCESSCONTROL_ZERO ;
  struct options o = { .banner = STRALLOC_ZERO } ;
  struct sockaddr_storage remote ;
  char name[INETADDRESS_NAME_MAX + 1] = "" ;
  char client[3 + INETADDRESS_TEXT] ;
  char text[INETADDRESS_TEXT] ;
  char const *protocol ;
  PROG = "s6-tcpserver-access" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  argv += parse_options(argc, argv, &o, &control) ;
  if (!chain_isprogram(argv)) dieusage() ;
  protocol = accesscontrol_variable("PROTO", "") ;
  find_client(protocol, &remote, client) ;

  prepare_connection(&o) ;
  if (o.ident && control.verbosity) strerr_warnw("-r: IDENT is not done here; going on without it") ;
  check(&o, &control, &remote, client, name) ;
  set_local_name(&o, &control, protocol, find_local(&control, protocol, text)) ;
  accesscontrol_modify(&control, protocol, "REMOTEHOST", name[0] ? name : 0) ;
  accesscontrol_modify(&control, protocol, "REMOTEINFO", 0) ;
  accesscontrol_exec(&control, "-c", argv) ;
}
