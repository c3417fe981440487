/* ISC license. */

/* What is told of each kind of descriptor. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <sched.h>
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
#include <sys/wait.h>

#include "libfdholderd/describe.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { QUEUED = 3, BACKLOG = 7 } ;

static struct describe_listeners listeners = DESCRIBE_LISTENERS_ZERO ;

 /* All of it; fd is consumed. 0 for an address: any. */

static void check (int fd, char const *what, char const *kind, char const *state, char const *address)
{
  struct description d ;
  struct stat st ;
  if (fd < 0 || fstat(fd, &st) == -1) tap_bail(what) ;
  describe_fd(&d, fd, S_ISSOCK(st.st_mode), &listeners, DESCRIBE_DEEP) ;
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

static void connect_to (int fd, int *clients)
{
  struct sockaddr_storage sa ;
  socklen_t len = sizeof(sa), typelen = sizeof(int) ;
  int type ;
  if (getsockname(fd, (struct sockaddr *)&sa, &len) == -1 || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &typelen) == -1) tap_bail("getsockname") ;
  for (unsigned int i = 0 ; i < QUEUED ; i++)
  {
    clients[i] = socket(sa.ss_family, type, 0) ;
    if (clients[i] < 0 || connect(clients[i], (struct sockaddr *)&sa, len) == -1) tap_bail("connect") ;
  }
}

 /* Of a listening one that is not a Unix socket all takes a lock but this. */

static void check_shallow (int fd, char const *kind)
{
  struct description d ;
  describe_fd(&d, fd, 1, &listeners, DESCRIBE_SHALLOW) ;
  tap_string(d.kind, kind, "%s: its kind is known without a lock", kind) ;
  tap_string(d.state, "listening", "%s: and its state", kind) ;
  tap_string(d.address, "", "%s: not its address", kind) ;
  tap_string(d.queue, "", "%s: nor who waits", kind) ;
}

static void check_listening (int fd, char const *kind, char const *queue, char const *backlog)
{
  struct description d ;
  int clients[QUEUED] ;
  if (listen(fd, BACKLOG) == -1) tap_bail("listen") ;
  connect_to(fd, clients) ;
  describe_listeners_free(&listeners) ;
  describe_listeners_ask(&listeners, 1 << 20) ;
  describe_fd(&d, fd, 1, &listeners, DESCRIBE_DEEP) ;
  tap_string(d.kind, kind, "%s: a listening one", kind) ;
  tap_string(d.state, "listening", "%s: listens", kind) ;
  tap_string(d.queue, queue, "%s: three wait, where the kernel tells", kind) ;
  tap_string(d.backlog, backlog, "%s: of seven", kind) ;
  check_shallow(fd, kind) ;
  for (unsigned int i = 0 ; i < QUEUED ; i++) close(clients[i]) ;
  close(fd) ;
}

 /* In a directory where there is no /proc; 0: nobody may be there. */

static int describe_there (struct description *d, int const *fd, unsigned int n)
{
  struct describe_listeners none = DESCRIBE_LISTENERS_ZERO ;
  int status ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    if (chroot(".") == -1 && (unshare(CLONE_NEWUSER) == -1 || chroot(".") == -1)) _exit(1) ;
    for (unsigned int i = 0 ; i < n ; i++) describe_fd(d + i, fd[i], 0, &none, DESCRIBE_DEEP) ;
    _exit(0) ;
  }
  if (waitpid(pid, &status, 0) == -1) tap_bail("waitpid") ;
  return !status ;
}

static void check_without_proc (void)
{
  struct description *d = mmap(0, 2 * sizeof(*d), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  int p[2], fd[2] = { -1, open("fifo", O_RDWR) } ;
  if (d == MAP_FAILED || fd[1] < 0 || pipe(p) == -1) tap_bail("mmap, fifo, pipe") ;
  fd[0] = p[1] ;
  if (describe_there(d, fd, 2))
  {
    tap_string(d[0].kind, "pipe", "without /proc: a pipe's end") ;
    tap_string(d[0].state, "write", "without /proc: its state") ;
    tap_string(d[1].kind, "fifo", "without /proc: a fifo") ;
    tap_string(d[1].address, "", "without /proc: its path is not known") ;
  }
  else tap_diag("nobody may be where there is no /proc here") ;
  munmap(d, 2 * sizeof(*d)) ;
  close(p[0]) ;
  close(p[1]) ;
  close(fd[1]) ;
}

int main (void)
{
  char cwd[4096] ;
  int istold ;
  testdaemon_workdir() ;
  if (!getcwd(cwd, sizeof(cwd))) tap_bail("getcwd") ;
  istold = describe_listeners_ask(&listeners, 1 << 20) ;
  check_files(cwd) ;
  check_unix() ;
  check_inet() ;
  check_listening(unix_socket(SOCK_STREAM, "listener", 8), "unix-stream", istold ? "3" : "", istold ? "7" : "") ;
  check_listening(unix_socket(SOCK_SEQPACKET, "packets", 7), "unix-seqpacket", istold ? "3" : "", istold ? "7" : "") ;
  check_listening(inet_socket(AF_INET, SOCK_STREAM), "tcp", "3", "7") ;
  describe_listeners_free(&listeners) ;
  check_without_proc() ;
  return tap_done() ;
}
