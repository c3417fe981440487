/* ISC license. */

#ifndef S6ACTIVATION_CLOSER_INTERNAL_H
#define S6ACTIVATION_CLOSER_INTERNAL_H

#include <signal.h>
#include <sys/types.h>

#include "libdaemon/closer.h"

 /* Nobody else sends this one, and where somebody does, it is looked who did. */
enum { CLOSER_SIGNAL = SIGUSR2 } ;

 /* A process that shares our descriptors: it closes what it is asked to, or,
    as number 0, waits for the end. Returns its pid; 0 and errno. */
extern pid_t closer_helper_start (struct closer const *, unsigned int number) ;

#endif
