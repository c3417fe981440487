/* ISC license. */

/* What a machine does, in the words of the tables of service-directory(7). */

#ifndef S6ACTIVATION_TESTS_MACHINEWORDS_H
#define S6ACTIVATION_TESTS_MACHINEWORDS_H

#include <stddef.h>

#include "libsupervise/machine.h"

struct machinewords
{
  char s[4096] ;
  size_t len ;
} ;

#define MACHINEWORDS_ZERO { .s = "", .len = 0 }

enum machinewords_signal  /* what the files of the machine say, so that a signal is known to be theirs */
{
  MACHINEWORDS_DOWNSIGNAL = 101,
  MACHINEWORDS_RELOADSIGNAL = 102
} ;

extern void machinewords_add (struct machinewords *, char const *) ;  /* after a blank, unless it is the first */
extern void machinewords_effect (struct machinewords *, struct machine_effect const *) ;

#endif
