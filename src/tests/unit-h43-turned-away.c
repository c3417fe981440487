/* ISC license. */

/* H43: a super-server turns clients away that have sent what does not close,
   and waits for none of it; they cost it one process, however many they are,
   and those that have sent bytes cost nothing. Nor does it wait when it has
   given such a connection to a child that ends first. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "libdaemon/closer.h"
#include "libsuperserver/internal.h"
#include "probed.h"
#include "support/lingering.h"
#include "support/lockedpipe.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { CLIENTS = 60, FEW = 4, FEW_FDS = 12 } ;

static struct closer closer = CLOSER_ZERO ;

static void turn_away (int type, int const *fds, unsigned int nfds, char const *name)
{
  int s[2] ;
  char c ;
  int istold ;
  double began ;
  if (socketpair(AF_UNIX, type, 0, s) == -1) tap_bail("socketpair") ;
  if (raw_send(s[0], "x", 1, fds, nfds) != 1) tap_bail("send") ;
  if (nfds) close(fds[0]) ;
  began = test_seconds() ;
  istold = server_turn_away(&closer, s[1], AF_UNIX) ;
  began = test_seconds() - began ;
  tap_ok(istold, "%s: turned away", name) ;
  timing_most(began, 1000, "%s: its close does not wait", name) ;
  tap_most(read(s[0], &c, 1), 0, "%s: the client sees the end", name) ;
  close(s[0]) ;
}

 /* Not even the number to look with is to be had. */

static void short_of_numbers (void)
{
  struct rlimit before, none ;
  int s[2] ;
  char c ;
  int e ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1 || write(s[0], "x", 1) != 1) tap_bail("socketpair") ;
  getrlimit(RLIMIT_NOFILE, &before) ;
  none = before ;
  none.rlim_cur = 0 ;
  setrlimit(RLIMIT_NOFILE, &none) ;
  tap_ok(!server_turn_away(&closer, s[1], AF_UNIX), "without a number for it, it fails") ;
  e = errno ;
  setrlimit(RLIMIT_NOFILE, &before) ;
  tap_error(e, EMFILE, "for want of one") ;
  tap_ok(server_turn_away(&closer, s[1], AF_UNIX), "and later it does not") ;
  tap_most(read(s[0], &c, 1), 0, "the client sees the end") ;
  close(s[0]) ;
}

static void alone (void)
{
  int other[2] ;
  int fd ;
  turn_away(SOCK_STREAM, 0, 0, "a byte") ;
  turn_away(SOCK_SEQPACKET, 0, 0, "a packet") ;
  tap_int(closer.burier, 0, "no process is made for them") ;
#ifdef S6_ACTIVATION_HAS_CLONE_FILES
  short_of_numbers() ;
  fd = lingering_socket(other) ;
  turn_away(SOCK_STREAM, &fd, 1, "stream") ;
  fd = lingering_socket(other + 1) ;
  turn_away(SOCK_SEQPACKET, &fd, 1, "packets") ;
  tap_least(closer.burier, 1, "one is made for these") ;
  kill(closer.burier, SIGKILL) ;
  waitpid(closer.burier, 0, 0) ;
  closer_reap(&closer) ;
  tap_int(closer.burier, 0, "when that is dead, it is noticed, even if somebody else has waited for it") ;
  close(other[0]) ;
  close(other[1]) ;
#endif
}

static pid_t start_server (int listener, char const *name)
{
  static char program[8192] ;
  char byte ;
  int p[2] ;
  pid_t pid ;
  fflush(stdout) ;
  testdaemon_program(program, sizeof(program), "s6-ipcserverd") ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    if (dup2(listener, 0) == -1 || dup2(p[1], 1) == -1) _exit(126) ;
    close(p[0]) ;
    close(p[1]) ;
    execl(program, program, "-1", "-v0", "-c", "100", "-C", "1", name, (char *)0) ;
    _exit(127) ;
  }
  close(listener) ;
  close(p[1]) ;
  if (read(p[0], &byte, 1) != 1) tap_bail("s6-ipcserverd does not start") ;
  close(p[0]) ;
  return pid ;
}

 /* Does cat answer on it? */

static int echoes (int fd)
{
  char c = 0 ;
  return write(fd, "e", 1) == 1 && read(fd, &c, 1) == 1 && c == 'e' ;
}

 /* What has been sent before a client is accepted is there when it is turned away. */

static unsigned int attack (pid_t server, int *fds)
{
  int clients[CLIENTS] ;
  unsigned int ended = 0 ;
  char c ;
  kill(server, SIGSTOP) ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++)
  {
    clients[i] = raw_socket("s", (uid_t)-1) ;
    if (clients[i] < 0 || raw_send(clients[i], "x", 1, fds + i, !!fds) != 1) tap_bail("send") ;
    if (fds) close(fds[i]) ;
  }
  kill(server, SIGCONT) ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++)
  {
    ended += read(clients[i], &c, 1) <= 0 ;
    close(clients[i]) ;
  }
  return ended ;
}

static void judge (pid_t server, int *held, int *fds, char const *name)
{
  struct testdaemon d = { .pid = server } ;
  pid_t pids[2 * CLIENTS] ;
  double began = test_seconds() ;
  unsigned int ended = attack(server, fds) ;
  tap_int(ended, CLIENTS, "%s: all are turned away", name) ;
  tap_ok(echoes(*held), "%s: who was there before is served", name) ;
  tap_most(testdaemon_children(&d, pids, 2 * CLIENTS), fds ? FEW : 1, "%s: few processes are left", name) ;
  tap_most(testdaemon_count_fds(&d), FEW_FDS, "%s: and few descriptors", name) ;
  close(*held) ;
  do
  {
    *held = raw_socket("s", (uid_t)-1) ;
    if (echoes(*held)) break ;
    close(*held) ;
  }
  while (test_seconds() - began < 10) ;
  tap_ok(echoes(*held), "%s: the next one, too, is served", name) ;
}

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

static void await_end (int fd, char const *name)
{
  double began = test_seconds() ;
  char c ;
  ssize_t r = read(fd, &c, 1) ;
  timing_most(test_seconds() - began, 1000, "%s", name) ;
  tap_most(r, 0, "%s: the client sees the end", name) ;
  close(fd) ;
}

 /* The shim lets the child end before the server can close what it has given to it. */

static void give_away (void)
{
  char shim[4096] ;
  ssize_t len = readlink("/proc/self/exe", shim, sizeof(shim) - sizeof("preload-conn.so")) ;
  int other, status, fd, first, second ;
  pid_t server ;
  if (testdaemon_isslow()) return ;
  if (len <= 0) tap_bail("readlink") ;
  shim[len] = 0 ;
  strcpy(strrchr(shim, '/') + 1, "preload-conn.so") ;
  setenv("LD_PRELOAD", shim, 1) ;
  setenv("WAIT_ENDED", "1", 1) ;
  server = start_server(testdaemon_listen("t"), "true") ;
  unsetenv("LD_PRELOAD") ;
  fd = lingering_socket(&other) ;
  kill(server, SIGSTOP) ;
  first = raw_socket("t", (uid_t)-1) ;
  if (raw_send(first, "x", 1, &fd, 1) != 1) tap_bail("send") ;
  close(fd) ;
  kill(server, SIGCONT) ;
  await_end(first, "given away to a child that ends: its close does not wait") ;
  second = raw_socket("t", (uid_t)-1) ;
  await_end(second, "and the next one is served at once") ;
  close(other) ;
  kill(server, SIGTERM) ;
  if (waitpid(server, &status, 0) != server) tap_bail("waitpid") ;
  tap_int(status, 0, "SIGTERM ends that server") ;
}

#endif

int main (void)
{
  int readers[CLIENTS] ;
  pid_t server ;
  int held ;
  int status = -1 ;
  if (getenv("DAEMON_WRAPPER") && *getenv("DAEMON_WRAPPER")) tap_skip_all("wrappers know no such processes") ;
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_workdir() ;
  alone() ;
  server = start_server(testdaemon_listen("s"), "cat") ;
  held = raw_socket("s", (uid_t)-1) ;
  tap_ok(echoes(held), "the only place is taken") ;
  judge(server, &held, 0, "bytes") ;
#ifdef S6_ACTIVATION_HAS_CLONE_FILES
  if (lockedpipe_begin(readers, CLIENTS)) judge(server, &held, readers, "pipes whose lock is held") ;
  else tap_ok(1, "pipes whose lock is held # SKIP no page can be kept away here") ;
#endif
  kill(server, SIGTERM) ;
  if (waitpid(server, &status, 0) != server) tap_bail("waitpid") ;
  tap_int(status, 0, "SIGTERM ends the server") ;
#ifdef S6_ACTIVATION_HAS_CLONE_FILES
  lockedpipe_end() ;
  give_away() ;
#endif
  return tap_done() ;
}
