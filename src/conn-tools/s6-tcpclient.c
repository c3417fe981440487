/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/env.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/inetaddress.h"
#include "libdaemon/clock.h"
#include "libsockets/timedwork.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-tcpclient [ -q | -Q | -v ] [ -4 | -6 ] [ -d | -D ] [ -r | -R ] [ -h | -H ] [ -n | -N ] [ -t timeout ] [ -l localname ] [ -T timeoutconn ] [ -i localip ] [ -p localport ] host port prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

#define THIS_MACHINE "127.0.0.1,::1"

enum { MS = 1000, SECONDS_MAX = INT_MAX / MS } ;

struct options
{
  unsigned int verbosity ;
  int family ;
  int64_t deadline ;  /* of -t, for all that we do, by timedwork_now; 0: none */
  unsigned int tries[2] ;  /* seconds for each address; in the first round 0 is no limit, in the second no round */
  char const *localname ;
  struct sockaddr_storage local ;  /* AF_UNSPEC: not given */
  uint16_t localport ;
  unsigned int nodelay : 1 ;
  unsigned int ident : 1 ;
  unsigned int nolookup : 1 ;
  unsigned int qualify : 1 ;  /* the resolver may add a domain to host */
} ;

 /* The sooner of ms from now (0: never) and the deadline, as milliseconds from now: 0 is never, and what is over is 1. */

static unsigned int time_left (struct options const *o, unsigned int ms)
{
  int64_t left = o->deadline ? o->deadline - clock_milliseconds() : 0 ;
  if (!o->deadline || (ms && ms < left)) return ms ;
  return left > 0 ? left : 1 ;
}

static unsigned int scan_seconds (char const *s)
{
  unsigned int n ;
  if (!uint0_scan(s, &n) || n > SECONDS_MAX) dieusage() ;
  return n ;
}

static void scan_tries (unsigned int *tries, char const *s)
{
  size_t len = uint_scan(s, tries) ;
  if (!len || tries[0] > SECONDS_MAX) dieusage() ;
  tries[1] = 0 ;
  if (s[len] == '+') tries[1] = scan_seconds(s + len + 1) ;
  else if (s[len]) dieusage() ;
}

static int64_t deadline_in (unsigned int seconds)
{
  return seconds ? clock_milliseconds() + (int64_t)seconds * MS : 0 ;
}

static int parse_options (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "qQv46dDrRhHnNt:l:T:i:p:", &l) ;
    if (opt == -1) return l.ind ;
    switch (opt)
    {
      case 'q' : o->verbosity = 0 ; break ;
      case 'Q' : o->verbosity = 1 ; break ;
      case 'v' : o->verbosity = 2 ; break ;
      case '4' : o->family = AF_INET ; break ;
      case '6' : o->family = AF_INET6 ; break ;
      case 'd' : o->nodelay = 0 ; break ;
      case 'D' : o->nodelay = 1 ; break ;
      case 'r' : o->ident = 1 ; break ;
      case 'R' : o->ident = 0 ; break ;
      case 'h' : break ;  /* the default, which does not undo -H */
      case 'H' : o->nolookup = 1 ; break ;
      case 'n' : o->qualify = 1 ; break ;
      case 'N' : o->qualify = 0 ; break ;
      case 't' : o->deadline = deadline_in(scan_seconds(l.arg)) ; break ;
      case 'l' : o->localname = l.arg ; break ;
      case 'T' : scan_tries(o->tries, l.arg) ; break ;
      case 'i' : if (!inetaddress_scan(&o->local, l.arg)) strerr_dief(EXITCODE_USAGE, "not an IP address: ", l.arg) ; break ;
      case 'p' : if (!inetaddress_scan_port(&o->localport, l.arg, "tcp")) strerr_dief(EXITCODE_USAGE, "not a port, nor a service's name: ", l.arg) ; break ;
      default : dieusage() ;
    }
  }
}

 /* Addresses with commas between them; one has none. 0: it is a name. */

static unsigned int scan_addresses (struct options const *o, char const *list, struct sockaddr_storage *addresses)
{
  unsigned int n = 0 ;
  size_t done = 0 ;
  for (;;)
  {
    size_t len = strcspn(list + done, ",") ;
    char text[INETADDRESS_TEXT] = "" ;
    if (len < INETADDRESS_TEXT) memcpy(text, list + done, len) ;
    if (n == INETADDRESS_RESOLVED_MAX) strerr_dief(EXITCODE_USAGE, "too many addresses: ", list) ;
    if (!inetaddress_scan(addresses + n, text))
    {
      if (!strchr(list, ',')) return 0 ;
      strerr_dief(EXITCODE_USAGE, "not an IP address: ", text[0] ? text : list) ;
    }
    if (o->family == AF_UNSPEC || o->family == addresses[n].ss_family) n++ ;
    done += len ;
    if (!list[done++]) break ;
  }
  if (!n) strerr_dief(EXITCODE_USAGE, "not an address of the family that was asked for: ", list) ;
  return n ;
}

static unsigned int find_addresses (struct options const *o, char const *host, struct sockaddr_storage *addresses)
{
  unsigned int known = scan_addresses(o, host[0] ? host : THIS_MACHINE, addresses) ;
  int n = known ? (int)known : inetaddress_resolve(addresses, INETADDRESS_RESOLVED_MAX, host, o->family, o->qualify, time_left(o, 0)) ;
  if (n == -1) strerr_diefusys(EXITCODE_SYSTEM, "resolve ", host) ;
  if (!n) strerr_dief(EXITCODE_SYSTEM, "no address for ", host) ;
  return n ;
}

static void bind_local (struct options const *o, int fd, int family)
{
  struct sockaddr_storage local = o->local ;
  int one = 1 ;
  if (local.ss_family == AF_UNSPEC && !o->localport) return ;
  if (local.ss_family == AF_UNSPEC) local.ss_family = family ;
  inetaddress_set_port(&local, o->localport) ;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ;
  if (bind(fd, (struct sockaddr *)&local, inetaddress_length(&local)) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "bind the local end") ;
}

 /* A connected, blocking socket, or -1 and errno. ms 0: no limit. */

static int try_address (struct options const *o, struct sockaddr_storage const *address, unsigned int ms)
{
  int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0) ;
  if (fd == -1) return -1 ;
  bind_local(o, fd, address->ss_family) ;
  if (inetaddress_connect(fd, address, ms) && ndelay_off(fd) == 0) return fd ;
  fd_close(fd) ;
  return -1 ;
}

 /* Every address gets a short try, and those that only were too slow a longer one. name: host and port, as they were given. */

static int connect_any (struct options const *o, struct sockaddr_storage *addresses, unsigned int n, uint16_t port, char const *const *name)
{
  unsigned char slow[INETADDRESS_RESOLVED_MAX] ;
  int e = EAFNOSUPPORT ;
  memset(slow, 1, sizeof(slow)) ;
  for (unsigned int round = 0 ; round < 2 && (!round || o->tries[round]) ; round++)
    for (unsigned int i = 0 ; i < n ; i++)
    {
      int fd ;
      if (!slow[i] || (o->local.ss_family != AF_UNSPEC && o->local.ss_family != addresses[i].ss_family)) continue ;
      inetaddress_set_port(addresses + i, port) ;
      fd = try_address(o, addresses + i, time_left(o, o->tries[round] * MS)) ;
      if (fd >= 0) return fd ;
      e = errno ;
      slow[i] = e == ETIMEDOUT ;
      if (o->deadline && clock_milliseconds() >= o->deadline)
      {
        errno = ETIMEDOUT ;
        strerr_diefusys(EXITCODE_SYSTEM, "connect to ", name[0], " port ", name[1], " in the time of -t") ;
      }
    }
  errno = e ;
  strerr_diefusys(EXITCODE_SYSTEM, "connect to ", name[0], " port ", name[1]) ;
}

static void add (stralloc *modifs, char const *name, char const *value)
{
  if (!env_addmodif(modifs, name, value)) strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
}

static void add_end (struct options const *o, stralloc *modifs, struct sockaddr_storage const *address, char const *ip, char const *port, char const *host, char const *known, int lookup)
{
  char text[INETADDRESS_NAME_MAX + 1] ;
  inetaddress_format(text, address) ;
  add(modifs, ip, text) ;
  text[uint_fmt(text, inetaddress_port(address))] = 0 ;
  add(modifs, port, text) ;
  if (known) add(modifs, host, known) ;
  else add(modifs, host, lookup && inetaddress_name(text, address, time_left(o, 0)) == 1 ? text : 0) ;
}

int main (int argc, char const *const *argv)
{
  struct options o = { .verbosity = 1, .family = AF_UNSPEC, .tries = { 2, 58 } } ;
  struct sockaddr_storage addresses[INETADDRESS_RESOLVED_MAX] ;
  struct sockaddr_storage end ;
  socklen_t len = sizeof(end) ;
  stralloc modifs = STRALLOC_ZERO ;
  uint16_t port ;
  int one = 1 ;
  int fd ;
  PROG = "s6-tcpclient" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  argv += parse_options(argc, argv, &o) ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  if (!inetaddress_scan_port(&port, argv[1], "tcp")) strerr_dief(EXITCODE_USAGE, "not a port, nor a service's name: ", argv[1]) ;
  fd = connect_any(&o, addresses, find_addresses(&o, argv[0], addresses), port, argv) ;
  if (o.verbosity >= 2) strerr_warni("connected to ", argv[0], " port ", argv[1]) ;
  if (o.ident && o.verbosity) strerr_warnw("-r: IDENT is not done here; going on without it") ;
  if (o.nodelay && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1)
    strerr_warnwusys("set TCP_NODELAY") ;

  add(&modifs, "PROTO", "TCP") ;
  if (getpeername(fd, (struct sockaddr *)&end, &len) == -1) strerr_diefusys(EXITCODE_SYSTEM, "get the remote address") ;
  add_end(&o, &modifs, &end, "TCPREMOTEIP", "TCPREMOTEPORT", "TCPREMOTEHOST", 0, !o.nolookup) ;
  len = sizeof(end) ;
  if (getsockname(fd, (struct sockaddr *)&end, &len) == -1) strerr_diefusys(EXITCODE_SYSTEM, "get the local address") ;
  add_end(&o, &modifs, &end, "TCPLOCALIP", "TCPLOCALPORT", "TCPLOCALHOST", o.localname, 1) ;
  add(&modifs, "TCPREMOTEINFO", 0) ;
  add(&modifs, "TCPCONNNUM", 0) ;
  if (!ucspi_client_move(fd)) strerr_diefusys(EXITCODE_SYSTEM, "move the socket to descriptors 6 and 7") ;
  xmexec_m(argv + 2, modifs.s, modifs.len) ;
}
