/* ISC license. */

#ifndef S6ACTIVATION_PATHS_H
#define S6ACTIVATION_PATHS_H

 /* What is in a scan directory beside services: scan-directory(7). */

#define PATH_OWN ".s6-svscan"
#define PATH_CONTROL PATH_OWN "/control"
#define PATH_LOCK PATH_OWN "/lock"
#define PATH_FINISH PATH_OWN "/finish"
#define PATH_CRASH PATH_OWN "/crash"
#define PATH_HANDLER PATH_OWN "/SIG"  /* and the signal's name */

#endif
