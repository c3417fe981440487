/* ISC license. */

#ifndef S6ACTIVATION_DATAGRAM_H
#define S6ACTIVATION_DATAGRAM_H

 /* One message of sd_notify(3): lines KEY=VALUE. Nothing is copied. */

#include <stddef.h>

enum datagram_key
{
  DATAGRAM_READY,
  DATAGRAM_FDSTORE,
  DATAGRAM_FDSTOREREMOVE,
  DATAGRAM_FDNAME,
  DATAGRAM_FDPOLL,
  DATAGRAM_BARRIER,
  DATAGRAM_TOLD,  /* those from here on are only told of */
  DATAGRAM_STOPPING = DATAGRAM_TOLD,
  DATAGRAM_RELOADING,
  DATAGRAM_STATUS,
  DATAGRAM_ERRNO,
  DATAGRAM_MAINPID,
  DATAGRAM_WATCHDOG,
  DATAGRAM_KEYS
} ;

struct datagram_value
{
  char const *s ;  /* 0: the key is not there */
  size_t len ;
} ;

struct datagram
{
  struct datagram_value values[DATAGRAM_KEYS] ;
  unsigned int lines ;  /* that are not empty, unknown keys included */
} ;

 /* Where a key is there several times, the first one counts. Lines without = and keys that
    are not known are passed over. 0: there is a NUL in it, but for one at its end. */
extern int datagram_parse (struct datagram *, char const *, size_t) ;

 /* Is the value of that key this one? */
extern int datagram_is (struct datagram const *, enum datagram_key, char const *) ;

extern char const *datagram_name (enum datagram_key) ;

#endif
