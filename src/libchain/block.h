/* ISC license. */

#ifndef S6ACTIVATION_BLOCK_H
#define S6ACTIVATION_BLOCK_H

 /* A block of execline in a command line: words that begin with a space, and an
    empty one at its end. Takes the spaces away. A word without one is taken as it
    is, as execline does: with a warning if EXECLINE_STRICT is 1, the end of the
    process with 100 if it is more. Returns how many words there are before the
    end, which stays; -1: there is no end. */
extern int block_take (char const **argv) ;

#endif
