/* ISC license. */

#ifndef S6ACTIVATION_SERVICEPATH_H
#define S6ACTIVATION_SERVICEPATH_H

 /* Paths of what is in a service directory: service-directory(7). */

enum { SERVICEPATH_MAX = 4096 } ;  /* with the NUL */

#define SERVICE_EVENT "event"
#define SERVICE_SUPERVISE "supervise"
#define SERVICE_CONTROL "supervise/control"
#define SERVICE_LOCK "supervise/lock"
#define SERVICE_LOCK_OF_RUN "supervise/service-lock"
#define SERVICE_STATUS "supervise/status"
#define SERVICE_TALLY "supervise/death_tally"
#define SERVICE_CHILD "supervise/child"
#define SERVICE_NEXT_START "supervise/next-start"
#define SERVICE_DOWN "down"

 /* Of a scan directory. */
#define SCAN_CONTROL ".s6-svscan/control"
#define SCAN_LOCK ".s6-svscan/lock"

 /* DIR/FILE. 0 and errno: ENAMETOOLONG; ENOENT: DIR is empty. */
extern int servicepath (char *path, char const *dir, char const *file) ;

 /* May a service be called so: is it a name, and not hidden? */
extern int servicepath_isname (char const *) ;

#endif
