/* ISC license. */

/* Fifodirs, within one process: nothing is lost and no fifo removed while somebody clears
   the directory all the time; what has matched stays so; letters, and what is left. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libfifodir/fifodir.h"
#include "libfifodir/fifowait.h"
#include "support/tap.h"

enum { ROUNDS = 3000, LONG = 70000 } ;

static pid_t clear_always (char const *path)
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) alarm(100) ;
  while (!pid) fifodir_clean(path) ;
  return pid ;
}

 /* How many of them hear what is told after they have subscribed. */

static unsigned int subscribe_and_hear (char const *path)
{
  unsigned int heard = 0 ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    struct fifodir_listener l = FIFODIR_LISTENER_ZERO ;
    char letters[4] ;
    if (fifodir_listen(&l, path) && fifodir_notify(path, "xy", 2) && fifodir_read(&l, letters, sizeof(letters)) == 2) heard++ ;
    fifodir_unlisten(&l) ;
  }
  return heard ;
}

static void test_clearing (char const *path)
{
  pid_t pid = clear_always(path) ;
  tap_int(subscribe_and_hear(path), ROUNDS, "who has subscribed hears, while others clear the directory") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
}

static int wait_briefly (struct fifowait *w, int isany)
{
  tain deadline ;
  tain_addsec_g(&deadline, 0) ;
  return fifowait(w, 2, isany, &deadline) ;
}

static void test_matches (char const *one, char const *other)
{
  struct fifowait w[2] ;
  tap_ok(!fifowait_begin(w, one, "(") && errno == EINVAL, "what is no expression: EINVAL") ;
  if (!fifowait_begin(w, one, "^x$") || !fifowait_begin(w + 1, other, "y|z")) tap_bail("subscribe") ;
  tap_ok(!wait_briefly(w, 1) && errno == ETIMEDOUT, "nothing is told: ETIMEDOUT") ;
  fifodir_notify(one, "x", 1) ;
  tap_ok(!wait_briefly(w, 0) && errno == ETIMEDOUT, "one of two has matched: ETIMEDOUT") ;
  tap_int(wait_briefly(w, 1), 1, "or that will do") ;
  fifodir_notify(one, "w", 1) ;
  tap_ok(!wait_briefly(w, 0) && errno == ETIMEDOUT, "what comes then is not what the other one waits for") ;
  fifodir_notify(other, "az", 2) ;
  tap_int(wait_briefly(w, 0), 1, "and undoes nothing") ;
  tap_bytes(w[0].received.s, w[0].received.len, "x", 1, "it has been left in the fifo") ;
  fifowait_end(w) ;
  fifowait_end(w + 1) ;
}

static void test_listener (char const *path)
{
  static char const many[LONG] = "" ;
  char letters[8] ;
  struct fifodir_listener l = FIFODIR_LISTENER_ZERO, none = FIFODIR_LISTENER_ZERO ;
  struct stat st ;
  fifodir_unlisten(&none) ;
  if (!fifodir_listen(&l, path)) tap_bail("subscribe") ;
  tap_int(fifodir_read(&l, letters, sizeof(letters)), 0, "nothing has come") ;
  tap_ok(fifodir_notify(path, "a\0b", 3), "NUL is a letter, too") ;
  tap_int(fifodir_read(&l, letters, sizeof(letters)), 3, "that is read") ;
  tap_bytes(letters, 3, "a\0b", 3, "as it is") ;
  tap_ok(fifodir_notify(path, many, sizeof(many)), "more than a fifo takes holds nobody up") ;
  tap_ok(fifodir_notify(path, many, sizeof(many)), "nor when it is full") ;
  tap_ok(fifodir_clean(path) && stat(l.path, &st) == 0, "and it stays, full as it is") ;
  errno = EXDEV ;
  fifodir_unlisten(&l) ;
  tap_int(errno, EXDEV, "to unsubscribe keeps errno") ;
  tap_ok(stat(l.path, &st) == -1, "and removes the fifo") ;
  tap_ok(!fifodir_listen(&l, "none") && errno == ENOENT && l.fd == -1, "no directory: ENOENT") ;
  tap_ok(!fifodir_listen(&l, "") && errno == ENOENT, "no name at all: ENOENT") ;
}

 /* Who may make fifos there may make files: one that he has a lease of cannot be opened
    now, and no one waits for that, nor tells the others twice. */

static void test_lease (char const *path)
{
#ifdef F_SETLEASE
  char letters[8], trap[sizeof("one/ftrig1:@400000000000000000000000:leased")] ;
  struct fifodir_listener l = FIFODIR_LISTENER_ZERO ;
  int fd ;
  snprintf(trap, sizeof(trap), "%s/ftrig1:@400000000000000000000000:leased", path) ;
  fd = open(trap, O_RDONLY | O_CREAT, 0600) ;
  if (fd < 0 || !fifodir_listen(&l, path)) tap_bail("a file, a listener") ;
  signal(SIGIO, SIG_IGN) ;
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)  /* some file systems have none */
    tap_ok(open(trap, O_WRONLY | O_NONBLOCK) == -1 && errno == EAGAIN, "a file with a lease") ;
  tap_int(fifodir_notify(path, "u", 1), 1, "is passed over") ;
  tap_int(fifodir_read(&l, letters, sizeof(letters)), 1, "and others are told") ;
  close(fd) ;
  fifodir_unlisten(&l) ;
  tap_int(unlink(trap), 0, "it is left alone") ;
#else
  (void)path ;
#endif
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  if (!tain_now_set_stopwatch_g()) tap_bail("clock") ;
  tap_ok(fifodir_make("one", FIFODIR_ANYBODY, 0) && fifodir_make("other", getegid(), 0), "two fifodirs") ;
  test_listener("one") ;
  test_lease("one") ;
  test_matches("one", "other") ;
  test_clearing("one") ;
  tap_ok(rmdir("one") == 0 && rmdir("other") == 0, "nothing is left in them") ;
  return tap_done() ;
}
