/* ISC license. */

 /* What a process has found, and where in it those are who read it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "libfdholderd/inspect.h"
#include "libfdholderd/inspect-internal.h"
#include "libfdholderd/store.h"

struct inspect_result
{
  char const *s ;
  size_t len ;
  uint32_t references ;
  int error ;  /* it has found nothing, and why */
} ;

static struct inspect_result no_memory = { .references = 1, .error = ENOMEM } ;  /* one reference is always left */

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

struct inspect_result *inspect_result_new (int file, int error)
{
  struct inspect_result *r = calloc(1, sizeof(struct inspect_result)) ;
  if (!r) r = &no_memory ;
  else if (!error && !map(r, file)) r->error = errno ;
  else r->error = error ;
  r->references++ ;
  return r ;
}

void inspect_result_unref (struct inspect_result *r)
{
  if (--r->references) return ;
  if (r->len) munmap((void *)r->s, r->len) ;
  free(r) ;
}

void inspect_result_take (struct inspection *one, struct inspect_result *r)
{
  r->references++ ;
  one->result = r ;
}

void inspect_result_leave (struct inspection *one)
{
  if (one->result) inspect_result_unref(one->result) ;
  one->result = 0 ;
}

static char const *id_at (struct inspection const *one)
{
  return one->result->s + one->offset + sizeof(struct inspect_record) ;
}

 /* Where he was he finds when he goes on: many may be moved again before that. */

void inspect_result_move (struct inspection *one, struct inspect_result *to)
{
  int isatend = one->offset >= one->result->len ;
  if (one->result->error || to->error) return ;
  if (!isatend && !one->from[0]) strcpy(one->from, id_at(one)) ;
  inspect_result_leave(one) ;
  inspect_result_take(one, to) ;
  one->offset = isatend ? to->len : 0 ;
}

int inspection_error (struct inspection const *one)
{
  return one->result->error ;
}

static struct inspect_record pass (struct inspection *one)
{
  struct inspect_record record ;
  memcpy(&record, one->result->s + one->offset, sizeof(record)) ;
  one->offset += sizeof(record) + record.len ;
  return record ;
}

static void find_where_it_was (struct inspection *one)
{
  if (!one->from[0]) return ;
  while (one->offset < one->result->len && strcmp(id_at(one), one->from) < 0) pass(one) ;
  one->from[0] = 0 ;
}

int inspection_next (struct inspect const *i, struct inspection *one, struct inspected *found)
{
  find_where_it_was(one) ;
  while (one->offset < one->result->len)
  {
    char const *id = id_at(one) ;
    size_t idlen = strlen(id) + 1 ;
    struct store_entry const *e = store_get(i->store, id) ;
    struct inspect_record record = pass(one) ;
    if (!e || e->serial != record.serial) continue ;
    found->entry = e ;
    found->s = id + idlen ;
    found->len = record.len - idlen ;
    return 1 ;
  }
  return 0 ;
}
