/* ISC license. */

#include <errno.h>
#include <string.h>

#include "libsupervise/servicepath.h"

int servicepath (char *path, char const *dir, char const *file)
{
  size_t dirlen = strlen(dir) ;
  size_t filelen = strlen(file) ;
  if (!dirlen) return (errno = ENOENT, 0) ;  /* or it would be the root */
  if (dirlen + 1 + filelen + 1 > SERVICEPATH_MAX) return (errno = ENAMETOOLONG, 0) ;
  memcpy(path, dir, dirlen) ;
  path[dirlen] = '/' ;
  memcpy(path + dirlen + 1, file, filelen + 1) ;
  return 1 ;
}

int servicepath_isname (char const *s)
{
  return s[0] && s[0] != '.' && !strchr(s, '/') ;
}
