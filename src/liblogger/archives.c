/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "liblogger/archives.h"

enum { ARCHIVES_FIRST = 16, LABEL = ARCHIVE_NAME - 2, NANOSECONDS = 1000000000 } ;

 /* Labels from 2^63 on are of no time; the one after the greatest would be the least. */

static int is_archive (char const *name, tain *label)
{
  return strlen(name) == ARCHIVE_NAME && name[LABEL] == '.'
    && (name[LABEL + 1] == ARCHIVE_FINISHED || name[LABEL + 1] == ARCHIVE_UNFINISHED)
    && timestamp_scan(name, label) == LABEL
    && label->nano < NANOSECONDS && tai_sec(tain_secp(label)) <= INT64_MAX ;
}

static int compare (void const *a, void const *b)
{
  return strcmp(((struct archive const *)a)->name, ((struct archive const *)b)->name) ;
}

int archives_reserve (struct archives *a)
{
  size_t max = a->max ? 2 * a->max : ARCHIVES_FIRST ;
  struct archive *bigger ;
  if (a->n < a->max) return 1 ;
  bigger = realloc(a->list, max * sizeof(struct archive)) ;
  if (!bigger) return 0 ;
  a->list = bigger ;
  a->max = max ;
  return 1 ;
}

void archives_add (struct archives *a, char const *name, uint64_t size)
{
  memcpy(a->list[a->n].name, name, ARCHIVE_NAME + 1) ;
  a->list[a->n].ino = 0 ;
  a->list[a->n++].size = size ;
  a->total += size ;
}

void archives_free (struct archives *a)
{
  static struct archives const zero = ARCHIVES_ZERO ;
  free(a->list) ;
  *a = zero ;
}

 /* The caller's descriptor has a place in the directory of its own. */

static DIR *open_anew (int dir)
{
  int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) ;
  DIR *d = fd < 0 ? 0 : fdopendir(fd) ;
  if (!d && fd >= 0) fd_close(fd) ;
  return d ;
}

static int read_all (struct archives *a, DIR *d)
{
  for (;;)
  {
    struct dirent const *entry = (errno = 0, readdir(d)) ;
    struct stat st ;
    tain label ;
    if (!entry) return !errno ;
    if (!is_archive(entry->d_name, &label)) continue ;
    if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
    {
      if (errno == ENOENT) continue ;
      return 0 ;
    }
    if (!archives_reserve(a)) return 0 ;
    archives_add(a, entry->d_name, (uint64_t)st.st_size) ;
    a->list[a->n - 1].ino = (uint64_t)st.st_ino ;
  }
}

int archives_read (struct archives *a, int dir)
{
  struct archives new = ARCHIVES_ZERO ;
  DIR *d = open_anew(dir) ;
  int ok, e ;
  if (!d) return 0 ;
  ok = read_all(&new, d) ;
  e = errno ;
  closedir(d) ;
  if (!ok)
  {
    archives_free(&new) ;
    return (errno = e, 0) ;
  }
  if (new.n) qsort(new.list, new.n, sizeof(struct archive), &compare) ;
  archives_free(a) ;
  *a = new ;
  return 1 ;
}

 /* A clock that was set back would put new lines before old ones, and delete them first. */

void archives_name (struct archives const *a, char *s, struct timespec const *now, enum archive_kind kind)
{
  tain label, newest ;
  tain_from_timespec_sysclock(&label, now) ;
  if (a->n && is_archive(a->list[a->n - 1].name, &newest) && !tain_less(&newest, &label))
  {
    static tain const nano1 = { .sec = TAI_ZERO, .nano = 1 } ;
    tain_add(&label, &newest, &nano1) ;
  }
  timestamp_fmt(s, &label) ;
  s[LABEL] = '.' ;
  s[LABEL + 1] = (char)kind ;
  s[ARCHIVE_NAME] = 0 ;
}

static int is_old (struct archive const *x, uint32_t age, struct timespec const *now)
{
  tain label, limit ;
  if (!age || !is_archive(x->name, &label)) return 0 ;
  tain_from_timespec_sysclock(&limit, now) ;
  tain_addsec(&label, &label, age < INT_MAX ? (int)age : INT_MAX) ;
  return tain_less(&label, &limit) ;
}

 /* What is over the limits without it counts as gone, also if it cannot be deleted: the
    others are not to go in its place. */

struct trimming
{
  struct archives_limits const *limits ;
  struct timespec const *now ;
  size_t left ;
  uint64_t total ;
} ;

static int is_over (struct trimming *t, struct archive const *x)
{
  struct archives_limits const *l = t->limits ;
  if (t->left <= l->n && !(l->total && t->total > l->total) && !is_old(x, l->age, t->now)) return 0 ;
  t->left-- ;
  t->total -= x->size ;
  return 1 ;
}

void archives_trim (struct archives *a, int dir, struct archives_limits const *limits, struct timespec const *now, char const **failed)
{
  struct trimming t = { .limits = limits, .now = now, .left = a->n, .total = a->total } ;
  size_t kept = 0 ;
  int e = 0 ;
  *failed = 0 ;
  for (size_t i = 0 ; i < a->n ; i++)
  {
    struct archive *x = a->list + i ;
    if (is_over(&t, x))
    {
      if (unlinkat(dir, x->name, 0) == 0 || errno == ENOENT)
      {
        a->total -= x->size ;
        continue ;
      }
      e = errno ;
      *failed = a->list[kept].name ;
    }
    if (kept != i) a->list[kept] = *x ;
    kept++ ;
  }
  a->n = kept ;
  if (e) errno = e ;
}
