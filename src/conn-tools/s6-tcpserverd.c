/* ISC license. */

#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/inetaddress.h"
#include "libsuperserver/superserver.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-tcpserverd [ -v verbosity ] [ -1 ] [ -c maxconn ] [ -C localmaxconn ] [ -L bits ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum
{
  IP6_BITS = 128,
  MAPPED_OFFSET = 12,
  BOUND_SIZE = sizeof(" - bound to ip  port ") + INETADDRESS_TEXT + UINT_FMT
} ;

 /* The face's own. Where the socket listens on one address, every connection's local end is known. */

struct listener
{
  unsigned int bits ;  /* of an IPv6 address that make a client */
  unsigned int everywhere : 1 ;  /* the local address is another one for each connection */
  char ip[INETADDRESS_TEXT] ;
  char port[UINT_FMT] ;
  char bound[BOUND_SIZE] ;  /* for the log */
} ;

 /* IPv4 clients have the keys of their mapped addresses, so that they are the same on a dual-stack socket. */

static void make_key (unsigned char *key, struct sockaddr_storage const *address, unsigned int bits)
{
  if (address->ss_family == AF_INET)
  {
    key[MAPPED_OFFSET - 2] = key[MAPPED_OFFSET - 1] = 0xff ;
    memcpy(key + MAPPED_OFFSET, &((struct sockaddr_in const *)address)->sin_addr, sizeof(struct in_addr)) ;
    return ;
  }
  memcpy(key, &((struct sockaddr_in6 const *)address)->sin6_addr, SUPERSERVER_KEYSIZE) ;
  for (unsigned int i = (bits + 7) / 8 ; i < SUPERSERVER_KEYSIZE ; i++) key[i] = 0 ;
  if (bits % 8) key[bits / 8] &= 0xff << (8 - bits % 8) ;
}

static int identify (struct superserver_client *client, struct superserver_environment *environment, void *data)
{
  struct listener const *listener = data ;
  struct sockaddr_storage local ;
  socklen_t len = sizeof(local) ;
  char ip[INETADDRESS_TEXT] ;
  char port[UINT_FMT] ;
  inetaddress_unmap(&client->address) ;
  make_key(client->key, &client->address, listener->bits) ;
  client->known = 1 ;
  inetaddress_format(ip, &client->address) ;
  port[uint_fmt(port, inetaddress_port(&client->address))] = 0 ;
  superserver_put(environment, "TCPREMOTEIP", ip) ;
  superserver_put(environment, "TCPREMOTEPORT", port) ;
  if (listener->everywhere)
  {
    if (getsockname(client->fd, (struct sockaddr *)&local, &len) == -1) return 0 ;
    inetaddress_format(ip, &local) ;
  }
  superserver_put(environment, "TCPLOCALIP", listener->everywhere ? ip : listener->ip) ;
  superserver_put(environment, "TCPLOCALPORT", listener->port) ;
  return 1 ;
}

static void format_client (char *s, struct superserver_client const *client, void *data)
{
  (void)data ;
  inetaddress_format(s, &client->address) ;
  s += strlen(s) ;
  *s++ = '_' ;
  s[uint_fmt(s, inetaddress_port(&client->address))] = 0 ;
}

static void format_user (char *s, unsigned char const *key)
{
  struct sockaddr_storage address ;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address ;
  memset(&address, 0, sizeof(address)) ;
  address.ss_family = AF_INET6 ;
  memcpy(&in6->sin6_addr, key, SUPERSERVER_KEYSIZE) ;
  inetaddress_unmap(&address) ;
  inetaddress_format(s, &address) ;
}

static struct superserver_face const face =
{
  .protocol = "TCP",
  .number = "TCPCONNNUM",
  .words = { .accepted = "accept ", .rejected = "reject ", .terminating = "SIGTERM and SIGCONT" },
  .variables = ucspi_tcp_variables,
  .identify = &identify,
  .format_client = &format_client,
  .format_user = &format_user
} ;

static void learn_local (struct listener *listener, char *ready)
{
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  size_t n ;
  char *s ;
  if (getsockname(0, (struct sockaddr *)&address, &len) == -1) strerr_diefusys(EXITCODE_SYSTEM, "get the local address of stdin") ;
  listener->everywhere = inetaddress_is_any(&address) ;
  inetaddress_format(listener->ip, &address) ;
  n = uint_fmt(listener->port, inetaddress_port(&address)) ;
  listener->port[n] = 0 ;
  s = stpcpy(listener->bound, " - bound to ip ") ;
  s = stpcpy(s, listener->ip) ;
  s = stpcpy(s, " port ") ;
  strcpy(s, listener->port) ;
  memcpy(ready, listener->port, n) ;
  ready[n] = '\n' ;
  ready[n + 1] = 0 ;
}

int main (int argc, char const *const *argv)
{
  struct listener listener = { .bits = IP6_BITS } ;
  struct superserver config =
  {
    .face = &face,
    .data = &listener,
    .bound = listener.bound,
    .verbosity = 1,
    .maxconn = SUPERSERVER_DEFAULT_MAXCONN,
    .localmaxconn = SUPERSERVER_DEFAULT_MAXCONN
  } ;
  subgetopt l = SUBGETOPT_ZERO ;
  char ready[UINT_FMT + 2] ;
  PROG = "s6-tcpserverd" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "v:1c:C:L:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'v' : if (!uint0_scan(l.arg, &config.verbosity)) dieusage() ; break ;
      case '1' : config.ready = ready ; break ;
      case 'c' : if (!uint0_scan(l.arg, &config.maxconn)) dieusage() ; break ;
      case 'C' : if (!uint0_scan(l.arg, &config.localmaxconn)) dieusage() ; break ;
      case 'L' : if (!uint0_scan(l.arg, &listener.bits) || listener.bits > IP6_BITS) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  config.argv = argv + l.ind ;
  if (!chain_isprogram(config.argv)) dieusage() ;
  superserver_check_listener(AF_INET) ;
  learn_local(&listener, ready) ;
  return superserver_run(&config) ;
}
