/* ISC license. */

#ifndef S6ACTIVATION_SERVICEFILES_H
#define S6ACTIVATION_SERVICEFILES_H

 /* The files by which an administrator says how a service is supervised: a number, a
    signal, a path, or nothing but the file itself. What is wrong in one is warned of, once,
    and is as if it were absent. None is waited for. */

#include "libdaemon/log.h"

 /* Each: 1 it is there and right; 0 the default holds; SERVICEFILES_KEPT: the disk fails, and
    what it said last is to hold, which was said; -1 and errno: it cannot be known just now
    (shortage.h), and nothing was said. */
enum { SERVICEFILES_KEPT = 2 } ;

extern int servicefiles_number (char const *file, unsigned int min, unsigned int max, unsigned int *, struct log *) ;
extern int servicefiles_signal (char const *file, int *, struct log *) ;
extern int servicefiles_path (char const *file, char *, struct log *) ;  /* of SERVICEPATH_MAX bytes */
extern int servicefiles_isthere (char const *file, struct log *) ;

 /* A name or a number, with SIG or without, in any case. 0: there is no such signal. */
extern int servicefiles_scansignal (char const *) ;

#endif
