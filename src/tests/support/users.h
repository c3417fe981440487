/* ISC license. */

#ifndef S6ACTIVATION_TESTS_USERS_H
#define S6ACTIVATION_TESTS_USERS_H

 /* Whether we may act as several users: as root, where there are others to be. A user
    namespace may have one uid only. */
extern int users_several (void) ;

#endif
