/* ISC license. */

/* A TCP socket whose close waits, for tests of who must not. */

#ifndef S6ACTIVATION_TESTS_LINGERING_H
#define S6ACTIVATION_TESTS_LINGERING_H

enum
{
  LINGER_SECONDS = 5,
  LINGER_MEANWHILE = 1000 * (LINGER_SECONDS - 2)  /* milliseconds within which who does not wait for it is served */
} ;

 /* A connection whose other end reads nothing, full of data, with SO_LINGER.
    *other: that end; when it is closed, nothing waits any longer. */
extern int lingering_socket (int *other) ;

#endif
