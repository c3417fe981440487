/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/types.h>

#include "probed.h"
#include "libsockets/fifo.h"
#include "libsockets/inetaddress.h"
#include "libsockets/socketspec.h"

#ifdef S6_ACTIVATION_HAS_VSOCK
#include <linux/vm_sockets.h>
#endif

struct prefix
{
  char const *s ;
  enum socketspec_kind kind ;
  int type ;
  int (*scan) (struct socketspec *, char const *, char const **) ;
} ;

static int wrong (char const **problem, char const *what)
{
  *problem = what ;
  return 0 ;
}

static int scan_file (struct socketspec *spec, char const *s, char const **problem)
{
  if (!s[0]) return wrong(problem, "the path is empty") ;
  spec->path = s ;
  return 1 ;
}

static int scan_unix (struct socketspec *spec, char const *s, char const **problem)
{
  struct sockaddr_un address ;
  if (!scan_file(spec, s, problem)) return 0 ;
  if (unixaddress_fill(&address, s)) return 1 ;
  return wrong(problem, errno == ENAMETOOLONG ? "the path has more than 107 bytes: change to its directory first" : "this system has no abstract sockets") ;
}

 /* The address goes from open to close in s; brackets are for IPv6, whose colons are others. */

static int scan_inet (struct socketspec *spec, char const *s, char const **problem)
{
  int isbracketed = s[0] == '[' ;
  char const *end = isbracketed ? strchr(s, ']') : strchr(s, ':') ;
  char const *ip = s + isbracketed ;
  char text[INETADDRESS_TEXT] ;
  uint16_t port ;
  if (!end || (isbracketed && end[1] != ':')) return wrong(problem, "a port is missing") ;
  if ((size_t)(end - ip) >= sizeof(text)) return wrong(problem, "that is no IP address") ;
  memcpy(text, ip, end - ip) ;
  text[end - ip] = 0 ;
  if (!inetaddress_scan(&spec->address, text)) return wrong(problem, strchr(text, '%') ? "that is no IP address, or its interface is not there" : "that is no IP address; IPv6 is written in brackets") ;
  if (isbracketed != (spec->address.ss_family == AF_INET6)) return wrong(problem, "IPv6 is written in brackets, IPv4 is not") ;
  if (!inetaddress_scan_port(&port, end + isbracketed + 1, spec->type == SOCK_DGRAM ? "udp" : "tcp"))
    return wrong(problem, "that is no port, nor a service's name") ;
  inetaddress_set_port(&spec->address, port) ;
  return 1 ;
}

#ifdef S6_ACTIVATION_HAS_VSOCK

static int scan_number (char const *s, size_t len, unsigned int any, unsigned int *n)
{
  if (len == 3 && !strncmp(s, "any", len)) return *n = any, 1 ;
  return uint_scan(s, n) == len && len ;
}

static int scan_vsock (struct socketspec *spec, char const *s, char const **problem)
{
  struct sockaddr_vm *address = (struct sockaddr_vm *)&spec->address ;
  size_t len = strcspn(s, ":") ;
  unsigned int cid, port ;
  if (!s[len]) return wrong(problem, "a port is missing") ;
  if (!scan_number(s, len, VMADDR_CID_ANY, &cid)) return wrong(problem, "that is no context id, nor any") ;
  s += len + 1 ;
  if (!scan_number(s, strlen(s), VMADDR_PORT_ANY, &port)) return wrong(problem, "that is no port, nor any") ;
  memset(address, 0, sizeof(*address)) ;
  address->svm_family = AF_VSOCK ;
  address->svm_cid = cid ;
  address->svm_port = port ;
  return 1 ;
}

#else

static int scan_vsock (struct socketspec *spec, char const *s, char const **problem)
{
  (void)spec ;
  (void)s ;
  return wrong(problem, "this system has no vsock") ;
}

#endif

int socketspec_scan (struct socketspec *spec, char const *s, char const **problem)
{
  static struct prefix const prefixes[] =
  {
    { "unix:", SOCKETSPEC_UNIX, SOCK_STREAM, &scan_unix },
    { "unix-dgram:", SOCKETSPEC_UNIX, SOCK_DGRAM, &scan_unix },
    { "unix-seqpacket:", SOCKETSPEC_UNIX, SOCK_SEQPACKET, &scan_unix },
    { "tcp:", SOCKETSPEC_INET, SOCK_STREAM, &scan_inet },
    { "udp:", SOCKETSPEC_INET, SOCK_DGRAM, &scan_inet },
    { "vsock:", SOCKETSPEC_VSOCK, SOCK_STREAM, &scan_vsock },
    { "fifo:", SOCKETSPEC_FIFO, 0, &scan_file }
  } ;
  for (size_t i = 0 ; i < sizeof(prefixes) / sizeof(prefixes[0]) ; i++)
  {
    size_t len = strlen(prefixes[i].s) ;
    if (strncmp(s, prefixes[i].s, len)) continue ;
    spec->kind = prefixes[i].kind ;
    spec->type = prefixes[i].type ;
    spec->path = 0 ;
    return (*prefixes[i].scan)(spec, s + len, problem) ;
  }
  return wrong(problem, "it begins with none of unix: unix-dgram: unix-seqpacket: tcp: udp: vsock: fifo:") ;
}

int socketspec_isfile (struct socketspec const *spec)
{
  return spec->path && (spec->kind == SOCKETSPEC_FIFO || !unixaddress_isabstract(spec->path)) ;
}

static void close_kept (int fd)
{
  int e = errno ;
  close(fd) ;
  errno = e ;
}

static int failed (struct socketbinding *binding, char const *what, char const *remedy)
{
  binding->failed = what ;
  binding->remedy = remedy ;
  return -1 ;
}

static int type_of (struct socketspec const *spec, struct socketbinding const *binding)
{
  return spec->type | (binding->isblocking ? 0 : SOCK_NONBLOCK) ;
}

static int make_file (struct socketspec const *spec, struct socketbinding *binding)
{
  struct unixbinding file = binding->file ;
  int isfifo = spec->kind == SOCKETSPEC_FIFO ;
  int fd ;
  file.flags |= UNIXBINDING_REPLACE ;
  if (!binding->haspermissions) file.permissions = isfifo ? 0666 : 0777 ;
  fd = isfifo ? fifo_make(spec->path, &file) : unixsocket_make(type_of(spec, binding), spec->path, binding->backlog, &file) ;
  return fd == -1 ? failed(binding, file.failed, file.remedy) : fd ;
}

 /* Two UDP sockets that may both be bound to a port would take from each other: -r says so, then. */

static int make_inet (struct socketspec const *spec, struct socketbinding *binding)
{
  struct inetbinding inet =
  {
    .flags = binding->inetflags | (spec->type == SOCK_STREAM ? INETBINDING_REUSEADDR : 0),
    .type = type_of(spec, binding),
    .backlog = binding->backlog
  } ;
  int fd = inetsocket_open(spec->address.ss_family, &inet) ;
  if (fd != -1 && inetsocket_bind(fd, &spec->address, &inet)) return fd ;
  if (fd != -1) close_kept(fd) ;
  return failed(binding, inet.failed, inet.remedy) ;
}

static int make_vsock (struct socketspec const *spec, struct socketbinding *binding)
{
#ifdef S6_ACTIVATION_HAS_VSOCK
  int fd = socket(AF_VSOCK, type_of(spec, binding), 0) ;
  if (fd == -1) return failed(binding, "create a socket for ", "") ;
  if (bind(fd, (struct sockaddr const *)&spec->address, sizeof(struct sockaddr_vm)) == -1) failed(binding, "bind to ", "") ;
  else if (binding->backlog && listen(fd, binding->backlog) == -1) failed(binding, "listen to ", "") ;
  else return fd ;
  close_kept(fd) ;
#else
  (void)spec ;  /* which cannot be: it was not read */
  errno = EAFNOSUPPORT ;
  failed(binding, "create a socket for ", "") ;
#endif
  return -1 ;
}

int socketspec_make (struct socketspec const *spec, struct socketbinding *binding)
{
  switch (spec->kind)
  {
    case SOCKETSPEC_INET : return make_inet(spec, binding) ;
    case SOCKETSPEC_VSOCK : return make_vsock(spec, binding) ;
    default : return make_file(spec, binding) ;
  }
}

void socketspec_unmake (struct socketspec const *spec)
{
  if (spec->kind == SOCKETSPEC_FIFO) fifo_unlink(spec->path) ;
  else if (spec->kind == SOCKETSPEC_UNIX) unixsocket_unlink(spec->path) ;
}
