/* ISC license. */

/* What the machine of libsupervise does with an input, in the words of the tables of
   service-directory(7). It is given to many machines, which differ in all that what is
   asked for does not say; where they disagree there is a question mark. */

#ifndef S6ACTIVATION_TESTS_MACHINECELL_H
#define S6ACTIVATION_TESTS_MACHINECELL_H

#include "libsupervise/machine.h"
#include "machinewords.h"

 /* Which machines. Each of -1: both kinds. */
struct machinecell
{
  enum machine_state state ;
  int iswanted ;
  int isleaving ;
  int isready ;
  int islate ;  /* the pause since the last start is over */
  int isgroup ;  /* flag-timeout-killpg */
  int isuntimed ;  /* finish was adopted */
  int isanswer ;  /* finish is being started */
} ;

#define MACHINECELL_ANY { .state = MACHINE_DOWN, .iswanted = -1, .isleaving = -1, .isready = -1, .islate = -1, .isgroup = -1, .isuntimed = 0, .isanswer = 0 }

 /* Adds the words: nothing if it does nothing. */
extern void machinecell (struct machinecell const *, enum machine_event, int value, struct machinewords *) ;

#endif
