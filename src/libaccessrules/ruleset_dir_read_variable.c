/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int ruleset_dir_read_variable (accessrules const *rules, accessrules_params *params, char const *name)
{
  char path[ACCESSRULES_PATH_SIZE + ACCESSRULES_NAME_MAX] ;
  size_t len = ruleset_dir_path(path, rules, params->key) ;
  if (strlen(name) > ACCESSRULES_NAME_MAX) return (errno = ENAMETOOLONG, 0) ;
  memcpy(path + len, "env/", 4) ;
  strcpy(path + len + 4, name) ;
  return ruleset_variable(AT_FDCWD, path, name, &params->env) ;
}
