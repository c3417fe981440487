/* ISC license. */

#ifndef S6ACTIVATION_LOGFILES_H
#define S6ACTIVATION_LOGFILES_H

 /*
    What a logdir has at one moment, in order: archives, previous, current. The logger
    may be at work meanwhile. A file goes from current to previous to the archives; who
    looks the other way round misses none of them, and a file that was seen twice is told
    by its number.
 */

#include <stdint.h>

#include "liblogger/archives.h"

struct logfiles
{
  struct archives archives ;
  int previous ;  /* open; or -1 */
  int current ;  /* the same */
  uint64_t previousino ;
  uint64_t currentino ;
  uint8_t isprocessed ;  /* previous is what a processor has made of it */
} ;
#define LOGFILES_ZERO { .archives = ARCHIVES_ZERO, .previous = -1, .current = -1, .previousino = 0, .currentino = 0, .isprocessed = 0 }

 /* Replaces what it has. 0 and errno: it has nothing. */
extern int logfiles_look (struct logfiles *, int dir) ;
extern void logfiles_free (struct logfiles *) ;

 /* Has nothing moved since? */
extern int logfiles_isnow (struct logfiles const *, int dir) ;

 /* The number of a file of that name; 0: there is none. */
extern uint64_t logfiles_ino (int dir, char const *name) ;

 /* The index of the first archive behind that name; ""; of the one of that number, or how
    many there are. */
extern size_t logfiles_after (struct logfiles const *, char const *name) ;
extern size_t logfiles_find (struct logfiles const *, uint64_t ino) ;

extern int logfiles_open (int dir, char const *name, uint64_t *ino) ;  /* for reading; -1 and errno */

#endif
