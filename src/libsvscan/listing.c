/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libdaemon/shortage.h"
#include "libsvscan/listing.h"

enum { ENTRIES_FIRST = 64, NAMES_FIRST = 1024, PATH_SIZE = 1024 + sizeof(LISTING_LOG) } ;

static int make_room (struct listing *l, size_t len)
{
  if (l->n == l->max)
  {
    size_t max = l->max ? 2 * l->max : ENTRIES_FIRST ;
    struct listing_entry *bigger = realloc(l->entries, max * sizeof(struct listing_entry)) ;
    if (!bigger) return 0 ;
    l->entries = bigger ;
    l->max = max ;
  }
  if (l->size - l->len < len)
  {
    size_t size = 2 * l->size + len + NAMES_FIRST ;
    char *bigger = realloc(l->names, size) ;
    if (!bigger) return 0 ;
    l->names = bigger ;
    l->size = size ;
  }
  return 1 ;
}

struct listing_entry *listing_add (struct listing *l, char const *name)
{
  static struct listing_entry const zero ;
  size_t len = strlen(name) + 1 ;
  struct listing_entry *e ;
  if (!make_room(l, len)) return 0 ;
  e = l->entries + l->n++ ;
  *e = zero ;
  e->name = l->len ;
  memcpy(l->names + l->len, name, len) ;
  l->len += len ;
  return e ;
}

 /* A link that leads nowhere is told from what has gone meanwhile. */

static int is_gone (char const *name)
{
  struct stat st ;
  return lstat(name, &st) == -1 && errno == ENOENT ;
}

static void look_for_logger (struct listing_entry *e, char const *name)
{
  struct stat st ;
  char path[PATH_SIZE] ;
  if (snprintf(path, sizeof(path), "%s" LISTING_LOG, name) >= (int)sizeof(path)) return ;  /* too long to be listed */
  if (stat(path, &st) == 0) e->islogged = S_ISDIR(st.st_mode) ;
  else if (errno != ENOENT)
  {
    e->error = errno ;
    e->islogged = 1 ;
  }
}

 /* 0 and errno: the system is at fault, not this entry. */

static int look (struct listing *l, char const *name, size_t namemax)
{
  struct listing_entry e = { .error = 0 } ;
  struct listing_entry *added ;
  struct stat st ;
  if (strlen(name) > namemax) e.error = ENAMETOOLONG ;
  else if (stat(name, &st) == -1)
  {
    e.error = errno ;
    if (e.error == ENOENT && is_gone(name)) return 1 ;
  }
  else
  {
    if (!S_ISDIR(st.st_mode)) return 1 ;
    e.dev = st.st_dev ;
    e.ino = st.st_ino ;
    look_for_logger(&e, name) ;
  }
  if (is_shortage(e.error)) return (errno = e.error, 0) ;
  added = listing_add(l, name) ;
  if (!added) return 0 ;
  e.name = added->name ;
  *added = e ;
  return 1 ;
}

 /* The directory that s6-svscan has made is there as long as this one is: the C library
    tells of one that was removed only that there is nothing in it. */

int listing_read (struct listing *l, DIR *dir, size_t namemax)
{
  unsigned int hidden = 0 ;
  rewinddir(dir) ;
  for (;;)
  {
    struct dirent *d ;
    errno = 0 ;
    d = readdir(dir) ;
    if (!d) break ;
    if (d->d_name[0] == '.') hidden++ ;
    else if (!look(l, d->d_name, namemax)) return 0 ;
  }
  if (!errno && !hidden) errno = ENOENT ;
  return !errno ;
}

void listing_free (struct listing *l)
{
  struct listing const zero = LISTING_ZERO ;
  free(l->entries) ;
  free(l->names) ;
  *l = zero ;
}
