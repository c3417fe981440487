/* ISC license. */

/* What a daemon must hold, by what it has acknowledged: for tests that break
   things on the way. */

#ifndef S6ACTIVATION_TESTS_LEDGER_H
#define S6ACTIVATION_TESTS_LEDGER_H

#include <stddef.h>

enum ledger_state
{
  LEDGER_ABSENT,
  LEDGER_PRESENT,
  LEDGER_EITHER  /* asked for, and no answer came */
} ;

struct ledger_entry
{
  char const *id ;
  int fd ;
  enum ledger_state state ;
  unsigned int group ;  /* 0: none; of one group are all there, or none */
} ;

struct ledger
{
  struct ledger_entry *entries ;
  size_t n ;
  char problem[512] ;
} ;

 /* Whatever an answer (an errno, or negative for none) makes of an entry that was to become like that. */
extern void ledger_note (struct ledger_entry *, int answer, enum ledger_state wanted) ;

 /* Stores it there, or bails out. Its state is the caller's. */
extern void ledger_put (struct ledger_entry const *, char const *socket) ;

 /* Puts so many into the environment, as a dump: copies of their descriptors that stay open across execv. */
extern void ledger_export (struct ledger_entry const *, unsigned int) ;

 /* Gets a dump of the daemon and compares ids and files; what could be either is then what it is.
    0: problem says what is wrong. Waits for the daemon, 5 seconds at most. */
extern int ledger_check (struct ledger *, char const *socket) ;

 /* Deletes everything whose group is not keep. 0: problem says what could not be deleted. */
extern int ledger_clean (struct ledger *, char const *socket, unsigned int keep) ;

#endif
