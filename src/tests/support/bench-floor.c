/* ISC license. */

 /* What the kernel takes for the same exchange, however little the server does. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "bench.h"
#include "tap.h"

enum { MESSAGE_MAX = 64 } ;

static int held ;  /* our end of the socketpair */

static pid_t fork_floor (void)
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  return pid ;
}

 /* 0: the client has gone. */

static size_t answer (int s, char const *bytes, size_t len, int fd)
{
  char c[MESSAGE_MAX] ;
  int none ;
  unsigned int n = 1 ;
  size_t r = bench_receive(s, c, sizeof(c), &none, &n) ;
  if (r) bench_send(s, bytes, len, fd) ;
  return r ;
}

pid_t bench_floor_held (int fd)
{
  int s[2] ;
  pid_t pid ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == -1) tap_bail("socketpair") ;
  pid = fork_floor() ;
  held = s[0] ;
  close(s[!pid ? 0 : 1]) ;
  if (pid) return pid ;
  while (answer(s[1], "0", 1, fd)) ;
  _exit(0) ;
}

void bench_floor_exchange (void *data)
{
  char c[MESSAGE_MAX] ;
  int fd ;
  unsigned int n = 1 ;
  (void)data ;
  bench_send(held, "R", 1, -1) ;
  bench_receive(held, c, sizeof(c), &fd, &n) ;
  close(fd) ;
}

 /* One client at a time, in the s6 dialect: it asks, and goes. */

static void serve (int listener, int fd)
{
  static char const good[] = { 0, 0, 0, 1, 0, 1, 0 } ;
  struct pollfd x[2] = { { .fd = listener, .events = POLLIN }, { .fd = -1, .events = POLLIN } } ;
  for (;;)
  {
    struct ucred who ;
    socklen_t len = sizeof(who) ;
    if (poll(x, 2, -1) == -1) _exit(1) ;
    if (x[1].fd >= 0 && x[1].revents && !answer(x[1].fd, good, sizeof(good), fd))
    {
      close(x[1].fd) ;
      x[1].fd = -1 ;
    }
    if (x[1].fd >= 0 || !x[0].revents) continue ;
    x[1].fd = accept4(listener, 0, 0, SOCK_CLOEXEC) ;
    if (x[1].fd == -1 || getsockopt(x[1].fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1) _exit(1) ;
    answer(x[1].fd, good, sizeof(good), fd) ;
  }
}

pid_t bench_floor_listening (struct bench_daemon *b, int fd)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  pid_t pid ;
  strcpy(b->socket, "floor") ;
  strcpy(address.sun_path, b->socket) ;
  if (bind(s, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(s, SOMAXCONN) == -1) tap_bail(b->socket) ;
  pid = fork_floor() ;
  if (!pid) serve(s, fd) ;
  close(s) ;
  return pid ;
}

void bench_floor_stop (pid_t pid)
{
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
}
