/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

 /* What a process has found, as long as somebody reads it. */
struct inspect_result
{
  char const *s ;
  size_t len ;
  uint32_t references ;
  int error ;  /* it has found nothing, and why */
} ;

#define inspection_of(l) tree_owner(struct inspection, link, l)

void inspect_init (struct inspect *i, struct store *store, inspect_wake_func *wake)
{
  i->store = store ;
  i->wake = wake ;
  list_init(&i->asked) ;
  list_init(&i->current) ;
  list_init(&i->due) ;
  i->page = 0 ;
  i->file = i->netlink = -1 ;
  i->pid = 0 ;
  i->ishere = 0 ;
  memset(i->stuck, 0, sizeof(i->stuck)) ;
}

static void release (struct inspect_result *r)
{
  if (r->references && --r->references) return ;
  if (r->len) munmap((void *)r->s, r->len) ;
  free(r) ;
}

struct inspection *inspect_ask (struct inspect *i, void *owner)
{
  struct inspection *one = malloc(sizeof(struct inspection)) ;
  if (!one) return (errno = ENOMEM, (struct inspection *)0) ;
  one->result = 0 ;
  one->owner = owner ;
  one->offset = 0 ;
  one->isbegun = 0 ;
  list_append(&i->asked, &one->link) ;
  return one ;
}

void inspect_forget (struct inspection *one)
{
  list_remove(&one->link) ;
  if (one->result) release(one->result) ;
  free(one) ;
}

int inspection_error (struct inspection const *one)
{
  return one->result->error ;
}

int inspection_next (struct inspect const *i, struct inspection *one, struct inspected *found)
{
  struct inspect_result const *r = one->result ;
  while (one->offset < r->len)
  {
    struct inspect_record record ;
    char const *id = r->s + one->offset + sizeof(record) ;
    size_t idlen = strlen(id) + 1 ;
    struct store_entry const *e = store_get(i->store, id) ;
    memcpy(&record, r->s + one->offset, sizeof(record)) ;
    one->offset += sizeof(record) + record.len ;
    if (!e || e->serial != record.serial) continue ;
    found->entry = e ;
    found->s = id + idlen ;
    found->len = record.len - idlen ;
    return 1 ;
  }
  return 0 ;
}

 /* The file is no longer needed then. */

static int map (struct inspect_result *r, int file)
{
  struct stat st ;
  void *s ;
  if (fstat(file, &st) == -1) return 0 ;
  if (!st.st_size) return 1 ;
  s = mmap(0, (size_t)st.st_size, PROT_READ, MAP_SHARED, file, 0) ;
  if (s == MAP_FAILED) return 0 ;
  r->s = s ;
  r->len = (size_t)st.st_size ;
  return 1 ;
}

static struct inspect_result no_memory = { .references = 1, .error = ENOMEM } ;  /* one reference is always left */

 /* All that have asked get what there is, or why there is nothing. */

static void finish (struct inspect *i, int error)
{
  struct inspect_result *r = calloc(1, sizeof(struct inspect_result)) ;
  if (!r) r = &no_memory ;
  else if (!error && !map(r, i->file)) r->error = errno ;
  else r->error = error ;
  if (i->file >= 0) fd_close(i->file) ;
  i->file = -1 ;
  i->pid = 0 ;
  while (!list_isempty(&i->current))
  {
    struct inspection *one = inspection_of(i->current.next) ;
    list_remove(&one->link) ;
    one->result = r ;
    r->references++ ;
    list_append(&i->due, &one->link) ;
  }
  if (!r->references) release(r) ;
}

void inspect_reap (struct inspect *i)
{
  int status = -1 ;  /* of who was not to be found */
  for (unsigned int n = 0 ; n < INSPECT_STUCK_MAX ; n++)
    if (i->stuck[n] && waitpid(i->stuck[n], 0, WNOHANG)) i->stuck[n] = 0 ;
  if (!i->pid || !waitpid(i->pid, &status, WNOHANG)) return ;
  finish(i, status ? EIO : 0) ;
}

int inspect_each_process (struct inspect const *i, inspect_process_func *f, void *data)
{
  for (unsigned int n = 0 ; n < INSPECT_STUCK_MAX ; n++)
    if (i->stuck[n] && !(*f)(data, i->stuck[n])) return 0 ;
  return !i->pid || (*f)(data, i->pid) ;
}

static unsigned int first_place (struct inspect const *i)
{
  unsigned int n = 0 ;
  while (n < INSPECT_STUCK_MAX && i->stuck[n]) n++ ;
  return n ;
}

 /* Once: the page, and what the kernel is asked by, which need not be there. */

static int make_page (struct inspect *i)
{
  void *page ;
  if (i->page) return 1 ;
  page = mmap(0, sizeof(struct inspect_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (page == MAP_FAILED) return 0 ;
  i->page = page ;
  i->netlink = describe_netlink() ;
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
  struct store_entry *e = store_get(i->store, i->page->id) ;
  if (e && e->serial == i->seen) e->isopaque = 1 ;
  kill(i->pid, SIGKILL) ;
  i->stuck[first_place(i)] = i->pid ;
  i->pid = 0 ;
  fd_close(i->file) ;
  i->file = -1 ;
  while (!list_isempty(&i->current))
  {
    struct list *one = i->current.next ;
    list_remove(one) ;
    list_append(&i->asked, one) ;
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
    (*i->wake)(one->owner, now) ;
  }
}

void inspect_next (struct inspect const *i, tain const *now, tain *when)
{
  if (i->pid) clock_lower(when, &i->late) ;
  else if (!list_isempty(&i->asked)) clock_lower(when, now) ;
  if (!list_isempty(&i->due)) clock_lower(when, now) ;
}
