/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/types.h>

#include "privileges.h"

enum { GROUPS_FIRST = 32, GROUPS_LONGEST = 65537 } ;

 /* Allocates the list of all groups of name, gid among them. */

static gid_t *list_groups (char const *name, gid_t gid, int *n)
{
  gid_t *groups = 0 ;
  for (int max = GROUPS_FIRST ; max <= 2 * GROUPS_LONGEST ; max <<= 1)
  {
    gid_t *bigger = realloc(groups, max * sizeof(gid_t)) ;
    if (!bigger) break ;
    groups = bigger ;
    *n = max ;
    if (getgrouplist(name, gid, groups, n) >= 0) return groups ;
  }
  free(groups) ;
  return 0 ;
}

int privileges_find_account (struct privileges *privileges, char const *name)
{
  struct passwd const *entry ;
  gid_t *groups ;
  int n ;
  size_t kept = 0 ;
  errno = 0 ;
  entry = getpwnam(name) ;
  if (!entry) return errno && errno != ENOENT && errno != ESRCH ? -1 : 0 ;
  privileges->uid = entry->pw_uid ;
  privileges->gid = entry->pw_gid ;
  groups = list_groups(name, privileges->gid, &n) ;
  if (!groups) return -1 ;
  for (int i = 0 ; i < n ; i++)
    if (groups[i] != privileges->gid) groups[kept++] = groups[i] ;
  free(privileges->groups) ;
  privileges->groups = groups ;
  privileges->groupcount = kept ;
  privileges->flags = PRIVILEGES_UID | PRIVILEGES_GID | PRIVILEGES_GROUPS ;
  return 1 ;
}
