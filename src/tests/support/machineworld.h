/* ISC license. */

/* A machine in a world of processes, and what must hold of the two: a model that is told
   of the same things, and knows no more of the machine than its page says. */

#ifndef S6ACTIVATION_TESTS_MACHINEWORLD_H
#define S6ACTIVATION_TESTS_MACHINEWORLD_H

#include <stdint.h>

#include "libsupervise/machine.h"

enum machineworld_rule
{
  RULE_STATUS_FIRST,
  RULE_STATUS_SAVED,
  RULE_TALLY,
  RULE_LETTERS,
  RULE_ORDER,
  RULE_START,
  RULE_PAUSE,
  RULE_DUE,
  RULE_KILL,
  RULE_SIGNAL,
  RULE_FILES,
  RULE_PID,
  RULE_FLAGS,
  RULE_WANTED,
  RULE_STATE,
  RULE_OVER,
  RULE_EFFECTS,
  RULES
} ;

extern char const *const machineworld_rules[RULES] ;

#define MACHINEWORLD_NEVER INT64_MAX

struct machineworld
{
  struct machine m ;
  struct machine_files files ;
  int64_t now ;  /* ms */
  int canrun ;
  int hasfinish ;
   /* processes */
  pid_t pid ;  /* 0: none */
  pid_t lastpid ;
  int isfinish ;
   /* the files that it writes, and what it still owes */
  struct svstatus saved ;
  int owestally ;
  int wstat ;
  char owed[8] ;  /* letters, in order */
   /* what is known of it */
  int iswanted, isonce, isleaving, isready, isover, isletter ;
  int64_t killdue ;
  int64_t lasttry ;
   /* what has been seen */
  unsigned int broken[RULES] ;  /* how often */
  unsigned int most ;  /* effects at once */
  unsigned int tries, starts, deaths, finishes, failures, overs, kills, adopted ;
} ;

extern void machineworld_begin (struct machineworld *, int iswanted) ;  /* a new supervisor, and no process */
extern void machineworld_adopt (struct machineworld *, int hasstatus) ;  /* a new one, and the process that is there */
extern void machineworld_letter (struct machineworld *, int) ;
extern void machineworld_signal (struct machineworld *, int) ;
extern void machineworld_ready (struct machineworld *) ;
extern void machineworld_die (struct machineworld *, int wstat) ;  /* if there is a process */
extern void machineworld_pass (struct machineworld *, unsigned int milliseconds) ;
extern void machineworld_nothing (struct machineworld *, enum machine_event, int value) ;  /* which must do nothing */


 /* Between its files. */
extern void machineworld_must (struct machineworld *, enum machineworld_rule, int holds) ;
extern void machineworld_owe (struct machineworld *, char const *letters) ;
extern void machineworld_feed (struct machineworld *, enum machine_event, int value) ;
extern void machineworld_judge (struct machineworld *) ;  /* all that must hold after an input */
extern void machineworld_end_life (struct machineworld *, char const *letters) ;
extern void machineworld_get_time (struct machineworld const *, tain *) ;
extern int64_t machineworld_due (struct machineworld const *) ;
extern int machineworld_is_same (struct svstatus const *, struct svstatus const *) ;

#endif
