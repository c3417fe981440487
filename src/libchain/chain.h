/* ISC license. */

#ifndef S6ACTIVATION_CHAIN_H
#define S6ACTIVATION_CHAIN_H

#include <limits.h>

#include <skalibs/stralloc.h>

 /*
   What a chainloader executes into. An empty name can never be executed:
   it is wrong usage, told at the start, and not when all is done already,
   or by each client of a server. Both evaluate argv more than once.
 */

#define chain_isprogram(argv) ((argv)[0] && (argv)[0][0])

 /* The same, for the clients that may end with nothing to execute. */
#define chain_isprogramornone(argv) (!(argv)[0] || (argv)[0][0])

 /* Where it would be found, with a NUL; and may it be executed? 0, and the errno of an
    execution that fails for that; another reason may make one fail still. The second
    does not tell where. */
extern int chain_find (stralloc *, char const *name) ;
extern int chain_canexecute (char const *name) ;

 /* listen(2) cuts it down to what the system allows; SOMAXCONN is a guess of the C library's. */
enum { CHAIN_LONGEST_BACKLOG = INT_MAX } ;

 /* At the start of a program that opens something: of 0, 1 and 2 those that are
    closed get /dev/null until the next program, opened in the way that is of no
    use there, so that reading and writing fail as they did. Otherwise what is
    opened here would be taken for stdin or stderr, by us or by the next program. */
extern void chain_cover_standard (void) ;

#endif
