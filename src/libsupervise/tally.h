/* ISC license. */

#ifndef S6ACTIVATION_TALLY_H
#define S6ACTIVATION_TALLY_H

 /* The last deaths of a service: supervise/death_tally, 14 bytes each, oldest first;
    service-directory(7). */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

enum tally_numbers
{
  TALLY_DEATH = 14,  /* bytes */
  TALLY_USUALLY = 100,
  TALLY_MOST = 4096
} ;

struct tally_death
{
  tain when ;  /* wall clock */
  uint8_t code ;  /* 128 + sig if a signal killed it */
  uint8_t sig ;
} ;

extern void tally_death (struct tally_death *, tain const *when, int wstat) ;  /* wstat as wait(2) gives it */

 /* The newest max of them, oldest first, and how many. -1 and errno: EBADMSG it is no
    tally; ENOENT. */
extern ssize_t tally_read (char const *dir, struct tally_death *, unsigned int max) ;

 /* How many there are. -1 and errno, as tally_read. */
extern ssize_t tally_count (char const *dir) ;

 /* Keeps the newest max, this one among them. What is no tally counts as empty; one that
    cannot be read now stays as it is. 0 and errno. */
extern int tally_add (char const *dir, struct tally_death const *, unsigned int max) ;

extern int tally_clear (char const *dir) ;  /* makes it, too; what is no tally becomes one. 0 and errno */

#endif
