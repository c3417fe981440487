/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <s6-activation/accessrules.h>

int accessrules_open_dir (accessrules *rules, char const *dir)
{
  char *path ;
  if (!*dir) return (errno = ENOENT, 0) ;
  if (strlen(dir) > ACCESSRULES_PATH_MAX) return (errno = ENAMETOOLONG, 0) ;
  path = strdup(dir) ;
  if (!path) return 0 ;
  rules->path = path ;
  rules->map = 0 ;
  rules->size = 0 ;
  return 1 ;
}
