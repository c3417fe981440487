/* ISC license. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>
#include <skalibs/uint16.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libsockets/inetaddress.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-proxyheader [ -2 ] [ -f fd ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum
{
  STDIN = 0,
  HEADER_MAX = 107,  /* of a line; a binary header is shorter */
  BINARY_LOCAL = 0x20,  /* version 2; nothing is told of the connection */
  BINARY_PROXY = 0x21,  /* version 2; the addresses follow */
  BINARY_TCP4 = 0x11,
  BINARY_TCP6 = 0x21
} ;

static char const binary_signature[] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' } ;

struct connection
{
  int family ;  /* of both ends; AF_UNSPEC: it is no TCP connection */
  struct sockaddr_storage client ;
  struct sockaddr_storage local ;
} ;

 /* Both ends of a socket for both families are as the client sees them: IPv4. */

static void unmap (struct connection *c)
{
  struct sockaddr_storage client = c->client ;
  struct sockaddr_storage local = c->local ;
  inetaddress_unmap(&client) ;
  inetaddress_unmap(&local) ;
  if (client.ss_family != AF_INET || local.ss_family != AF_INET) return ;
  c->family = AF_INET ;
  c->client = client ;
  c->local = local ;
}

 /*
   What is no TCP connection is told as such. One whose client has cut it is
   fatal: the kernel does not know its address any more, but has what it sent,
   and a receiver takes what is unknown for ours. A listening socket likewise.
 */

static void look (struct connection *c)
{
  socklen_t len = sizeof(c->local) ;
  int type = 0 ;
  socklen_t typelen = sizeof(type) ;
  c->family = AF_UNSPEC ;
  if (getsockname(STDIN, (struct sockaddr *)&c->local, &len) == -1)
  {
    if (errno == ENOTSOCK) return ;
    strerr_diefusys(EXITCODE_SYSTEM, "get the local address of stdin") ;
  }
  if (c->local.ss_family != AF_INET && c->local.ss_family != AF_INET6) return ;
  if (getsockopt(STDIN, SOL_SOCKET, SO_TYPE, &type, &typelen) == -1) strerr_diefusys(EXITCODE_SYSTEM, "look at stdin") ;
  if (type != SOCK_STREAM) return ;
  len = sizeof(c->client) ;
  if (getpeername(STDIN, (struct sockaddr *)&c->client, &len) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "get the address of the client", errno == ENOTCONN ? " (it has cut the connection, or stdin is a socket to be listened to)" : "") ;
  c->family = c->local.ss_family ;
  unmap(c) ;
}

static void const *address_of (struct sockaddr_storage const *a)
{
  return a->ss_family == AF_INET ?
    (void const *)&((struct sockaddr_in const *)a)->sin_addr :
    (void const *)&((struct sockaddr_in6 const *)a)->sin6_addr ;
}

static size_t put_address (char *s, struct sockaddr_storage const *a)
{
  s[0] = ' ' ;
  inet_ntop(a->ss_family, address_of(a), s + 1, INET6_ADDRSTRLEN) ;
  return strlen(s) ;
}

static size_t put_port (char *s, struct sockaddr_storage const *a)
{
  s[0] = ' ' ;
  return 1 + uint16_fmt(s + 1, inetaddress_port(a)) ;
}

static size_t make_line (char *s, struct connection const *c)
{
  static char const unknown[] = "PROXY UNKNOWN\r\n" ;
  size_t n = sizeof(unknown) - 1 ;
  if (c->family == AF_UNSPEC) return memcpy(s, unknown, n), n ;
  memcpy(s, c->family == AF_INET ? "PROXY TCP4" : "PROXY TCP6", n = 10) ;
  n += put_address(s + n, &c->client) ;
  n += put_address(s + n, &c->local) ;
  n += put_port(s + n, &c->client) ;
  n += put_port(s + n, &c->local) ;
  s[n++] = '\r' ;
  s[n++] = '\n' ;
  return n ;
}

static size_t make_binary (char *s, struct connection const *c)
{
  size_t size = c->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr) ;
  size_t n = sizeof(binary_signature) ;
  memcpy(s, binary_signature, n) ;
  if (c->family == AF_UNSPEC) return memcpy(s + n, (char const [4]){ BINARY_LOCAL }, 4), n + 4 ;
  s[n++] = BINARY_PROXY ;
  s[n++] = c->family == AF_INET ? BINARY_TCP4 : BINARY_TCP6 ;
  uint16_pack_big(s + n, 2 * size + 2 * sizeof(in_port_t)) ;
  n += 2 ;
  memcpy(s + n, address_of(&c->client), size) ;
  memcpy(s + n + size, address_of(&c->local), size) ;
  n += 2 * size ;
  uint16_pack_big(s + n, inetaddress_port(&c->client)) ;
  uint16_pack_big(s + n + 2, inetaddress_port(&c->local)) ;
  return n + 4 ;
}

static int wait_writable (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLOUT } ;
  return poll(&x, 1, -1) != -1 || errno == EINTR ;
}

 /* Whether fd is blocking is not ours to change. */

static int write_all (int fd, char const *s, size_t n)
{
  while (n)
  {
    ssize_t r = write(fd, s, n) ;
    if (r >= 0)
    {
      s += r ;
      n -= r ;
    }
    else if (errno == EAGAIN ? !wait_writable(fd) : errno != EINTR) return 0 ;
  }
  return 1 ;
}

 /* A closed other end is an error, with a message, and not a signal; prog gets SIGPIPE as it was. */

static void write_header (unsigned int fd, char const *s, size_t n)
{
  struct sigaction ignore = { .sa_handler = SIG_IGN } ;
  struct sigaction old ;
  char number[UINT_FMT] ;
  number[uint_fmt(number, fd)] = 0 ;
  sigaction(SIGPIPE, &ignore, &old) ;
  if (!write_all(fd, s, n))
    strerr_diefu(EXITCODE_SYSTEM, "write the header to descriptor ", number, ": ", strerror(errno), errno == EBADF ? " (s6-tcpclient opens 7; -f names another one)" : "") ;
  sigaction(SIGPIPE, &old, 0) ;
}

int main (int argc, char const *const *argv)
{
  struct connection c ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int fd = UCSPI_WRITE ;
  int isbinary = 0 ;
  char header[HEADER_MAX] ;
  PROG = "s6-proxyheader" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "2f:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case '2' : isbinary = 1 ; break ;
      case 'f' : if (!uint0_scan(l.arg, &fd) || fd > INT32_MAX) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  look(&c) ;
  write_header(fd, header, isbinary ? make_binary(header, &c) : make_line(header, &c)) ;
  xexec(argv) ;
}
