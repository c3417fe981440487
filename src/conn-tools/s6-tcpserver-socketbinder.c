/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "libchain/longoptions.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "probed.h"
#include "libsockets/inetaddress.h"
#include "libsockets/inetsocket.h"
#include "libdaemon/readiness.h"

#define USAGE "s6-tcpserver-socketbinder [ -d | -D ] [ -b backlog ] [ -M | -m ] [ -B ] [ -4 | -6 | -A ] [ -r ] [ -F ] [ -I interface ] [ -1 ] ip port prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum families { FAMILY_IP4 = 1, FAMILY_IP6 = 2 } ;

struct options
{
  struct inetbinding binding ;
  char const *interface ;
  unsigned int families ;  /* what ip may be; 0: any */
  unsigned int blocking : 1 ;
  unsigned int tellport : 1 ;
} ;

/* The long options of s6-networking 2.8. */

static struct longoption const long_options[] =
{
  { .name = "backlog=", .letter = 'b' },
  { .name = "tcp", .letter = 'M' },
  { .name = "udp", .letter = 'm' },
  { .name = "block", .letter = 'B' },
  { .name = "no-reuse-address", .letter = 'D' }
} ;

static void allow_family (struct options *o, enum families family)
{
  if (o->binding.flags & INETBINDING_DUALSTACK) o->families = 0 ;
  o->families |= family ;
  o->binding.flags &= ~INETBINDING_DUALSTACK ;
}

static int parse_options (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = longoptions_next(argc, argv, &l, "dDb:MmB46ArFI:1", long_options, sizeof(long_options) / sizeof(long_options[0])) ;
    if (opt == -1) return l.ind ;
    switch (opt)
    {
      case 'd' : o->binding.flags |= INETBINDING_REUSEADDR ; break ;
      case 'D' : o->binding.flags &= ~INETBINDING_REUSEADDR ; break ;
      case 'b' : if (!uint0_scan(l.arg, &o->binding.backlog)) dieusage() ; break ;
      case 'M' : o->binding.type = SOCK_STREAM ; break ;
      case 'm' : o->binding.type = SOCK_DGRAM ; break ;
      case 'B' : o->blocking = 1 ; break ;
      case '4' : allow_family(o, FAMILY_IP4) ; break ;
      case '6' : allow_family(o, FAMILY_IP6) ; break ;
      case 'A' :
        o->families = FAMILY_IP6 ;
        o->binding.flags |= INETBINDING_DUALSTACK ;
        break ;
      case 'r' : o->binding.flags |= INETBINDING_REUSEPORT ; break ;
      case 'F' : o->binding.flags |= INETBINDING_FREEBIND ; break ;
      case 'I' : o->interface = l.arg ; break ;
      case '1' : o->tellport = 1 ; break ;
      default : dieusage() ;
    }
  }
}

static void check_family (struct options const *o, int family)
{
  if (!o->families || o->families & (family == AF_INET6 ? FAMILY_IP6 : FAMILY_IP4)) return ;
  if (o->families == FAMILY_IP4) strerr_dief(EXITCODE_USAGE, "-4 needs an IPv4 address, such as 0.0.0.0") ;
  strerr_dief(EXITCODE_USAGE, o->binding.flags & INETBINDING_DUALSTACK ? "-A" : "-6", " needs an IPv6 address, such as ::") ;
}

static void bind_to_interface (char const *interface)
{
#ifdef S6_ACTIVATION_HAS_BINDTODEVICE
  if (setsockopt(0, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface)) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "bind to interface ", interface) ;
#else
  strerr_dief(EXITCODE_SYSTEM, "this system has no SO_BINDTODEVICE (-I): ", interface) ;
#endif
}

static void tell_port (void)
{
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  char fmt[UINT_FMT + 1] ;
  size_t n ;
  if (getsockname(0, (struct sockaddr *)&address, &len) == -1) strerr_diefusys(EXITCODE_SYSTEM, "get the local port") ;
  n = uint_fmt(fmt, inetaddress_port(&address)) ;
  fmt[n++] = '\n' ;
  if (allwrite(1, fmt, n) < n) strerr_diefusys(EXITCODE_SYSTEM, "write the port to stdout") ;
}

static void die_unable (struct options const *o, char const *const *argv)
{
  strerr_diefusys(EXITCODE_SYSTEM, o->binding.failed, argv[0], " port ", argv[1], o->binding.remedy) ;
}

static void open_socket (struct options *o, struct sockaddr_storage const *address, char const *const *argv)
{
  int fd ;
  close(0) ;
  fd = inetsocket_open(address->ss_family, &o->binding) ;
  if (fd == -1) die_unable(o, argv) ;
  if (fd) strerr_dief(EXITCODE_BUG, "the new socket is not stdin") ;
  if (o->interface) bind_to_interface(o->interface) ;
  if (!inetsocket_bind(0, address, &o->binding)) die_unable(o, argv) ;
}

int main (int argc, char const *const *argv)
{
  struct options o = { .binding = { .flags = INETBINDING_REUSEADDR, .type = SOCK_STREAM, .backlog = CHAIN_LONGEST_BACKLOG } } ;
  struct sockaddr_storage address ;
  uint16_t port ;
  PROG = "s6-tcpserver-socketbinder" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse_options(argc, argv, &o) ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  if (o.tellport) readiness_require() ;
  if (!inetaddress_scan(&address, argv[0])) strerr_dief(EXITCODE_USAGE, "not an IP address: ", argv[0]) ;
  if (!inetaddress_scan_port(&port, argv[1], o.binding.type == SOCK_DGRAM ? "udp" : "tcp"))
    strerr_dief(EXITCODE_USAGE, "not a port, nor a service's name: ", argv[1]) ;
  check_family(&o, address.ss_family) ;
  inetaddress_set_port(&address, port) ;
  if (!o.blocking) o.binding.type |= SOCK_NONBLOCK ;

  open_socket(&o, &address, argv) ;
  if (o.tellport) tell_port() ;
  xexec(argv + 2) ;
}
