/* ISC license. */

#ifndef S6ACTIVATION_PRIVILEGES_H
#define S6ACTIVATION_PRIVILEGES_H

#include <stddef.h>
#include <sys/types.h>

 /* User, group and supplementary groups, as options and variables write them. */

enum privileges_flag
{
  PRIVILEGES_UID = 0x01,
  PRIVILEGES_GID = 0x02,
  PRIVILEGES_GROUPS = 0x04
} ;

struct privileges
{
  unsigned int flags ;  /* which of the fields below are meant */
  uid_t uid ;
  gid_t gid ;
  gid_t *groups ;  /* allocated, or 0 when there are none */
  size_t groupcount ;
} ;

#define PRIVILEGES_ZERO { .flags = 0, .uid = 0, .gid = 0, .groups = 0, .groupcount = 0 }

 /* What is said of an option's value that is none. */
#define PRIVILEGES_NO_NUMBER ": not a numeric id (-U takes what s6-envuidgid finds by name)"

 /* Each reads one decimal value. 1; 0 and errno EINVAL when s is none, or ENOMEM. */
extern int privileges_scan_uid (struct privileges *, char const *s) ;
extern int privileges_scan_gid (struct privileges *, char const *s) ;
extern int privileges_scan_groups (struct privileges *, char const *s) ;  /* comma-separated; "" is none at all */

 /* Reads UID, GID and GIDLIST; a missing or malformed one ends the program with 100. */
extern void privileges_from_environment (struct privileges *) ;

 /* Takes them on: groups first, the user last. Ends the program with 111 when the system refuses. */
extern void privileges_apply (struct privileges const *) ;

 /*
   Look up an account by name: the user with its group and its further
   groups, the user alone, the group alone. 1 found, 0 unknown; -1 and
   errno when the database cannot be read.
 */
extern int privileges_find_account (struct privileges *, char const *name) ;
extern int privileges_find_user (struct privileges *, char const *name) ;
extern int privileges_find_group (struct privileges *, char const *name) ;

#endif
