/* ISC license. */

#ifndef S6ACTIVATION_REGISTRY_H
#define S6ACTIVATION_REGISTRY_H

 /*
    What s6-svscan knows: services by their directories, supervisors by their
    pids, and which of them is to be started when. A service is a supervisor,
    or two and a pipe: what the one's service writes, the other's reads. It is
    known while a scan finds it, and after that for as long as a supervisor of
    it runs. So does its pipe last, whoever dies meanwhile:

      found, or its supervisor runs              both ends are held
      neither, and its logger was told to end    the reading one: its service is
                                                 over, and the logger is to see the end
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/children.h"
#include "libdaemon/tree.h"

enum registry_part { REGISTRY_SERVICE, REGISTRY_LOGGER, REGISTRY_PARTS } ;

#define REGISTRY_CATCHALL "s6-svscan-log"  /* it reads what all others have to say, svscan among them */

struct service ;

struct supervisor
{
  struct child child ;  /* first of all; pid 0: it does not run */
  struct tree_node node ;  /* of those that are to be started */
  struct service *service ;
  tain due ;  /* when to start it; infinite: not */
  tain started ;  /* last */
  uint16_t pause ;  /* seconds, of the last one, because it has another supervisor; 0: there was none */
  uint8_t part ;
  uint8_t isfound ;  /* by the last scan: it is to run */
  uint8_t isending ;  /* it was told to end */
} ;

 /* What the scan under way has found of it. */
struct service_finding
{
  char *name ;  /* another one; allocated; or 0 */
  uint8_t isfound ;
  uint8_t isnamed ;  /* under the name that it has */
  uint8_t islogged ;
} ;

struct service
{
  struct tree_node node ;
  dev_t dev ;
  ino_t ino ;
  char *name ;
  struct supervisor part[REGISTRY_PARTS] ;
  int pipe[2] ;  /* -1: not open */
  uint16_t pause ;  /* seconds, of the last one, because it could not be made; 0: there was none */
  struct service_finding finding ;
} ;

#define service_of(n) tree_owner(struct service, node, (n))
#define supervisor_runs(v) ((v)->child.pid > 0)
#define supervisor_isknown(v) ((v)->isfound || supervisor_runs(v))

struct registry
{
  struct tree services ;
  struct tree due ;
  struct children children ;
} ;

extern void registry_init (struct registry *, child_ended_func *, void *) ;
extern int registry_order (struct tree_node const *, struct tree_node const *) ;  /* of services */
extern struct service *registry_find (struct tree const *, dev_t, ino_t) ;
extern struct service *registry_findname (struct registry const *, char const *) ;  /* looks at all of them */

 /* Allocates, and adds it nowhere. 0 and errno ENOMEM. */
extern struct service *service_new (char const *name, dev_t, ino_t) ;
extern void service_free (struct service *) ;

 /* No supervisor is started twice within a second: when that one may be. */
extern void registry_soonest (struct supervisor const *, tain const *now, tain *when) ;

 /* When to start that one; infinite: not. */
extern void registry_due (struct registry *, struct supervisor *, tain const *) ;
#define registry_firstdue(r) ((r)->due.first ? tree_owner(struct supervisor, node, (r)->due.first) : 0)
extern void registry_norestarts (struct registry *) ;

 /* It runs. Its end is told by the children: its pid is to be 0 from then on. */
extern void registry_started (struct registry *, struct supervisor *, pid_t, tain const *now) ;

 /* Closes, and forgets, what nobody needs. It may be gone after that. */
extern void registry_settle (struct registry *, struct service *) ;

 /* Tells supervisors to end: those of services with TERM, the others with that signal. */
extern void registry_end (struct registry *, int sigloggers) ;
extern void registry_endgone (struct registry *, int sigloggers) ;  /* those that the last scan has not found */
extern void registry_closepipes (struct registry *) ;  /* when they were told; the names of some are left to pairpipe_clean */

#endif
