/* ISC license. */

/* libsupervise/svcontrol.h: making the fifo, holding both its ends, writing letters; nothing
   of it ever waits. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "libsupervise/svcontrol.h"
#include "support/tap.h"

static char const path[] = "control" ;

static int send (char const *letters)
{
  return svcontrol_send(path, letters, strlen(letters)) ? 0 : errno ;
}

static void check_open (void)
{
  struct stat st ;
  char s[16] ;
  int fd, again ;
  tap_error(send("u"), ENOENT, "there is none: ENOENT") ;
  fd = svcontrol_open(path) ;
  tap_least(fd, 3, "it is made") ;
  tap_ok(stat(path, &st) == 0 && S_ISFIFO(st.st_mode), "a fifo") ;
  tap_int(st.st_mode & 07777, 0600, "for its owner only, whatever the umask is") ;
  tap_int(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "close-on-exec") ;
  tap_int(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_NONBLOCK | O_RDWR, "non-blocking, open at both ends") ;
  tap_int(read(fd, s, sizeof(s)), -1, "nothing is in it") ;
  tap_error(errno, EAGAIN, "and it is not at its end") ;
  tap_error(send("ud"), 0, "letters are written") ;
  tap_error(send(""), 0, "none: somebody is there") ;
  tap_int(read(fd, s, sizeof(s)), 2, "they are read") ;
  tap_bytes(s, 2, "ud", 2, "in order") ;
  again = svcontrol_open(path) ;
  tap_least(again, 3, "one that is there is opened") ;
  close(again) ;
  chmod(path, 0620) ;
  again = svcontrol_open(path) ;
  close(again) ;
  tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0620, "with the permissions that somebody has given it") ;
  close(fd) ;
  tap_error(send("u"), ENXIO, "nobody reads: ENXIO") ;
  tap_error(send(""), ENXIO, "without letters, too") ;
}

static void check_full (void)
{
  static char noise[65536] ;
  char s[8] ;
  int fd = svcontrol_open(path) ;
  ssize_t r ;
  memset(noise, 'z', sizeof(noise)) ;
  do r = write(fd, noise, sizeof(noise)) ;
  while (r > 0) ;
  tap_error(send("u"), EAGAIN, "a full one: EAGAIN, and nobody waits") ;
  while (read(fd, noise, sizeof(noise)) > 0) ;
  tap_error(send("d"), 0, "not any more") ;
  tap_int(read(fd, s, sizeof(s)), 1, "and what was refused is not in it") ;
  close(fd) ;
}

static void check_odd (void)
{
  struct stat st ;
  int fd ;
  unlink(path) ;
  fd = open(path, O_WRONLY | O_CREAT, 0600) ;
  close(fd) ;
  tap_int(svcontrol_open(path), -1, "a file is no control") ;
  tap_error(errno, EINVAL, "EINVAL") ;
  tap_error(send("u"), EINVAL, "nor is it written to") ;
  tap_ok(stat(path, &st) == 0 && !st.st_size, "it is as it was") ;
  unlink(path) ;
  mkdir(path, 0700) ;
  tap_int(svcontrol_open(path), -1, "a directory is none either") ;
  tap_ok(send("u") != 0, "nor can it be written to") ;
  rmdir(path) ;
  if (symlink("nothing", path) == -1) tap_bail("symlink") ;
  tap_int(svcontrol_open(path), -1, "a dangling link") ;
  tap_error(send("u"), ENOENT, "leads nowhere") ;
  unlink(path) ;
  if (symlink(path, path) == -1) tap_bail("symlink") ;
  tap_int(svcontrol_open(path), -1, "a looping one") ;
  tap_error(send("u"), ELOOP, "nowhere either") ;
  unlink(path) ;
  tap_int(svcontrol_open("no/directory"), -1, "no directory") ;
  tap_error(errno, ENOENT, "ENOENT") ;
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  umask(0) ;
  check_open() ;
  check_full() ;
  check_odd() ;
  return tap_done() ;
}
