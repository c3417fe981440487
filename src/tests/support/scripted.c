/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "libfdwire/wire.h"
#include "rawclient.h"
#include "scripted.h"
#include "tap.h"
#include "testdaemon.h"

enum { FDS_MAX = 253, READ_MAX = 70000 } ;

static void send_bytes (int fd, char const *s, size_t len, int const *fds, unsigned int n)
{
   /* a client that has seen enough may hang up before the rest */
  ssize_t r = raw_send(fd, s, len, fds, n) ;
  if (r == -1 && (errno == EPIPE || errno == ECONNRESET)) _exit(0) ;
  if (r != (ssize_t)len) _exit(2) ;
}

static void send_step (int fd, struct step const *step)
{
  int fds[FDS_MAX] ;
  int null = open("/dev/null", O_RDWR) ;
  for (unsigned int i = 0 ; i < step->fds ; i++) fds[i] = null ;
  if (step->kind == STEP_SEND) send_bytes(fd, step->s, step->n, fds, step->fds) ;
  else for (size_t i = 0 ; i < step->n ; i++)
  {
    send_bytes(fd, step->s + i, 1, fds, i ? 0 : step->fds) ;
    test_sleep(1) ;
  }
  close(null) ;
}

static void read_step (int fd, struct step const *step)
{
  static char s[READ_MAX] ;
  size_t len = 0 ;
  while (len < step->n)
  {
    ssize_t r = read(fd, s + len, step->n - len) ;
    if (r <= 0) _exit(3) ;
    len += r ;
  }
  if (step->s && memcmp(s, step->s, len)) _exit(1) ;
}

static int channel = -1 ;  /* our end of the event pipe */

static void handshake (int fd, int islong)
{
  static char const right[] = "\0\0\0\24" WIRE_BANNER_SERVER ;
  static char const longer[] = "\20\0\0\0" WIRE_BANNER_SERVER ;
  char const *banner = islong ? longer : right ;
  struct step const hello = READ("\0\0\0\24" WIRE_BANNER_CLIENT) ;
  int p[2] ;
  read_step(fd, &hello) ;
  if (pipe2(p, O_NONBLOCK) == -1) _exit(2) ;  /* the reading end is as the daemon has it */
  if (write(p[1], right, sizeof(right) - 1) == -1) _exit(2) ;
  send_bytes(fd, "|", 1, p, 1) ;
  send_bytes(fd, banner, sizeof(right) - 1, 0, 0) ;
  close(p[0]) ;
  if (channel >= 0) close(channel) ;
  channel = p[1] ;
}

static void close_both (int *fd)
{
  close(*fd) ;
  *fd = -1 ;
  if (channel >= 0) close(channel) ;
  channel = -1 ;
}

static void go_through (int listener, struct step const *step)
{
  int fd = -1 ;
  char c ;
  for (; step->kind != STEP_END ; step++) switch (step->kind)
  {
    case STEP_ACCEPT :
      if (fd >= 0) close(fd) ;
      fd = accept(listener, 0, 0) ;
      if (fd < 0) _exit(2) ;
      break ;
    case STEP_HANDSHAKE : handshake(fd, 0) ; break ;
    case STEP_LONGBANNER : handshake(fd, 1) ; break ;
    case STEP_READ : read_step(fd, step) ; break ;
    case STEP_SEND :
    case STEP_DRIP : send_step(fd, step) ; break ;
    case STEP_EVENT : if (write(channel, step->s, step->n) != (ssize_t)step->n) _exit(2) ; break ;
    case STEP_PAUSE : test_sleep(step->n) ; break ;
    case STEP_WAITEOF : if (read(fd, &c, 1) > 0) _exit(1) ; break ;
    default : close_both(&fd) ;
  }
  _exit(0) ;
}

pid_t scripted_start (char const *path, struct step const *steps)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  pid_t pid ;
  strcpy(address.sun_path, path) ;
  unlink(path) ;
  if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(fd, 1) == -1) tap_bail(path) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) go_through(fd, steps) ;
  close(fd) ;
  return pid ;
}

int scripted_done (pid_t pid)
{
  int status ;
  for (unsigned int i = 0 ; i < 500 ; i++)
  {
    if (waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status) && !WEXITSTATUS(status) ;
    test_sleep(10) ;
  }
  kill(pid, SIGKILL) ;
  waitpid(pid, &status, 0) ;
  return 0 ;
}

unsigned int count_open_fds (void)
{
  unsigned int n = 0 ;
  DIR *dir = opendir("/proc/self/fd") ;
  if (!dir) tap_skip_all("needs /proc") ;
  while (readdir(dir)) n++ ;
  closedir(dir) ;
  return n ;
}
