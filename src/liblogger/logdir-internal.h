/* ISC license. */

#ifndef S6ACTIVATION_LOGDIR_INTERNAL_H
#define S6ACTIVATION_LOGDIR_INTERNAL_H

#include "liblogger/logdir.h"

#define LOGDIR_LOCK "lock"
#define LOGDIR_STATE "state"
#define LOGDIR_NEWSTATE "newstate"

 /* Puts a file of the directory among the archives. Empty: it is removed; it has another
    name already: it loses this one; not there: nothing. 0 and errno: do it again. */
extern int logdir_archive (struct logdir *, char const *name, enum archive_kind, struct logtime const *) ;

 /* Opens current for appending, made if need be; -1 and errno. */
extern int logdir_open_current (struct logdir *) ;

 /* What a processor has left for the next one is for it. 0 and errno. */
extern int logdir_move_state (struct logdir *) ;

extern int logdir_sync (int) ;  /* fsync, where there is such a thing. 0 and errno */

extern int logdir_has_gone (struct logdir *, char const *name) ;  /* 0 and errno: it is still there */

 /* Is its name that of another directory? Then it can go on there. 0 and errno: it cannot. */
extern int logdir_isreplaced (struct logdir const *) ;
extern int logdir_follow (struct logdir *, struct logtime const *) ;
extern void logdir_reap_left (struct logdir *) ;  /* processors of directories that were replaced */

 /* When it is to be rotated by its age; it is time. */
extern void logdir_plan (struct logdir *, struct logtime const *) ;
extern int logdir_isold (struct logdir *, struct logtime const *) ;

extern void logdir_trim (struct logdir *, struct logtime const *) ;

 /* Waits for better times: 0, and errno as it is. */
extern int logdir_fail (struct logdir *, char const *what, struct logtime const *) ;
extern void logdir_recover (struct logdir *, struct logtime const *) ;  /* they have come */

 /* Can it be written to? What is under way is done first. */
extern int logdir_isready (struct logdir *, struct logtime const *) ;

 /* There is something for the processor; what it does next. */
extern void logdir_begin_processing (struct logdir *, struct logtime const *) ;
extern void logdir_process (struct logdir *, struct logtime const *) ;

 /* Executes the processor. Its process; 0 or -1 and errno. */
extern pid_t logdir_start_processor (struct logdir *) ;

#endif
