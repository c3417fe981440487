/* ISC license. */

 /* inspect.h where no process is to be had: the holder looks by itself, and
    asks for nothing that takes long. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/tai.h>

#include "libdaemon/sharing.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/store.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct fdtable fds = FDTABLE_ZERO ;
static struct store store ;
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

static void observe (void *data, enum store_change change, struct store_entry const *e)
{
  (void)data ;
  (void)change ;
  (void)e ;
}

static void wake (void *owner, tain const *now)
{
  (void)owner ;
  (void)now ;
}

static void hold (char const *id, int fd)
{
  tain never = tain_infinite ;
  struct store_entry *e ;
  if (fd < 0 || listen(fd, 1) == -1 || !fdtable_adopt(&fds, fd)) tap_bail("listen") ;
  e = store_entry_new(fd, id, strlen(id), &never) ;
  e->issocket = 1 ;
  if (!store_put(&store, e)) tap_bail("store_put") ;
}

static int unix_listener (void)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "listener" } ;
  int fd = socket(AF_UNIX, SOCK_STREAM, 0) ;
  return fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 ? fd : -1 ;
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
  tain now = TAIN_EPOCH ;
  testdaemon_workdir() ;
  store_init(&store, &fds, 2, &observe, 0) ;
  hold("tcp", socket(AF_INET, SOCK_STREAM, 0)) ;
  hold("unix", unix_listener()) ;
  inspect_init(&inspector, &store, &wake) ;
  one = inspect_ask(&inspector, 0) ;
  inspect_turn(&inspector, &now) ;
  tap_int(asked, 1, "a process was asked for") ;
  tap_ok(inspection_isready(one), "there is a list without one") ;
  tap_error(inspection_error(one), 0, "and no error") ;
  point((char const *const []){ "tcp", "", "listening", "", "" }) ;
  point((char const *const []){ "unix-stream", "listener", "listening", "", "" }) ;
  inspect_forget(one) ;
  store_free(&store) ;
  return tap_done() ;
}
