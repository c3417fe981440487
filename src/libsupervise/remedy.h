/* ISC license. */

#ifndef S6ACTIVATION_REMEDY_H
#define S6ACTIVATION_REMEDY_H

 /* Why a program could not be started, and what to do: told in a warning. */

enum { REMEDY_MAX = 512 } ;

 /* e: what execve(2) has said of that path, or fork(2) of nothing, path 0. Returns the
    buffer of REMEDY_MAX bytes, or a text that stays. */
extern char const *remedy (char *, char const *path, int e) ;

#endif
