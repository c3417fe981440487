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
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "accesscontrol.h"
#include "chain.h"
#include "exitcodes.h"
#include "inetaddress.h"

#define USAGE "s6-tcpserver-access [ -v verbosity ] [ -W | -w ] [ -D | -d ] [ -H | -h ] [ -R | -r ] [ -P | -p ] [ -l localname ] [ -B banner ] [ -t timeout ] [ -i rulesdir | -x rulesfile ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

struct options
{
  char const *localname ;
  char const *banner ;
  unsigned int timeout ;  /* milliseconds for each lookup; 0: none */
  unsigned int fatal : 1 ;  /* a lookup that fails ends us */
  unsigned int nodelay : 1 ;
  unsigned int lookup : 1 ;
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
      case 'H' : o->lookup = 0 ; break ;
      case 'h' : o->lookup = 1 ; break ;
      case 'R' : o->ident = 0 ; break ;
      case 'r' : o->ident = 1 ; break ;
      case 'P' : o->paranoid = 0 ; break ;
      case 'p' : o->paranoid = 1 ; break ;
      case 'l' : o->localname = l.arg ; break ;
      case 'B' : o->banner = l.arg ; break ;
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
  if (o->nodelay && setsockopt(1, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1)
    strerr_warnwusys("set TCP_NODELAY") ;
  if (o->banner)
  {
    size_t len = strlen(o->banner) ;
    if (allwrite(1, o->banner, len) < len) strerr_diefusys(EXITCODE_SYSTEM, "write the banner") ;
  }
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
  int r = o->lookup ? inetaddress_name(name, remote, o->timeout) : 0 ;
  if (r == -1) lookup_failed(o, control, "the client's name") ;
  if (r != 1 || (o->paranoid && !name_is_true(o, control, name, remote))) name[0] = 0 ;
}

static accessrules_result lookup_ip (struct accesscontrol *control, struct sockaddr_storage const *remote)
{
  if (remote->ss_family == AF_INET)
    return accessrules_ip4(&control->rules, (char const *)&((struct sockaddr_in const *)remote)->sin_addr, &control->params) ;
  return accessrules_ip6(&control->rules, (char const *)&((struct sockaddr_in6 const *)remote)->sin6_addr, &control->params) ;
}

 /* Addresses are judged first: a client that they deny costs no lookup. Writes the name on the way. */

static void check (struct options const *o, struct accesscontrol *control, struct sockaddr_storage const *remote, char const *client, char *name)
{
  if (accesscontrol_open(control))
  {
    accessrules_result result = lookup_ip(control, remote) ;
    if (result == ACCESSRULES_NOTFOUND || result == ACCESSRULES_ALLOW) find_remote_name(o, control, remote, name) ;
    if (result == ACCESSRULES_NOTFOUND && o->lookup)
    {
      result = accessrules_reversedns(&control->rules, name, &control->params) ;
      if (result == ACCESSRULES_ERROR && (errno == EINVAL || errno == ENAMETOOLONG))
      {
        name[0] = 0 ;  /* whoever runs that zone gave an impossible name: it is none */
        result = accessrules_reversedns(&control->rules, name, &control->params) ;
      }
    }
    accesscontrol_require(control, result, client) ;
  }
  else find_remote_name(o, control, remote, name) ;
  accesscontrol_log_allow(control, client) ;
}

static void set_local (struct options const *o, struct accesscontrol *control, char const *protocol)
{
  struct sockaddr_storage local ;
  socklen_t len = sizeof(local) ;
  char text[ACCESSRULES_NAME_MAX + 1] ;
  if (getsockname(0, (struct sockaddr *)&local, &len) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "get the local address of stdin") ;
  if (local.ss_family != AF_INET && local.ss_family != AF_INET6)
    strerr_dief(EXITCODE_USAGE, "stdin is not a TCP socket") ;
  inetaddress_format(text, &local) ;
  accesscontrol_modify(control, protocol, "LOCALIP", text) ;
  text[uint_fmt(text, inetaddress_port(&local))] = 0 ;
  accesscontrol_modify(control, protocol, "LOCALPORT", text) ;
  if (!o->localname)
  {
    int r = inetaddress_name(text, &local, o->timeout) ;
    if (r == -1) lookup_failed(o, control, "the local name") ;
    if (r != 1) text[0] = 0 ;
  }
  accesscontrol_modify(control, protocol, "LOCALHOST", o->localname ? o->localname : text[0] ? text : 0) ;
}

int main (int argc, char const *const *argv)
{
  struct accesscontrol control = ACCESSCONTROL_ZERO ;
  struct options o = { .lookup = 1 } ;
  struct sockaddr_storage remote ;
  char name[ACCESSRULES_NAME_MAX + 1] = "" ;
  char client[INETADDRESS_TEXT + 3] = "ip " ;
  char const *protocol ;
  char const *ip ;
  unsigned int port ;
  PROG = "s6-tcpserver-access" ;
  argv += parse_options(argc, argv, &o, &control) ;
  if (!chain_isprogram(argv)) dieusage() ;
  protocol = accesscontrol_variable("PROTO", "") ;
  ip = accesscontrol_variable(protocol, "REMOTEIP") ;
  if (!inetaddress_scan(&remote, ip)) strerr_dief(EXITCODE_USAGE, "invalid $", protocol, "REMOTEIP") ;
  if (!uint0_scan(accesscontrol_variable(protocol, "REMOTEPORT"), &port) || port > UINT16_MAX)
    strerr_dief(EXITCODE_USAGE, "invalid $", protocol, "REMOTEPORT") ;
  inetaddress_unmap(&remote) ;
  inetaddress_format(client + 3, &remote) ;

  prepare_connection(&o) ;
  if (o.ident && control.verbosity) strerr_warnw("-r: IDENT is not done here; going on without it") ;
  check(&o, &control, &remote, client, name) ;
  set_local(&o, &control, protocol) ;
  accesscontrol_modify(&control, protocol, "REMOTEHOST", name[0] ? name : 0) ;
  accesscontrol_modify(&control, protocol, "REMOTEINFO", 0) ;
  accesscontrol_exec(&control, argv) ;
}
