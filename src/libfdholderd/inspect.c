/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/list.h"
#include "libdaemon/memfile.h"
#include "libdaemon/tree.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/inspect-internal.h"
#include "libfdholderd/store.h"

#define inspection_of(l) tree_owner(struct inspection, link, l)

void inspect_init (struct inspect *i, struct store *store, inspect_wake_func *wake)
{
  i->store = store ;
  i->wake = wake ;
  list_init(&i->asked) ;
  list_init(&i->current) ;
  list_init(&i->due) ;
  list_init(&i->reading) ;
  i->page = 0 ;
  i->file = -1 ;
  i->pid = 0 ;
  i->ishere = 0 ;
  memset(i->stuck, 0, sizeof(i->stuck)) ;
}

struct inspection *inspect_ask (struct inspect *i, void *owner)
{
  struct inspection *one = malloc(sizeof(struct inspection)) ;
  if (!one) return (errno = ENOMEM, (struct inspection *)0) ;
  one->result = 0 ;
  one->owner = owner ;
  one->offset = 0 ;
  one->from[0] = 0 ;
  one->isbegun = 0 ;
  list_append(&i->asked, &one->link) ;
  return one ;
}

void inspect_forget (struct inspection *one)
{
  list_remove(&one->link) ;
  inspect_result_leave(one) ;
  free(one) ;
}

 /* All that have asked get what there is, or why there is nothing. Who still
    reads what was found before goes on in this, so that there is one result. */

static void finish (struct inspect *i, int error)
{
  struct inspect_result *r = inspect_result_new(i->file, error) ;
  if (i->file >= 0) fd_close(i->file) ;
  i->file = -1 ;
  i->pid = 0 ;
  for (struct list *p = i->reading.next ; p != &i->reading ; p = p->next) inspect_result_move(inspection_of(p), r) ;
  while (!list_isempty(&i->current))
  {
    struct inspection *one = inspection_of(i->current.next) ;
    list_remove(&one->link) ;
    inspect_result_take(one, r) ;
    list_append(&i->due, &one->link) ;
  }
  inspect_result_unref(r) ;
}

static void set_opaque (struct inspect *i, struct inspect_stuck const *one, uint8_t isopaque)
{
  struct store_entry *e = store_get(i->store, one->id) ;
  if (e && e->serial == one->serial) e->isopaque = isopaque ;
}

 /* Another one may be stuck at the same entry still: there is more than a lock
    that can stop a process. */

static void come_out (struct inspect *i, struct inspect_stuck *one)
{
  one->pid = 0 ;
  for (unsigned int n = 0 ; n < INSPECT_STUCK_MAX ; n++)
    if (i->stuck[n].pid && i->stuck[n].serial == one->serial) return ;
  set_opaque(i, one, 0) ;
}

void inspect_reap (struct inspect *i)
{
  int status = -1 ;  /* of who was not to be found */
  for (unsigned int n = 0 ; n < INSPECT_STUCK_MAX ; n++)
    if (i->stuck[n].pid && waitpid(i->stuck[n].pid, 0, WNOHANG)) come_out(i, i->stuck + n) ;
  if (!i->pid || !waitpid(i->pid, &status, WNOHANG)) return ;
  finish(i, status ? EIO : 0) ;
}

int inspect_each_process (struct inspect const *i, inspect_process_func *f, void *data)
{
  for (unsigned int n = 0 ; n < INSPECT_STUCK_MAX ; n++)
    if (i->stuck[n].pid && !(*f)(data, i->stuck[n].pid)) return 0 ;
  return !i->pid || (*f)(data, i->pid) ;
}

static unsigned int first_place (struct inspect const *i)
{
  unsigned int n = 0 ;
  while (n < INSPECT_STUCK_MAX && i->stuck[n].pid) n++ ;
  return n ;
}

 /* Once. */

static int make_page (struct inspect *i)
{
  void *page ;
  if (i->page) return 1 ;
  page = mmap(0, sizeof(struct inspect_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (page == MAP_FAILED) return 0 ;
  i->page = page ;
  return 1 ;
}

static void look_later (struct inspect *i, tain const *now)
{
  i->seen = __atomic_load_n(&i->page->serial, __ATOMIC_SEQ_CST) ;
  clock_after(&i->late, now, INSPECT_LATE_MS) ;
}

 /* Nobody is left of those who asked before. */

static void start (struct inspect *i, tain const *now)
{
  pid_t pid ;
  list_hand_over(&i->asked, &i->current) ;
  i->file = make_page(i) ? memfile_open("s6-fdholderd: list") : -1 ;
  if (i->file < 0)
  {
    finish(i, errno) ;
    return ;
  }
  pid = inspect_begin(i, first_place(i) == INSPECT_STUCK_MAX ? DESCRIBE_SHALLOW : DESCRIBE_DEEP) ;
  if (pid > 0)
  {
    i->pid = pid ;
    look_later(i, now) ;
  }
  else finish(i, pid ? errno : 0) ;
}

 /* What takes no lock may be late, too: somebody may have stopped the process. */

static int is_stuck (struct inspect const *i)
{
  return i->seen && i->seen == __atomic_load_n(&i->page->serial, __ATOMIC_SEQ_CST) ;
}

 /* It is left to itself, its file is nobody's, and another one begins anew. */

static void leave (struct inspect *i)
{
  struct inspect_stuck *one = i->stuck + first_place(i) ;
  one->pid = i->pid ;
  one->serial = i->seen ;
  strcpy(one->id, i->page->id) ;  /* both are as long, and the last byte of a page is 0 always */
  set_opaque(i, one, 1) ;
  kill(i->pid, SIGKILL) ;
  i->pid = 0 ;
  fd_close(i->file) ;
  i->file = -1 ;
  while (!list_isempty(&i->current))
  {
    struct list *asker = i->current.next ;
    list_remove(asker) ;
    list_append(&i->asked, asker) ;
  }
}

void inspect_turn (struct inspect *i, tain const *now)
{
  if (i->pid && !tain_less(now, &i->late))
  {
    if (is_stuck(i) && first_place(i) < INSPECT_STUCK_MAX) leave(i) ;
    else look_later(i, now) ;
  }
  if (!i->pid && !list_isempty(&i->asked)) start(i, now) ;
  while (!list_isempty(&i->due))
  {
    struct inspection *one = inspection_of(i->due.next) ;
    list_remove(&one->link) ;
    list_append(&i->reading, &one->link) ;
    (*i->wake)(one->owner, now) ;
  }
}

void inspect_next (struct inspect const *i, tain const *now, tain *when)
{
  if (i->pid) clock_lower(when, &i->late) ;
  else if (!list_isempty(&i->asked)) clock_lower(when, now) ;
  if (!list_isempty(&i->due)) clock_lower(when, now) ;
}
