/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/notifyfd.h"
#include "libchain/privileges.h"
#include "libchain/usage.h"
#include "libdaemon/log.h"
#include "liblogger/socklog.h"
#include "libsockets/inetaddress.h"

#define USAGE "s6-socklog [ -d fd ] [ -r ] [ -c ] [ -C maxconn ] [ -U | -u uid -g gid -G gidlist ] [ -l linelen ] [ -t timeout ] [ -0 ] [ -x path ]... [ -i ip_port ]..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { SYSLOG_PORT = 514 } ;

struct options
{
  struct privileges privileges ;
  int ready ;
  int isadopting ;
  unsigned int sockets ;  /* -x and -i */
} ;

static unsigned int scan_number (char const *s)
{
  unsigned int n ;
  if (!uint0_scan(s, &n)) dieusage() ;
  return n ;
}

static size_t scan_limit (char const *s)
{
  unsigned int n = scan_number(s) ;
  return n < SOCKLOG_LINE_MIN ? SOCKLOG_LINE_MIN : n > SOCKLOG_LINE_MAX ? SOCKLOG_LINE_MAX : n ;
}

 /* ip, or ip_port; ip:port where that cannot be an address itself. */

static void scan_address (struct sockaddr_storage *address, char const *s)
{
  char ip[INETADDRESS_TEXT] ;
  uint16_t port ;
  char const *separator ;
  if (inetaddress_scan(address, s))
  {
    inetaddress_set_port(address, SYSLOG_PORT) ;
    return ;
  }
  separator = strrchr(s, '_') ;
  if (!separator) separator = strrchr(s, ':') ;
  if (!separator || (size_t)(separator - s) >= sizeof(ip)) dieusage() ;
  memcpy(ip, s, (size_t)(separator - s)) ;
  ip[separator - s] = 0 ;
  if (!inetaddress_scan(address, ip) || !uint160_scan(separator + 1, &port)) dieusage() ;
  if (*separator == ':' && address->ss_family != AF_INET) dieusage() ;
  inetaddress_set_port(address, port) ;
}

static void scan_privileges (struct privileges *privileges, int opt, char const *s)
{
  int ok = opt == 'u' ? privileges_scan_uid(privileges, s) : opt == 'g' ? privileges_scan_gid(privileges, s) : privileges_scan_groups(privileges, s) ;
  if (ok) return ;
  if (errno != EINVAL) strerr_diefusys(EXITCODE_SYSTEM, "read -G") ;
  dieusage() ;
}

static char const short_options[] = "d:rcC:Uu:g:G:l:t:0x:i:" ;

static void parse (int argc, char const *const *argv, struct options *o, struct socklog *socklog)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, short_options, &l) ;
    struct sockaddr_storage address ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'd' : o->ready = notifyfd_scan(l.arg) ; break ;
      case 'r' : socklog->israw = 1 ; break ;
      case 'c' : socklog->istellingpeers = 1 ; break ;
      case 'C' :
        socklog->most = scan_number(l.arg) ;
        if (!socklog->most) dieusage() ;
        break ;
      case 'U' : privileges_from_environment(&o->privileges) ; break ;
      case 'u' :
      case 'g' :
      case 'G' : scan_privileges(&o->privileges, opt, l.arg) ; break ;
      case 'l' : socklog->limit = scan_limit(l.arg) ; break ;
      case 't' : socklog->timeout = scan_number(l.arg) ; break ;
      case '0' : o->isadopting = 1 ; break ;
      case 'x' :
        if (!l.arg[0]) dieusage() ;  /* the kernel would choose a name */
        o->sockets++ ;
        break ;
      case 'i' :
        scan_address(&address, l.arg) ;
        o->sockets++ ;
        break ;
      default : dieusage() ;
    }
  }
}

static void bind_unix (struct socklog *socklog, char const *path)
{
  char const *remedy ;
  if (!socklog_bind_unix(socklog, path, &remedy)) strerr_diefusys(EXITCODE_SYSTEM, "bind to ", path, remedy) ;
}

static void bind_udp (struct socklog *socklog, char const *s)
{
  struct sockaddr_storage address ;
  scan_address(&address, s) ;
  if (!socklog_bind_udp(socklog, &address)) strerr_diefusys(EXITCODE_SYSTEM, "bind to ", s) ;
}

 /* Once all options have been judged. */

static void open_sockets (int argc, char const *const *argv, struct options const *o, struct socklog *socklog)
{
  subgetopt l = SUBGETOPT_ZERO ;
  if (o->isadopting && !socklog_adopt(socklog, 0))
  {
    if (errno == EPROTOTYPE || errno == ENOTSOCK)
      strerr_dief(EXITCODE_USAGE, "-0: stdin is no datagram socket, and no stream socket that listens") ;
    strerr_diefusys(EXITCODE_SYSTEM, "use the socket that is stdin") ;
  }
  if (!o->isadopting && !o->sockets) bind_unix(socklog, "/dev/log") ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, short_options, &l) ;
    if (opt == -1) return ;
    if (opt == 'x') bind_unix(socklog, l.arg) ;
    if (opt == 'i') bind_udp(socklog, l.arg) ;
  }
}

 /* A pipe that is our stdin is none of our business: who writes to it shall know. */

static void check_descriptors (int isadopting)
{
  if (fcntl(1, F_GETFD) == -1) strerr_dief(EXITCODE_USAGE, "stdout is closed") ;
  if (fcntl(2, F_GETFD) == -1) _exit(EXITCODE_USAGE) ;
  if (isadopting)
  {
    if (fcntl(0, F_GETFD) == -1) strerr_dief(EXITCODE_USAGE, "-0: stdin is closed") ;
  }
  else
  {
    int fd = openc_read("/dev/null") ;
    if (fd == -1 || fd_move(0, fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  }
}

int main (int argc, char const *const *argv)
{
  static struct socklog socklog = { .limit = SOCKLOG_LINE_USUALLY, .most = SOCKLOG_CONNECTIONS_USUALLY } ;
  struct options options = { .privileges = PRIVILEGES_ZERO, .ready = -1, .isadopting = 0, .sockets = 0 } ;
  struct log log = LOG_ZERO ;
  char const *what ;
  PROG = "s6-socklog" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &options, &socklog) ;
  check_descriptors(options.isadopting) ;
  open_sockets(argc, argv, &options, &socklog) ;
  privileges_apply(&options.privileges) ;
  if (!socklog_init(&socklog, &log)) strerr_diefusys(EXITCODE_SYSTEM, "wait for what comes") ;
  notifyfd_tell(options.ready) ;
  switch (socklog_run(&socklog, &what))
  {
    case SOCKLOG_ENDED : return EXITCODE_OK ;
    case SOCKLOG_LATE : return EXITCODE_NOTHING ;
    case SOCKLOG_FAILED : break ;
  }
  strerr_diefusys(EXITCODE_SYSTEM, what) ;
}
