/* ISC license. */

#ifndef S6ACTIVATION_LISTENFDS_H
#define S6ACTIVATION_LISTENFDS_H

#include <stddef.h>

#include <skalibs/gccattributes.h>
#include <skalibs/stralloc.h>

 /* Descriptors as sd_listen_fds(3) wants them: the numbers 3, 4, ... and variables
    that tell of them; and the variables of others who pass descriptors that way. */

enum { LISTENFDS_FIRST = 3 } ;

enum listenfds_dialect
{
  LISTENFDS_SYSTEMD,
  LISTENFDS_NGINX,
  LISTENFDS_EINHORN,
  LISTENFDS_SERVER_STARTER
} ;

 /* "nginx", "einhorn", "server-starter": 1. Another: 0. */
extern int listenfds_dialect (enum listenfds_dialect *, char const *) ;

 /* What sd_listen_fds_with_names(3) gives back as it was: it splits at colons, takes
    backslashes away, and finds no name where the only one is empty. */
extern int listenfds_isname (char const *) ;
#define LISTENFDS_BADNAME "a name has 1 to 255 bytes that print, and neither : nor \\"

 /* Makes a name of anything else that is not empty: underscores for what may not be there. */
extern void listenfds_name (char *) ;

 /*
   n open descriptors, no two of them the same, become 3, 4, ... in the order given, open
   for the next program: fds has the new numbers then. The old ones are closed; 0, 1
   and 2 are /dev/null then. With a warning, whatever else has one of those numbers is
   closed. 0 and errno: some may have been moved.
 */
extern int listenfds_number (int *fds, unsigned int n) ;

 /* For env_merge: all that there may be of systemd's variables is unset. It ends with a NUL of its own. */
#define LISTENFDS_UNSET "LISTEN_FDS\0LISTEN_FDNAMES\0LISTEN_PID\0LISTEN_PIDFDID"

 /* Appends, for env_merge, the variables that tell of n descriptors under those numbers.
    names is for systemd's dialect: one each. All that there may be of another LISTEN_FDS
    is unset. 0 and errno: ENOMEM, or that server-starter wants an address and one has none. */
extern int listenfds_variables (stralloc *, enum listenfds_dialect, char const *const *names, unsigned int n) ;

 /* The rest of systemd's dialect: LISTEN_PID and LISTEN_PIDFDID of the process that
    calls this, for env_merge, after the others. Writes at most LISTENFDS_PROCESS bytes, and
    returns how many; allocates nothing. */
enum { LISTENFDS_PROCESS = 80 } ;
extern size_t listenfds_process (char *) ;

 /* The inode number that a pidfd of the calling process has, which no other process
    ever gets. 0: this kernel has no such numbers. */
extern unsigned long long listenfds_pidfdid (void) ;

 /* The other way round: what this process was given in systemd's dialect. */

 /* The variable that says that another process is meant, or does not say that this one
    is; 0: none. */
extern char const *listenfds_another (void) ;

 /* How many there are, from 3 on, and their names, allocated: "" for one that is missing.
    Where the variables are wrong, or a descriptor is not open, the process ends with 100. */
extern unsigned int listenfds_given (void) ;
extern char const **listenfds_given_names (unsigned int n) ;

 /* All of that, and becomes the program. What fails ends the process. */
extern void listenfds_execute (char const *const *argv, enum listenfds_dialect, int *fds, char const *const *names, unsigned int n) gccattr_noreturn ;

#endif
