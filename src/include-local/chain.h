/* ISC license. */

#ifndef S6ACTIVATION_CHAIN_H
#define S6ACTIVATION_CHAIN_H

 /*
   What a chainloader executes into. An empty name can never be executed:
   it is wrong usage, told at the start, and not when all is done already,
   or by each client of a server. Both evaluate argv more than once.
 */

#define chain_isprogram(argv) ((argv)[0] && (argv)[0][0])

 /* The same, for the clients that may end with nothing to execute. */
#define chain_isprogramornone(argv) (!(argv)[0] || (argv)[0][0])

 /* Would it be found, and may it be executed? 0, and the errno of an execution
    that fails for that; another reason may make one fail still. */
extern int chain_canexecute (char const *name) ;

#endif
