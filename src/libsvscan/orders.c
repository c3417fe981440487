/* ISC license. */

#include <skalibs/nonposix.h>

#include <signal.h>

#include "libsvscan/orders.h"
#include "libsvscan/paths.h"

#ifndef SIGPWR
#define SIGPWR 0
#endif
#ifndef SIGWINCH
#define SIGWINCH 0
#endif

static struct order const orders[] =
{
  { 'z', SIGCHLD, 0, ORDER_REAP },
  { 'a', SIGALRM, 0, ORDER_SCAN },
  { 'n', 0, 0, ORDER_PRUNE },
  { 'N', 0, 0, ORDER_PRUNE | ORDER_HARD },
  { 'h', SIGHUP, PATH_HANDLER "HUP", ORDER_SCAN | ORDER_PRUNE },
  { 't', SIGTERM, PATH_HANDLER "TERM", ORDER_END },
  { 'i', SIGINT, PATH_HANDLER "INT", ORDER_END },
  { 'q', SIGQUIT, PATH_HANDLER "QUIT", ORDER_END | ORDER_HARD },
  { 'b', SIGABRT, 0, ORDER_NOW },
  { 0, SIGUSR1, PATH_HANDLER "USR1", 0 },
  { 0, SIGUSR2, PATH_HANDLER "USR2", 0 },
  { 0, SIGPWR, PATH_HANDLER "PWR", 0 },
  { 0, SIGWINCH, PATH_HANDLER "WINCH", 0 }
} ;

enum { ORDERS = sizeof(orders) / sizeof(orders[0]) } ;

struct order const *order_of_letter (char letter)
{
  for (unsigned int i = 0 ; letter && i < ORDERS ; i++)
    if (orders[i].letter == letter) return orders + i ;
  return 0 ;
}

struct order const *order_of_signal (int sig)
{
  for (unsigned int i = 0 ; i < ORDERS ; i++)
    if (orders[i].sig == sig) return orders + i ;
  return 0 ;
}

unsigned int orders_signals (int *signals)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < ORDERS ; i++)
    if (orders[i].sig) signals[n++] = orders[i].sig ;
  return n ;
}
