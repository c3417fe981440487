/* ISC license. */

/* What is told of each kind of descriptor. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include "probed.h"
#include "libfdholderd/describe.h"
#include "support/tap.h"
#include "support/testdaemon.h"

#ifdef S6_ACTIVATION_HAS_UNIX_DIAG
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#endif

enum { QUEUED = 3, BACKLOG = 7 } ;

static int netlink ;

 /* All of it; fd is consumed. 0 for an address: any. */

static void check (int fd, char const *what, char const *kind, char const *state, char const *address)
{
  struct description d ;
  struct stat st ;
  if (fd < 0 || fstat(fd, &st) == -1) tap_bail(what) ;
  describe_fd(&d, fd, S_ISSOCK(st.st_mode), netlink, DESCRIBE_DEEP) ;
  tap_string(d.kind, kind, "%s: kind", what) ;
  tap_string(d.state, state, "%s: state", what) ;
  if (address) tap_string(d.address, address, "%s: address", what) ;
  tap_string(d.queue, "", "%s: no queue", what) ;
  close(fd) ;
}

static void check_files (char const *cwd)
{
  char path[4200] ;
  int p[2] ;
  snprintf(path, sizeof(path), "%s/file", cwd) ;
  check(open("file", O_RDWR | O_CREAT, 0600), "a file", "file", "both", path) ;
  check(open(".", O_RDONLY), "a directory", "directory", "read", cwd) ;
  check(open("/dev/null", O_WRONLY), "/dev/null", "device", "write", "/dev/null") ;
  if (mkfifo("fifo", 0600) == -1 || pipe(p) == -1) tap_bail("mkfifo, pipe") ;
  snprintf(path, sizeof(path), "%s/fifo", cwd) ;
  check(open("fifo", O_RDWR), "a fifo", "fifo", "both", path) ;
  check(p[0], "a pipe's end", "pipe", "read", "") ;
  check(p[1], "its other end", "pipe", "write", "") ;
  check(memfd_create("some name", 0), "a memfd", "memfd", "both", "some name") ;
  check(eventfd(0, 0), "an eventfd", "eventfd", "both", 0) ;
  check(timerfd_create(CLOCK_MONOTONIC, 0), "what has no name", "anon", "both", "[timerfd]") ;
  snprintf(path, sizeof(path), "%ld", (long)getpid()) ;
  check((int)syscall(SYS_pidfd_open, getpid(), 0), "a pidfd", "pidfd", "both", path) ;
}

static int unix_socket (int type, char const *path, size_t len)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, type, 0) ;
  if (!path) return fd ;
  memcpy(sa.sun_path, path, len) ;
  if (fd < 0 || bind(fd, (struct sockaddr *)&sa, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1) tap_bail("bind") ;
  return fd ;
}

static void check_unix (void)
{
  int fd[2] ;
  check(unix_socket(SOCK_STREAM, 0, 0), "a Unix socket", "unix-stream", "unbound", "") ;
  check(unix_socket(SOCK_DGRAM, "dgram", 5), "for datagrams", "unix-dgram", "bound", "dgram") ;
  check(unix_socket(SOCK_SEQPACKET, "\0abs\0act", 8), "an abstract one", "unix-seqpacket", "bound", "@abs@act") ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1) tap_bail("socketpair") ;
  check(fd[0], "of a pair", "unix-stream", "connected", "") ;
  close(fd[1]) ;
}

static int inet_socket (int family, int type)
{
  struct sockaddr_in six = { .sin_family = AF_INET, .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } } ;
  int fd = socket(family, type, 0) ;
  if (fd < 0 || (family == AF_INET && bind(fd, (struct sockaddr *)&six, sizeof(six)) == -1)) tap_bail("bind") ;
  return fd ;
}

static unsigned int port_of (int fd)
{
  struct sockaddr_in sa ;
  socklen_t len = sizeof(sa) ;
  if (getsockname(fd, (struct sockaddr *)&sa, &len) == -1) tap_bail("getsockname") ;
  return ntohs(sa.sin_port) ;
}

static void check_inet (void)
{
  char address[64] ;
  int fd = inet_socket(AF_INET, SOCK_STREAM) ;
  snprintf(address, sizeof(address), "127.0.0.1:%u", port_of(fd)) ;
  check(fd, "a TCP socket with an address", "tcp", "bound", address) ;
  check(socket(AF_INET, SOCK_STREAM, 0), "one without", "tcp", "unbound", "") ;
  fd = inet_socket(AF_INET, SOCK_DGRAM) ;
  snprintf(address, sizeof(address), "127.0.0.1:%u", port_of(fd)) ;
  check(fd, "a UDP socket", "udp", "bound", address) ;
  check(socket(AF_NETLINK, SOCK_RAW, 0), "of another family", "socket", "", "") ;
}

static void connect_to (int fd, int type, int *clients)
{
  struct sockaddr_storage sa ;
  socklen_t len = sizeof(sa) ;
  if (getsockname(fd, (struct sockaddr *)&sa, &len) == -1) tap_bail("getsockname") ;
  for (unsigned int i = 0 ; i < QUEUED ; i++)
  {
    clients[i] = socket(sa.ss_family, type, 0) ;
    if (clients[i] < 0 || connect(clients[i], (struct sockaddr *)&sa, len) == -1) tap_bail("connect") ;
  }
}

 /* Of a listening one nothing is known in the end that takes no lock, and is
    not a Unix socket's. */

static void check_listening (int fd, char const *kind, int isunix)
{
  struct description d ;
  int clients[QUEUED] ;
  if (listen(fd, BACKLOG) == -1) tap_bail("listen") ;
  connect_to(fd, SOCK_STREAM, clients) ;
  describe_fd(&d, fd, 1, netlink, DESCRIBE_DEEP) ;
  tap_string(d.kind, kind, "%s: a listening one", kind) ;
  tap_string(d.state, "listening", "%s: listens", kind) ;
  tap_string(d.queue, isunix && netlink < 0 ? "" : "3", "%s: three wait, where the kernel tells", kind) ;
  tap_string(d.backlog, isunix && netlink < 0 ? "" : "7", "%s: of seven", kind) ;
  describe_fd(&d, fd, 1, netlink, DESCRIBE_SHALLOW) ;
  tap_string(d.kind, isunix ? kind : "tcp", "%s: its kind is known without a lock", kind) ;
  tap_string(d.state, "listening", "%s: and its state", kind) ;
  tap_string(d.address, isunix ? "listener" : "", "%s: and the address of a Unix socket", kind) ;
  for (unsigned int i = 0 ; i < QUEUED ; i++) close(clients[i]) ;
  close(fd) ;
}

#ifdef S6_ACTIVATION_HAS_UNIX_DIAG

 /* As if who has asked had been killed before it read. */

static void ask_for_nothing (void)
{
  struct { struct nlmsghdr header ; struct unix_diag_req request ; } message ;
  memset(&message, 0, sizeof(message)) ;
  message.header.nlmsg_len = sizeof(message) ;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY ;
  message.header.nlmsg_flags = NLM_F_REQUEST ;
  message.request.sdiag_family = AF_UNIX ;
  if (netlink >= 0 && send(netlink, &message, sizeof(message), 0) == -1) tap_bail("send") ;
}

#else

static void ask_for_nothing (void)
{
}

#endif

int main (void)
{
  char cwd[4096] ;
  testdaemon_workdir() ;
  if (!getcwd(cwd, sizeof(cwd))) tap_bail("getcwd") ;
  netlink = describe_netlink() ;
  check_files(cwd) ;
  check_unix() ;
  check_inet() ;
  check_listening(unix_socket(SOCK_STREAM, "listener", 8), "unix-stream", 1) ;
  check_listening(inet_socket(AF_INET, SOCK_STREAM), "tcp", 0) ;
  tap_diag("an answer that nobody has read") ;
  unlink("listener") ;
  ask_for_nothing() ;
  check_listening(unix_socket(SOCK_STREAM, "listener", 8), "unix-stream", 1) ;
  return tap_done() ;
}
