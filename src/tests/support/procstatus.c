/* ISC license. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procstatus.h"

static long number_of (pid_t pid, char const *where, char const *name)
{
  char line[256] ;
  size_t len = strlen(name) ;
  long value = -1 ;
  FILE *file ;
  snprintf(line, sizeof(line), "/proc/%d/%s", (int)pid, where) ;
  file = fopen(line, "r") ;
  if (!file) return -1 ;
  while (value < 0 && fgets(line, sizeof(line), file))
    if (!strncmp(line, name, len) && line[len] == ':') value = atol(line + len + 1) ;
  fclose(file) ;
  return value ;
}

long procstatus (pid_t pid, char const *name)
{
  return number_of(pid, "status", name) ;
}

long procstatus_memory (pid_t pid, char const *name)
{
  return number_of(pid, "smaps_rollup", name) ;
}
