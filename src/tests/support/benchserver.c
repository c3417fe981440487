/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "benchserver.h"
#include "procstatus.h"
#include "tap.h"
#include "testdaemon.h"

enum { BACKLOG = 1024, ARGUMENTS_MAX = 16, CROWD_MAX = 64, TRIES = 200 } ;

 /* The socket that the server listens on, or whose port it binds again; its address is left in b. */

static int bind_here (struct benchserver *b, enum benchserver_kind kind)
{
  static unsigned int number = 0 ;
  int fd ;
  memset(&b->address, 0, sizeof(b->address)) ;
  if (kind == BENCHSERVER_UNIX)
  {
    struct sockaddr_un *path = (struct sockaddr_un *)&b->address ;
    path->sun_family = AF_UNIX ;
    snprintf(path->sun_path, sizeof(path->sun_path), "server%u", number++) ;
    b->addresslen = sizeof(*path) ;
  }
  else
  {
    struct sockaddr_in *ip = (struct sockaddr_in *)&b->address ;
    ip->sin_family = AF_INET ;
    ip->sin_addr.s_addr = htonl(INADDR_LOOPBACK) ;
    b->addresslen = sizeof(*ip) ;
  }
  fd = socket(b->address.ss_family, SOCK_STREAM, 0) ;
  if (fd == -1 || bind(fd, (struct sockaddr *)&b->address, b->addresslen) == -1
   || listen(fd, BACKLOG) == -1 || getsockname(fd, (struct sockaddr *)&b->address, &b->addresslen) == -1) tap_bail("bind") ;
  return fd ;
}

static unsigned int arguments (char const **argv, struct benchserver const *b, enum benchserver_kind kind, char const *program, char const *limit, char *address)
{
  unsigned int n = 0 ;
  argv[n++] = program ;
  switch (kind)
  {
    case BENCHSERVER_UNIX :
    case BENCHSERVER_TCP :
      argv[n++] = "-1v0" ; argv[n++] = "-c" ; argv[n++] = limit ; argv[n++] = "-C" ; argv[n++] = limit ;
      break ;
    case BENCHSERVER_TCPSERVER :
      argv[n++] = "-1qRHl0" ; argv[n++] = "-b1024" ; argv[n++] = "-c" ; argv[n++] = limit ;
      argv[n++] = "127.0.0.1" ; argv[n++] = "0" ;
      break ;
    case BENCHSERVER_SYSTEMD :
      snprintf(address, 32, "127.0.0.1:%u", ntohs(((struct sockaddr_in const *)&b->address)->sin_port)) ;
      argv[n++] = "--accept" ; argv[n++] = "--inetd" ; argv[n++] = "-l" ; argv[n++] = address ;
      break ;
  }
  return n ;
}

extern char **environ ;

 /* Only systemd's talks without being asked to. */

static void become (char const *const *argv, char **environment, int in, int out, int silent)
{
  int null = open("/dev/null", O_RDWR) ;
  dup2(in == -1 ? null : in, 0) ;
  dup2(out, 1) ;
  if (silent) dup2(null, 2) ;
  for (int i = 3 ; i < 64 ; i++) close(i) ;
  environ = environment ;
  execvp(argv[0], (char *const *)argv) ;
  _exit(127) ;
}

 /* Whether somebody listens, soon: for those that do not say so. */

static int is_there (struct benchserver const *b)
{
  for (unsigned int i = 0 ; i < TRIES ; i++)
  {
    int fd = socket(b->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
    int r = connect(fd, (struct sockaddr const *)&b->address, b->addresslen) ;
    close(fd) ;
    if (!r) return 1 ;
    if (waitpid(b->pid, 0, WNOHANG) == b->pid) return 0 ;
    test_sleep(20) ;
  }
  return 0 ;
}

static int is_ready (struct benchserver *b, enum benchserver_kind kind, int fd)
{
  char line[16] ;
  ssize_t r ;
  if (kind == BENCHSERVER_SYSTEMD) return is_there(b) ;
  r = read(fd, line, sizeof(line) - 1) ;
  if (r <= 0) return 0 ;
  line[r] = 0 ;
  if (kind == BENCHSERVER_TCPSERVER) ((struct sockaddr_in *)&b->address)->sin_port = htons(atoi(line)) ;
  return 1 ;
}

int benchserver_start (struct benchserver *b, char const *name, enum benchserver_kind kind, char const *program, char const *limit, char const *const *child, char **environment, int *status)
{
  char const *argv[ARGUMENTS_MAX] ;
  char address[32] ;
  int here = bind_here(b, kind) ;
  int fd[2] ;
  int good ;
  unsigned int n = arguments(argv, b, kind, program, limit, address) ;
  b->name = name ;
  while (*child) argv[n++] = *child++ ;
  argv[n] = 0 ;
  if (pipe(fd) == -1) tap_bail("pipe") ;
  if (kind == BENCHSERVER_TCPSERVER || kind == BENCHSERVER_SYSTEMD)
  {
    close(here) ;
    here = -1 ;
  }
  b->pid = fork() ;
  if (b->pid == -1) tap_bail("fork") ;
  if (!b->pid) become(argv, environment, here, fd[1], kind == BENCHSERVER_SYSTEMD) ;
  if (here >= 0) close(here) ;
  close(fd[1]) ;
  good = is_ready(b, kind, fd[0]) ;
  close(fd[0]) ;
  if (!good) *status = benchserver_stop(b) ;
  return good ;
}

int benchserver_stop (struct benchserver *b)
{
  int status = 0 ;
  if (b->pid <= 1) return 0 ;
  kill(b->pid, SIGTERM) ;
  waitpid(b->pid, &status, 0) ;
  b->pid = 0 ;
  return status ;
}

long benchserver_memory (struct benchserver const *b)
{
  return procstatus(b->pid, "RssAnon") ;
}

long benchserver_ticks (struct benchserver const *b)
{
  char line[1024] ;
  char path[64] ;
  char const *s ;
  long user = 0, system = 0, children_user = 0, children_system = 0 ;
  size_t n ;
  FILE *f ;
  snprintf(path, sizeof(path), "/proc/%d/stat", (int)b->pid) ;
  f = fopen(path, "r") ;
  if (!f) return 0 ;
  n = fread(line, 1, sizeof(line) - 1, f) ;
  fclose(f) ;
  line[n] = 0 ;
  s = strrchr(line, ')') ;
  if (s) sscanf(s + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %ld %ld", &user, &system, &children_user, &children_system) ;
  return user + system + children_user + children_system ;
}

int benchserver_connect (struct benchserver const *b, unsigned int from, int nonblocking)
{
  struct linger const reset = { .l_onoff = 1, .l_linger = 0 } ;
  struct sockaddr_in source = { .sin_family = AF_INET, .sin_addr.s_addr = htonl((127u << 24) + from) } ;
  int fd = socket(b->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  if (from && b->address.ss_family == AF_INET && bind(fd, (struct sockaddr *)&source, sizeof(source)) == -1) tap_bail("bind") ;
  if (fd == -1 || connect(fd, (struct sockaddr const *)&b->address, b->addresslen) == -1) tap_bail(b->name) ;
  if (b->address.ss_family == AF_INET) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ;
  if (nonblocking) fcntl(fd, F_SETFL, O_NONBLOCK) ;
  return fd ;
}

void benchserver_visit (struct benchserver const *b)
{
  char c ;
  int fd = benchserver_connect(b, 0, 0) ;
  if (read(fd, &c, 1) != 0) tap_bail(b->name) ;
  close(fd) ;
}

void benchserver_crowd (struct benchserver const *b, unsigned int total, unsigned int atonce)
{
  struct pollfd x[CROWD_MAX] ;
  unsigned int n = 0 ;
  while (total || n)
  {
    char c ;
    for (; n < atonce && total ; total--) x[n++] = (struct pollfd){ .fd = benchserver_connect(b, 0, 1), .events = POLLIN } ;
    if (poll(x, n, -1) == -1) tap_bail("poll") ;
    for (unsigned int i = n ; i-- ;)
    {
      if (!x[i].revents) continue ;
      if (read(x[i].fd, &c, 1) != 0) tap_bail(b->name) ;
      close(x[i].fd) ;
      x[i] = x[--n] ;
    }
  }
}
