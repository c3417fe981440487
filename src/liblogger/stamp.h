/* ISC license. */

#ifndef S6ACTIVATION_STAMP_H
#define S6ACTIVATION_STAMP_H

 /* Stamps, as text in front of a line. What changes once a second is made once a second. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum stamp_numbers
{
  STAMP_LABEL = 25,  /* bytes of a TAI64N label: @ and 24 hexadecimal digits */
  STAMP_SECOND = 48,  /* more than a date and a time take */
  STAMPS_MAX = 160  /* of all kinds together */
} ;

struct stamp_second
{
  int64_t when ;  /* seconds since 1970 */
  unsigned int len ;  /* 0: it was never made */
  unsigned int zonelen ;
  char text[STAMP_SECOND] ;
  char zone[8] ;  /* +HH:MM */
} ;

struct stamp
{
  struct timespec now ;
  struct stamp_second iso ;  /* local, with a space */
  struct stamp_second utc ;  /* RFC 3339 */
  struct stamp_second local ;
} ;

extern void stamp_init (struct stamp *) ;

 /* Time does not go back within a batch, whatever the clock does: the caller's affair. */
extern void stamp_set (struct stamp *, struct timespec const *) ;

 /* @ and the TAI64N label of that time. Returns STAMP_LABEL; no NUL. */
extern size_t stamp_label (char *, struct timespec const *) ;

 /* Those of these kinds (script_stamp), each with the blanks behind it; how many bytes,
    STAMPS_MAX at most. */
extern size_t stamp_put (struct stamp *, char *, unsigned int kinds, unsigned int utcdigits, unsigned int localdigits) ;

 /* A minute of local time that was worked out last. */
struct stamp_minute
{
  time_t base ;
  char text[16] ;  /* YYYY-MM-DD HH:MM; empty: none yet */
} ;

 /* The stamp that a line begins with, of any of these kinds: how many bytes, without the
    blanks behind it; 0: there is none. */
extern size_t stamp_scan (char const *, size_t, struct timespec *, struct stamp_minute *) ;

 /* A moment that a user names: a stamp; a local date, with or without a time; 5m: so long
    before now. 0: it is none. */
extern int stamp_moment (char const *, struct timespec *, struct timespec const *now) ;

#endif
