/* ISC license. */

/* H5: a connection to the holder itself cannot be stored. A service that
   listens on its own relative path "s" is not refused. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "libfdholderd/selfsocket.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;

 /* Another process that listens on "s", in another directory. */

static pid_t start_other (void)
{
  int p[2] ;
  char byte ;
  pid_t pid ;
  if (mkdir("other", 0755) == -1 || pipe(p) == -1) tap_bail("other") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    if (chdir("other") == -1) _exit(1) ;
    testdaemon_listen("s") ;
    if (write(p[1], "", 1) == 1) pause() ;
    _exit(0) ;
  }
  close(p[1]) ;
  if (read(p[0], &byte, 1) != 1) tap_bail("other") ;
  close(p[0]) ;
  return pid ;
}

static int connect_to_other (void)
{
  int fd ;
  if (chdir("other") == -1) tap_bail("chdir") ;
  fd = raw_socket("s", (uid_t)-1) ;
  if (chdir("..") == -1) tap_bail("chdir") ;
  return fd ;
}

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  struct rawclient self ;
  char const *ids[] = { "file", "self" } ;
  int fds[2] ;
  int listening, other ;
  raw_must_connect(&c, "s", dialect) ;
  raw_must_connect(&self, "s", dialect) ;
  fds[0] = testfile() ;
  fds[1] = self.fd ;
  tap_error(raw_store(&c, "self", 0, self.fd), ELOOP, "H5: %s: a connection to the holder is refused", name) ;
  raw_point_dump(&c, 2, ids, fds, 2, ELOOP, "H5: %s: in a dump too", name) ;
  tap_ok(!raw_holds(&c, "file"), "H5: %s: of which nothing is held", name) ;
  listening = testdaemon_listen("other-socket") ;
  tap_error(raw_store(&c, "listening", 0, listening), 0, "H5: %s: a listening socket is stored", name) ;
  other = connect_to_other() ;
  tap_error(raw_store(&c, "other", 0, other), 0, "H5: %s: a connection to another process at the same relative path is stored", name) ;
  raw_delete(&c, "listening") ;
  raw_delete(&c, "other") ;
  close(listening) ;
  close(other) ;
  close(fds[0]) ;
  raw_close(&self) ;
  raw_close(&c) ;
}

 /* The longest path leaves no place for a NUL. */

static void check_longest (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  struct selfsocket self ;
  int listening = socket(AF_UNIX, SOCK_STREAM, 0) ;
  int fd = socket(AF_UNIX, SOCK_STREAM, 0), inet = socket(AF_INET, SOCK_STREAM, 0), file = testfile() ;
  memset(address.sun_path, 'l', sizeof(address.sun_path)) ;
  if (bind(listening, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(listening, 1) == -1
   || connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1) tap_bail("longest") ;
  memset(&self, 0x55, sizeof(self)) ;
  if (tap_ok(selfsocket_init(&self, listening), "H5: a path of 108 bytes is taken"))
    tap_int(selfsocket_kind(&self, fd), SELFSOCKET_HERE, "H5: and recognised") ;
  tap_int(selfsocket_kind(&self, listening), SELFSOCKET_UNIX, "H5: the socket itself is another one") ;
  tap_int(selfsocket_kind(&self, inet), SELFSOCKET_OTHER, "H5: and one of another family is told from both") ;
  tap_int(selfsocket_kind(&self, file), SELFSOCKET_NONE, "H5: and what is no socket") ;
  close(inet) ;
  close(file) ;
  close(fd) ;
  close(listening) ;
}

int main (void)
{
  pid_t other ;
  testdaemon_begin(&holder, 0) ;
  other = start_other() ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  check_longest() ;
  kill(other, SIGKILL) ;
  waitpid(other, 0, 0) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
