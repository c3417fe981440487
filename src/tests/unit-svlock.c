/* ISC license. */

/* libdaemon/svlock.h: who sees whose lock, how long it lasts, and what can be locked at
   all; supervised.h, which asks. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "libdaemon/svlock.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "support/child.h"
#include "support/tap.h"

enum { TAKERS = 8, ROUNDS = 200 } ;

static char const path[] = "supervise/lock" ;

static int istaken (void *data)
{
  (void)data ;
  return svlock_istaken(path) ;
}

 /* As another process sees it. */

static int seen (void)
{
  return child_run(&istaken, 0) ;
}

static int take (void *data)
{
  (void)data ;
  return svlock_take(path, 0600) >= 0 ? 0 : errno ;
}

static int lock_of_process (short type)
{
  struct flock l = { .l_type = type, .l_whence = SEEK_SET } ;
  int fd = open(path, O_RDWR) ;
  return fd >= 0 && fcntl(fd, F_SETLK, &l) == 0 ? fd : -1 ;
}

 /* A child that has a lock as s6 takes it, until the pipe is closed. */

static pid_t other_holds (short type, int *hold)
{
  int p[2], q[2] ;
  char c ;
  pid_t pid ;
  if (pipe(p) == -1 || pipe(q) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (!pid)
  {
    close(p[1]) ;
    if (lock_of_process(type) < 0 || write(q[1], "", 1) != 1) _exit(1) ;
    _exit(read(p[0], &c, 1) != 0) ;
  }
  close(p[0]) ;
  close(q[1]) ;
  if (read(q[0], &c, 1) != 1) tap_bail("the other process") ;
  close(q[0]) ;
  *hold = p[1] ;
  return pid ;
}

static void other_ends (pid_t pid, int hold)
{
  close(hold) ;
  waitpid(pid, 0, 0) ;
}

static void check_supervised (void)
{
  char name[SERVICEPATH_MAX] ;
  int fd ;
  tap_int(supervised("nothing"), 0, "no directory: not supervised") ;
  tap_int(supervised("."), 0, "no lock: not supervised") ;
  tap_ok(!servicepath(name, "", "lock") && errno == ENOENT, "an empty path is not the root") ;
  tap_int(supervised(""), 0, "nor supervised") ;
  mkdir("supervise", 0700) ;
  fd = svlock_take(path, 0644) ;
  if (fd < 0) tap_bail("svlock_take") ;
  tap_int(supervised("."), 1, "locked: supervised, by ourselves too") ;
  close(fd) ;
  tap_int(supervised("."), 0, "not any more") ;
  tap_int(supervised("supervise/lock"), -1, "a file is no service directory") ;
  tap_error(errno, ENOTDIR, "which is said") ;
}

static void check_take (void)
{
  struct stat st ;
  int fd, again ;
  unlink(path) ;
  umask(077) ;
  fd = svlock_take(path, 0640) ;
  umask(0) ;
  tap_least(fd, 3, "the file is made, and locked") ;
  tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640, "with the mode that is given, whatever the umask is") ;
  tap_int(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "close-on-exec") ;
  tap_int(seen(), 1, "another process sees it") ;
  tap_int(child_run(&take, 0), EBUSY, "and cannot have it") ;
  again = open(path, O_RDWR) ;
  close(again) ;
  tap_int(seen(), 1, "another descriptor of the file is closed: it stays") ;
  again = dup(fd) ;
  close(fd) ;
  tap_int(seen(), 1, "its own descriptor, too: it lives in the copy") ;
  close(again) ;
  tap_int(seen(), 0, "with that it goes") ;
  tap_int(child_run(&take, 0), 0, "and another process has it") ;
}

static void check_inherited (void)
{
  int hold[2], status ;
  char c ;
  pid_t pid ;
  int fd = svlock_take(path, 0644) ;
  if (fd < 0 || pipe(hold) == -1) tap_bail("svlock_take") ;
  pid = fork() ;
  if (!pid)
  {
    close(hold[1]) ;
    _exit(read(hold[0], &c, 1) != 0) ;
  }
  close(hold[0]) ;
  close(fd) ;
  tap_int(seen(), 1, "a child that has inherited it keeps it") ;
  close(hold[1]) ;
  waitpid(pid, &status, 0) ;
  tap_int(seen(), 0, "until its end") ;
}

static void check_s6 (void)
{
  int hold ;
  pid_t pid = other_holds(F_WRLCK, &hold) ;
  tap_int(svlock_istaken(path), 1, "a record lock is seen: s6's") ;
  tap_int(svlock_take(path, 0644), -1, "and keeps us out") ;
  tap_error(errno, EBUSY, "EBUSY") ;
  other_ends(pid, hold) ;
  tap_int(svlock_istaken(path), 0, "its end is the end of it") ;
  pid = other_holds(F_RDLCK, &hold) ;
  tap_int(svlock_istaken(path), 0, "a shared one does not supervise") ;
  other_ends(pid, hold) ;
}

static int inode (void)
{
  struct stat st ;
  return stat(path, &st) == 0 ? (int)st.st_ino : 0 ;
}

 /* Who may read the file and no more can have a shared lock: that keeps nobody out, and of
    those that come at the same time one is let in, even if he leaves meanwhile. */

static void try_and_tell (int results, int hold)
{
  char c = svlock_take(path, 0644) >= 0 ? 1 : errno == EBUSY ? 0 : TAKERS ;
  if (write(results, &c, 1) != 1) _exit(1) ;
  _exit(read(hold, &c, 1) != 0) ;
}

static int count_let_in (int reader, int isleaving)
{
  int results[2], hold[2], in = 0 ;
  char c ;
  if (pipe(results) == -1 || pipe(hold) == -1) tap_bail("pipe") ;
  for (unsigned int i = 0 ; i < TAKERS ; i++)
    if (!fork())
    {
      close(hold[1]) ;
      if (isleaving) close(reader) ;
      try_and_tell(results[1], hold[0]) ;
    }
  if (isleaving) close(reader) ;
  for (unsigned int i = 0 ; i < TAKERS ; i++) in += read(results[0], &c, 1) == 1 ? c : TAKERS ;
  close(hold[1]) ;
  while (wait(0) > 0) ;
  close(hold[0]) ;
  close(results[0]) ;
  close(results[1]) ;
  return in ;
}

static void check_readers (void)
{
  struct stat st ;
  int a, fd, was, right = 0 ;
  chmod(path, 0644) ;
  a = open(path, O_RDONLY) ;
  was = inode() ;
  tap_ok(svlock_try(a, 1), "a shared lock, by who may only read") ;
  umask(077) ;
  fd = svlock_take(path, 0600) ;
  umask(0) ;
  tap_least(fd, 3, "keeps nobody out") ;
  tap_ok(inode() != was && stat(path, &st) == 0 && (st.st_mode & 07777) == 0644, "another file is there, with the mode of the old one") ;
  tap_ok(access("supervise/lock.new", F_OK) == -1, "and nothing else") ;
  tap_int(seen(), 1, "that one is locked") ;
  tap_int(child_run(&take, 0), EBUSY, "and cannot be had twice") ;
  close(fd) ;
  close(a) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    a = open(path, O_RDONLY) ;
    if (i % 2 && !svlock_try(a, 1)) tap_bail("a shared lock") ;
    right += count_let_in(a, i % 4 > 1) == 1 ;
    close(a) ;
  }
  tap_int(right, ROUNDS, "of those that come together one is let in") ;
}

static int s6_sees (void *data)
{
  (void)data ;
  return lock_of_process(F_WRLCK) >= 0 ;
}

static void check_shared (void)
{
  int a = open(path, O_RDONLY) ;
  int b = open(path, O_RDWR) ;
  int c = open(path, O_RDWR) ;
  tap_ok(svlock_try(a, 1), "a shared lock, of a descriptor for reading") ;
  tap_ok(svlock_try(b, 1), "another one") ;
  tap_ok(!svlock_try(c, 0) && (errno == EAGAIN || errno == EACCES), "no exclusive one beside them") ;
  close(a) ;
  close(b) ;
  tap_ok(svlock_try(c, 0), "but after them") ;
  tap_int(child_run(&s6_sees, 0), 0, "s6 sees ours") ;
  close(c) ;
  tap_int(child_run(&s6_sees, 0), 1, "and that it is gone") ;
  a = open(path, O_RDONLY) ;
  tap_ok(!svlock_try(a, 0) && errno == EBADF, "an exclusive one needs a descriptor for writing") ;
  close(a) ;
}

static void on_alarm (int sig)
{
  (void)sig ;
}

static void check_wait (void)
{
  struct sigaction const action = { .sa_handler = &on_alarm } ;
  int hold, fd = open(path, O_RDWR) ;
  pid_t pid = other_holds(F_WRLCK, &hold) ;
  pid_t closer ;  /* holds the pipe for a moment, and so the other one its lock */
  sigaction(SIGALRM, &action, 0) ;
  alarm(1) ;
  tap_ok(!svlock_wait(fd, 0) && errno == EINTR, "a signal ends a wait") ;
  closer = fork() ;
  if (!closer)
  {
    usleep(50000) ;
    _exit(0) ;
  }
  close(hold) ;
  tap_ok(svlock_wait(fd, 0), "and the end of who has it, with the lock") ;
  waitpid(closer, 0, 0) ;
  waitpid(pid, 0, 0) ;
  close(fd) ;
}

static void check_odd (void)
{
  unlink(path) ;
  mkdir(path, 0700) ;
  tap_int(svlock_take(path, 0644), -1, "a directory cannot be locked") ;
  tap_error(errno, EISDIR, "EISDIR") ;
  tap_int(svlock_istaken(path), 0, "and is not") ;
  rmdir(path) ;
  if (mkfifo(path, 0600) == -1) tap_bail("mkfifo") ;
  tap_int(svlock_take(path, 0644), -1, "a fifo that nobody reads is not waited for") ;
  tap_int(svlock_istaken(path), 0, "nor when it is asked for") ;
  unlink(path) ;
  tap_int(svlock_istaken(path), -1, "what is not there") ;
  tap_error(errno, ENOENT, "ENOENT") ;
}

int main (void)
{
  umask(0) ;
  check_supervised() ;
  check_take() ;
  check_inherited() ;
  check_s6() ;
  check_shared() ;
  check_readers() ;
  check_wait() ;
  check_odd() ;
  return tap_done() ;
}
