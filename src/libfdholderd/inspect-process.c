/* ISC license. */

 /* The process that looks at what is held. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>

#include "probed.h"
#include "libdaemon/sharing.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/inspect-internal.h"
#include "libfdholderd/store.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES
#include <sys/prctl.h>
#endif

enum
{
  BUFFER_SIZE = 65536,
  RECORD_MAX = sizeof(struct inspect_record) + WIRE_ID_MAX + 1 + sizeof(struct description),
  LISTENERS_MAX = 1 << 20,  /* others make them */
  LISTENERS_HERE_MAX = 1 << 14  /* the holder serves nobody meanwhile */
} ;

 /* What the process knows, from before it was made. */

static struct
{
  struct inspect const *inspect ;
  enum describe_depth depth ;
  struct describe_listeners listeners ;
  pid_t parent ;
  size_t len ;
  char buffer[BUFFER_SIZE] ;
} self ;

static int flush (void)
{
  size_t len = self.len ;
  self.len = 0 ;
  return allwrite(self.inspect->file, self.buffer, len) == len ;
}

static void announce (struct store_entry const *e)
{
  struct inspect_page *page = self.inspect->page ;
  __atomic_store_n(&page->serial, 0, __ATOMIC_SEQ_CST) ;
  memcpy(page->id, e->id, (size_t)e->idlen + 1) ;
  __atomic_store_n(&page->serial, e->serial, __ATOMIC_SEQ_CST) ;
}

static char *add_string (char *to, char const *s)
{
  size_t len = strlen(s) + 1 ;
  memcpy(to, s, len) ;
  return to + len ;
}

static int add (struct store_entry const *e, void *data)
{
  struct description d ;
  struct inspect_record record = { .serial = e->serial } ;
  char *begin, *end ;
  (void)data ;
  if (self.len > BUFFER_SIZE - RECORD_MAX && !flush()) return 0 ;
  announce(e) ;
  describe_fd(&d, e->fd, e->issocket, &self.listeners, e->isunix ? DESCRIBE_DEEP : e->isopaque ? DESCRIBE_SHALLOW : self.depth) ;
  begin = self.buffer + self.len + sizeof(record) ;
  end = add_string(begin, e->id) ;
  end = add_string(end, d.kind) ;
  end = add_string(end, d.address) ;
  end = add_string(end, d.state) ;
  end = add_string(end, d.queue) ;
  end = add_string(end, d.backlog) ;
  record.len = (uint32_t)(end - begin) ;
  memcpy(begin - sizeof(record), &record, sizeof(record)) ;
  self.len = (size_t)(end - self.buffer) ;
  return 1 ;
}

static int is_other (struct store_entry const *e, void *data)
{
  (void)data ;
  return !e->isunix ;
}

 /* The listeners need not be there. They are asked for before it is at any
    entry, so that no process is killed that has the socket for it open: that
    would stay in the table that it shares. */

static int look_at_all (uint32_t max)
{
  int r ;
  if (!store_iter(self.inspect->store, &is_other, 0)) describe_listeners_ask(&self.listeners, max) ;
  r = store_iter(self.inspect->store, &add, 0) && flush() ;
  __atomic_store_n(&self.inspect->page->serial, 0, __ATOMIC_SEQ_CST) ;
  describe_listeners_free(&self.listeners) ;
  return r ;
}

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

static int run (void *data)
{
  (void)data ;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ;
  if (getppid() != self.parent) _exit(1) ;
  prctl(PR_SET_NAME, "inspector", 0, 0, 0) ;
  _exit(!look_at_all(LISTENERS_MAX)) ;
}

#else

static int run (void *data)
{
  (void)data ;
  return 1 ;
}

#endif

 /* Where there are no such processes nothing else can be done. Where there is
    none to be had now, what may wait is left out. */

pid_t inspect_begin (struct inspect const *i, enum describe_depth depth)
{
  pid_t pid ;
  self.inspect = i ;
  self.depth = depth ;
  self.parent = getpid() ;
  self.len = 0 ;
  pid = i->ishere ? 0 : sharing_clone(&run) ;
  if (pid) return pid ;
  if (!i->ishere && errno != ENOSYS) self.depth = DESCRIBE_SHALLOW ;
  return look_at_all(LISTENERS_HERE_MAX) ? 0 : -1 ;
}
