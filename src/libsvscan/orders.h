/* ISC license. */

#ifndef S6ACTIVATION_ORDERS_H
#define S6ACTIVATION_ORDERS_H

 /* What s6-svscan can be told, by a letter or by a signal: one table. */

#include <stddef.h>

enum order_effect
{
  ORDER_REAP = 0x01,
  ORDER_SCAN = 0x02,
  ORDER_PRUNE = 0x04,  /* what is gone is told to end, when no scan is to come before that */
  ORDER_END = 0x08,  /* all is told to end */
  ORDER_HARD = 0x10,  /* with PRUNE, END: loggers do not wait for the end of what they read */
  ORDER_NOW = 0x20  /* the end, whoever lives on */
} ;

struct order
{
  char letter ;  /* 0: it has none */
  int sig ;  /* 0: it has none */
  char const *handler ;  /* a program that is run for the signal instead, if there is one; or 0 */
  unsigned int effect ;
} ;

 /* 0: there is no such order. */
extern struct order const *order_of_letter (char) ;
extern struct order const *order_of_signal (int) ;

 /* Fills in the signals of all orders, for signals_init; how many. */
enum { ORDERS_SIGNALS = 16 } ;
extern unsigned int orders_signals (int *) ;

#endif
