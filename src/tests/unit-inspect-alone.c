/* ISC license. */

 /* inspect.h where no process is to be had: the holder looks by itself, and
    asks for nothing that may wait. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/tai.h>

#include "libdaemon/sharing.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/store.h"
#include "support/lonestore.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct inspect inspector ;
static struct inspection *one ;
static unsigned int asked ;

 /* In the place of the library's. */

pid_t sharing_clone (int (*function) (void *))
{
  (void)function ;
  asked++ ;
  return (errno = EAGAIN, 0) ;
}

static int unix_listener (void)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "listener" } ;
  int fd = socket(AF_UNIX, SOCK_STREAM, 0) ;
  if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1) tap_bail("bind") ;
  return fd ;
}

static void hold (char const *id, int fd, int isunix)
{
  struct store_entry *e ;
  if (listen(fd, 1) == -1) tap_bail("listen") ;
  e = lonestore_hold(id, fd) ;
  e->issocket = 1 ;
  e->isunix = isunix ;
}

 /* The strings of the next entry: kind, address, state, queue, backlog. */

static void point (char const *const *want)
{
  static char const *const names[] = { "kind", "address", "state", "queue", "backlog" } ;
  struct inspected found ;
  char const *s ;
  if (!inspection_next(&inspector, one, &found)) tap_bail("inspection_next") ;
  s = found.s ;
  for (unsigned int i = 0 ; i < 5 ; i++, s += strlen(s) + 1) tap_string(s, want[i], "%s: %s", found.entry->id, names[i]) ;
}

int main (void)
{
  struct describe_listeners listeners = DESCRIBE_LISTENERS_ZERO ;
  tain now = TAIN_EPOCH ;
  int istold ;
  testdaemon_workdir() ;
  lonestore_begin(&inspector, 2) ;
  hold("tcp", socket(AF_INET, SOCK_STREAM, 0), 0) ;
  hold("unix", unix_listener(), 1) ;
  istold = describe_listeners_ask(&listeners, 1 << 20) ;
  describe_listeners_free(&listeners) ;
  one = inspect_ask(&inspector, 0) ;
  inspect_turn(&inspector, &now) ;
  tap_int(asked, 1, "a process was asked for") ;
  tap_ok(inspection_isready(one), "there is a list without one") ;
  tap_error(inspection_error(one), 0, "and no error") ;
  point((char const *const []){ "tcp", "", "listening", "", "" }) ;
  point((char const *const []){ "unix-stream", "listener", "listening", istold ? "0" : "", istold ? "1" : "" }) ;
  inspect_forget(one) ;
  lonestore_end() ;
  return tap_done() ;
}
