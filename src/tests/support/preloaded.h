/* ISC license. */

/* For tests of the daemon under preload-faults.so. */

#ifndef S6ACTIVATION_TESTS_PRELOADED_H
#define S6ACTIVATION_TESTS_PRELOADED_H

#include "testdaemon.h"

 /* From now on daemons are started under the shim, told by the file faults of the working
    directory. Skips all where that cannot be. */
extern struct faults *preloaded_begin (void) ;

 /* Skips all where the daemon is linked statically: no loader looks for a shim then. */
extern void preloaded_need_loader (void) ;

 /* The path of the shim, which lies beside this main; skips likewise. */
extern void preloaded_shim (char *path, size_t room) ;

 /* Processor time that the daemon has used, in milliseconds. */
extern long preloaded_cpu (struct testdaemon const *) ;

 /* stderr, ours and of what we start, goes to that file from now on; and how many of its lines have the word. */
extern void preloaded_log_to (char const *path) ;
extern unsigned int preloaded_count_lines (char const *path, char const *word) ;

 /* Skips all where that program is not on the PATH. */
extern void preloaded_need (char const *program) ;

#endif
