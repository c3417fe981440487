/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <unistd.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/types.h>

#include <skalibs/setgroups.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/privileges.h"

void privileges_apply (struct privileges const *privileges)
{
  unsigned int flags = privileges->flags ;
  if (flags & PRIVILEGES_GROUPS)
  {
    gid_t gid = flags & PRIVILEGES_GID ? privileges->gid : getegid() ;
    if (setgroups_and_gid(gid, privileges->groupcount, privileges->groups) == -1)
      strerr_diefusys(EXITCODE_SYSTEM, "set supplementary groups") ;
  }
  if (flags & PRIVILEGES_GID && setgid(privileges->gid) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "setgid") ;
  if (flags & PRIVILEGES_UID && setuid(privileges->uid) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "setuid") ;
}

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

int privileges_find_group (struct privileges *privileges, char const *name)
{
  struct group const *entry ;
  errno = 0 ;
  entry = getgrnam(name) ;
  if (!entry) return errno && errno != ENOENT && errno != ESRCH ? -1 : 0 ;
  privileges->gid = entry->gr_gid ;
  privileges->flags |= PRIVILEGES_GID ;
  return 1 ;
}

int privileges_find_user (struct privileges *privileges, char const *name)
{
  struct passwd const *entry ;
  errno = 0 ;
  entry = getpwnam(name) ;
  if (!entry) return errno && errno != ENOENT && errno != ESRCH ? -1 : 0 ;
  privileges->uid = entry->pw_uid ;
  privileges->flags |= PRIVILEGES_UID ;
  return 1 ;
}

static void read_variable (struct privileges *privileges, char const *name, int (*scan) (struct privileges *, char const *))
{
  char const *value = getenv(name) ;
  if (!value) strerr_dief(EXITCODE_USAGE, name, " not set: run ", PROG, " under s6-envuidgid") ;
  if ((*scan)(privileges, value)) return ;
  if (errno != EINVAL) strerr_diefusys(EXITCODE_SYSTEM, "read $", name) ;
  strerr_dieinvalid(EXITCODE_USAGE, name) ;
}

void privileges_from_environment (struct privileges *privileges)
{
  read_variable(privileges, "UID", &privileges_scan_uid) ;
  read_variable(privileges, "GID", &privileges_scan_gid) ;
  read_variable(privileges, "GIDLIST", &privileges_scan_groups) ;
}

int privileges_scan_gid (struct privileges *privileges, char const *s)
{
  if (!gid0_scan(s, &privileges->gid)) return (errno = EINVAL, 0) ;
  privileges->flags |= PRIVILEGES_GID ;
  return 1 ;
}

int privileges_scan_groups (struct privileges *privileges, char const *s)
{
  size_t max = 1 ;
  size_t n = 0 ;
  gid_t *groups ;
  for (char const *t = s ; *t ; t++) if (*t == ',') max++ ;
  groups = malloc(max * sizeof(gid_t)) ;
  if (!groups) return 0 ;
  if (*s && s[gid_scanlist(groups, max, s, &n)])
  {
    free(groups) ;
    return (errno = EINVAL, 0) ;
  }
  free(privileges->groups) ;
  privileges->groups = groups ;
  privileges->groupcount = n ;
  privileges->flags |= PRIVILEGES_GROUPS ;
  return 1 ;
}

int privileges_scan_uid (struct privileges *privileges, char const *s)
{
  if (!uid0_scan(s, &privileges->uid)) return (errno = EINVAL, 0) ;
  privileges->flags |= PRIVILEGES_UID ;
  return 1 ;
}
