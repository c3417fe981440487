/* ISC license. */

#ifndef S6ACTIVATION_FINALE_H
#define S6ACTIVATION_FINALE_H

 /* The end of s6-svscan. */

#include "libdaemon/log.h"

 /* stdout and stderr are this descriptor from then on; -1: /dev/null. 0 and errno: not just now. */
extern int finale_console (struct log *, int fd) ;

 /* Executes finish; if it cannot be executed, or at once, crash. The exit code if there is neither. */
extern int finale_execute (struct log *, char const *const *envp, int iscrash) ;

#endif
