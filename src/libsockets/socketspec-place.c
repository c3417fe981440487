/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libsockets/socketspec.h"

int socketspec_place (struct socketspec const *spec, struct socketspec_place *place)
{
  char const *slash = strrchr(spec->path, '/') ;
  size_t len = slash ? (size_t)(slash - spec->path) + 1 : 0 ;
  char *dir = malloc(len + 2) ;
  struct stat st ;
  int r ;
  if (!dir) return 0 ;
  memcpy(dir, spec->path, len) ;
  memcpy(dir + len, ".", 2) ;
  r = stat(dir, &st) ;
  free(dir) ;
  if (r == -1) return 0 ;
  place->dev = st.st_dev ;
  place->ino = st.st_ino ;
  place->name = spec->path + len ;
  return 1 ;
}

int socketspec_compare_places (struct socketspec_place const *a, struct socketspec_place const *b)
{
  if (a->dev != b->dev) return a->dev < b->dev ? -1 : 1 ;
  if (a->ino != b->ino) return a->ino < b->ino ? -1 : 1 ;
  return strcmp(a->name, b->name) ;
}
