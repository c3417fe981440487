/* ISC license. */

#ifndef S6ACTIVATION_TESTS_USERS_H
#define S6ACTIVATION_TESTS_USERS_H

#include "testdaemon.h"

 /* Whether we may act as several users: as root, where there are others to be. A user
    namespace may have one uid only. */
extern int users_several (void) ;

 /* Starts a daemon at "s" that is TEST_UID, with that limit of open files. Skips all where that
    cannot be: call it before the first point. */
extern void users_start_other (struct testdaemon *, unsigned int files, char const *const *options) ;

#endif
