/* ISC license. */

/* The clients of the soak test: processes that may be killed at any time.
   What they have been told is in memory that they share with the test. */

#ifndef S6ACTIVATION_TESTS_SOAKER_H
#define S6ACTIVATION_TESTS_SOAKER_H

#include <sys/types.h>

#include "ledger.h"

enum soaker_numbers
{
  SOAKERS = 8,
  SOAKER_STEADY = 4,  /* the first ones keep their connections, and are killed */
  SOAKER_IDS = 12,
  SOAKER_FILES = 16,
  SOAKER_ID_SIZE = 32
} ;

struct soaker_shared
{
  char ids[SOAKERS][SOAKER_IDS][SOAKER_ID_SIZE] ;
  struct ledger_entry entries[SOAKERS][SOAKER_IDS] ;
  unsigned long operations[SOAKERS] ;
  char problem[SOAKERS][256] ;  /* something that must not be, or "" */
} ;

extern struct soaker_shared *soaker_shared_new (int const *files) ;

 /* Starts client number which, until it is killed. */
extern pid_t soaker_start (struct soaker_shared *, unsigned int which, char const *socket, unsigned int seed) ;

#endif
