/* ISC license. */

/* A daemon that stores its accepted connections goes on with them, whatever is killed: it,
   s6-fdholder-notifyd, it and the holder, or the holder; ROUNDS of each (2). Its clients are connected throughout,
   none is lost, and each is stored once. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "support/notifying.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { KINDS = 4, FIRST = 4, CONNECTIONS_MAX = 24, PATIENCE_MS = 60000, STEP_MS = 20 } ;

struct answer
{
  char byte ;
  pid_t pid ;
} ;

 /* The daemon. */

static void store (int fd)
{
  static char const text[] = "FDSTORE=1\nFDNAME=conn" ;
  if (!notifying_send(text, sizeof(text) - 1, &fd, 1) || !notifying_barrier(PATIENCE_MS)) _exit(112) ;
}

static int serve (int fd)
{
  struct answer a = { .byte = 0 } ;
  ssize_t r = recv(fd, &a.byte, 1, 0) ;
  a.pid = getpid() ;
  if (r == 1 && send(fd, &a, sizeof(a), MSG_NOSIGNAL) == sizeof(a)) return 1 ;
  close(fd) ;
  return 0 ;
}

static void be_daemon (void)
{
  struct pollfd x[1 + CONNECTIONS_MAX] = { { .fd = 0, .events = POLLIN } } ;
  int given = notifying_given() ;
  unsigned int n = 1 ;
  if (given < 0) _exit(113) ;
  for (int i = 0 ; i < given ; i++) x[n++] = (struct pollfd){ .fd = 3 + i, .events = POLLIN } ;
  for (;;)
  {
    if (poll(x, n, -1) == -1) _exit(114) ;
    for (unsigned int i = 1 ; i < n ; i++)
      if (x[i].revents && !serve(x[i].fd)) x[i--] = x[--n] ;
    if (!x[0].revents) continue ;
    x[n].fd = accept(0, 0, 0) ;
    if (x[n].fd < 0) _exit(115) ;
    x[n].events = POLLIN ;
    x[n].revents = 0 ;
    store(x[n++].fd) ;
  }
}

 /* The test: a supervisor and the clients. */

static char program[4096] ;
static char self[4096] ;
static int listener ;
static int clients[CONNECTIONS_MAX] ;
static unsigned int nclients = 0 ;

static pid_t start (void)
{
  char const *const argv[] = { program, "-p", "c/", "s", "n", self, "daemon", 0 } ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (dup2(listener, 0) == -1) _exit(126) ;
  execv(argv[0], (char **)argv) ;
  _exit(127) ;
}

static void add_client (void)
{
  if (nclients == CONNECTIONS_MAX) return ;
  clients[nclients++] = raw_socket("l", (uid_t)-1) ;
}

 /* Of the daemon that answers all of them; 0: one does not, or not the same. */

static pid_t ask_all (char byte)
{
  pid_t pid = 0 ;
  for (unsigned int i = 0 ; i < nclients ; i++)
  {
    struct pollfd x = { .fd = clients[i], .events = POLLIN } ;
    struct answer a = { .byte = 0 } ;
    if (send(clients[i], &byte, 1, MSG_NOSIGNAL) != 1 || poll(&x, 1, PATIENCE_MS) != 1
     || recv(clients[i], &a, sizeof(a), 0) != sizeof(a) || a.byte != byte || (pid && a.pid != pid))
    {
      tap_diag("client %u: byte %d, process %ld after %ld", i, a.byte, (long)a.pid, (long)pid) ;
      return 0 ;
    }
    pid = a.pid ;
  }
  return pid ;
}

 /* As a subreaper the test has all that loses its parent. */

static int await (pid_t pid)
{
  int status ;
  double begin = test_seconds() ;
  pid_t r ;
  while (!(r = waitpid(pid, &status, WNOHANG)) && test_since(begin) < PATIENCE_MS) test_sleep(STEP_MS) ;
  return r != pid ? -1 : WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status) ;
}

static long count_held (void)
{
  struct rawclient c ;
  long n ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  n = raw_list(&c) ? -1 : raw_list_count(&c) ;
  raw_close(&c) ;
  return n ;
}

static void await_held (long want, char const *name)
{
  double begin = test_seconds() ;
  while (count_held() != want && test_since(begin) < PATIENCE_MS) test_sleep(STEP_MS) ;
  tap_int(count_held(), want, "%s", name) ;
}

static void kill_daemon (pid_t *notifyd, pid_t pid)
{
  kill(pid, SIGKILL) ;
  tap_int(await(*notifyd), SIGKILL, "it ends as the daemon") ;
  add_client() ;
  *notifyd = start() ;
}

static void kill_notifyd (pid_t *notifyd, pid_t pid)
{
  kill(*notifyd, SIGKILL) ;
  tap_int(await(*notifyd), SIGKILL, "it is killed") ;
  tap_int(await(pid), SIGTERM, "the daemon gets TERM") ;
  add_client() ;
  *notifyd = start() ;
}

static void kill_holder (struct testdaemon *d)
{
  kill(d->pid, SIGKILL) ;
  waitpid(d->pid, 0, 0) ;
  if (d->pidfd >= 0) close(d->pidfd) ;
  testdaemon_start(d, "s", 0) ;
  await_held((long)nclients, "a new holder is told all again") ;
}

static void kill_both (struct testdaemon *d, pid_t *notifyd, pid_t pid)
{
  kill(d->pid, SIGKILL) ;
  waitpid(d->pid, 0, 0) ;
  if (d->pidfd >= 0) close(d->pidfd) ;
  kill(pid, SIGKILL) ;
  testdaemon_start(d, "s", 0) ;
  tap_int(await(*notifyd), SIGKILL, "a new holder has been told all before it ends") ;
  *notifyd = start() ;
}

static void run_round (struct testdaemon *d, pid_t *notifyd, unsigned int i)
{
  pid_t pid, next ;
  char byte = (char)('a' + i % 20) ;
  pid = ask_all(byte) ;
  tap_ok(pid > 0, "round %u: all %u clients are served", i, nclients) ;
  if (!pid) return ;
  tap_int(count_held(), (intmax_t)nclients, "each is held once") ;
  if (i % KINDS == KINDS - 1)
  {
    kill_holder(d) ;
    tap_int(ask_all(byte), pid, "the daemon has gone on") ;
    return ;
  }
  switch (i % KINDS)
  {
    case 0 : kill_daemon(notifyd, pid) ; break ;
    case 1 : kill_notifyd(notifyd, pid) ; break ;
    default : kill_both(d, notifyd, pid) ; break ;
  }
  next = ask_all(byte) ;
  tap_ok(next > 0 && next != pid, "another one serves all of them, and one that came meanwhile") ;
}

int main (int argc, char const *const *argv)
{
  struct testdaemon d ;
  char const *rounds = getenv("ROUNDS") ;
  unsigned int n = rounds ? (unsigned int)atoi(rounds) : 2 ;
  pid_t notifyd ;
  ssize_t len ;
  if (argc > 1 && !strcmp(argv[1], "daemon")) be_daemon() ;
  len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  if (len <= 0) tap_bail("readlink") ;
  testdaemon_program(program, sizeof(program), "s6-fdholder-notifyd") ;
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1) tap_bail("prctl") ;
  testdaemon_begin(&d, 0) ;
  listener = testdaemon_listen("l") ;
  for (unsigned int i = 0 ; i < FIRST ; i++) add_client() ;
  notifyd = start() ;
  for (unsigned int i = 0 ; i < KINDS * n ; i++) run_round(&d, &notifyd, i) ;
  while (nclients > 2) close(clients[--nclients]) ;
  await_held(2, "those that have gone are forgotten") ;
  tap_ok(ask_all('z') > 0, "the others are served") ;
  kill(notifyd, SIGTERM) ;
  tap_int(await(notifyd), SIGTERM, "TERM ends it, by the daemon") ;
  tap_int(count_held(), 2, "what is held stays") ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
