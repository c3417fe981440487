/* ISC license. */

/* Who waits for what is woken: all that want a copy, and of those that take it
   away the oldest, until nothing is left to be taken. */

#include <stdio.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libfdholderd/watch.h"
#include "support/tap.h"

struct one
{
  char name ;
  char const *id ;
  int istaker ;
  int again ;  /* asks for the same once more, when it has been answered */
  struct watch_waiter *waiter ;
} ;

static struct watch watch ;
static char woken[64] ;
static unsigned int copies ;  /* what is there: to be had */
static struct one all[] = { { 'a', "x", 0, 0, 0 }, { 'b', "x", 1, 0, 0 }, { 'c', "x", 1, 0, 0 }, { 'd', "y", 0, 0, 0 }, { 'e', "x", 0, 0, 0 } } ;
enum { A, B, C, D, E, ALL } ;

static void begin (struct one *o)
{
  o->waiter = watch_wait(&watch, o->id, o->istaker, 3, o) ;
  if (!o->waiter) tap_bail("watch_wait") ;
}

static void end (struct one *o)
{
  if (o->waiter) watch_forget(&watch, o->waiter) ;
  o->waiter = 0 ;
}

 /* As a session does: it asks, and waits on where nothing is there. */

static void wake (void *owner, tain const *now)
{
  struct one *o = owner ;
  size_t len = strlen(woken) ;
  (void)now ;
  woken[len] = o->name ;
  woken[len + 1] = 0 ;
  if (!copies) return ;
  copies -= !!o->istaker ;
  end(o) ;
  if (o->again) begin(o) ;
}

static void turn (char const *id, unsigned int there, char const *want, char const *name)
{
  woken[0] = 0 ;
  copies = there ;
  watch_tell(&watch, id) ;
  tap_string(woken, "", "%s: nobody is woken in the middle of something", name) ;
  watch_turn(&watch, &STAMP) ;
  tap_string(woken, want, "%s", name) ;
}

static void judge_due (int isdue, char const *name)
{
  tain when = tain_infinite ;
  watch_next(&watch, &STAMP, &when) ;
  tap_int(tain_less(&when, &tain_infinite), isdue, "%s", name) ;
}

 /* Who waits, by name */

static void judge_waiting (char const *want, char const *name)
{
  char waiting[ALL + 1] ;
  size_t n = 0 ;
  for (unsigned int i = 0 ; i < ALL ; i++)
    if (all[i].waiter) waiting[n++] = all[i].name ;
  waiting[n] = 0 ;
  tap_string(waiting, want, "%s", name) ;
}

int main (void)
{
  watch_init(&watch, 0, &wake, 0) ;
  tap_ok(watch_isempty(&watch), "nobody waits at first") ;
  for (unsigned int i = 0 ; i < ALL ; i++) begin(all + i) ;
  tap_int(watch.ids.count, 2, "five wait for two ids") ;
  tap_string(watch_waiter_id(all[D].waiter), "y", "each knows for which") ;
  turn("z", 1, "", "what nobody waits for") ;
  judge_due(0, "no turn is due for it") ;
  turn("y", 0, "d", "what was there, and is not any longer") ;
  tap_ok(!!all[D].waiter, "its waiter waits on") ;
  watch_tell(&watch, "x") ;
  judge_due(1, "a turn is due") ;
  turn("x", 1, "aebc", "told twice, in one turn: those that want a copy, in their order, then the oldest taker, and the next, in vain") ;
  judge_due(0, "and no other turn is") ;
  judge_waiting("cd", "who was answered waits no longer, the second taker does") ;
  begin(all + B) ;
  all[C].again = 1 ;
  turn("x", 2, "cbc", "who takes it and waits again is the youngest; there were two") ;
  all[C].again = 0 ;
  end(all + C) ;
  tap_int(watch.ids.count, 1, "an id that nobody waits for any longer is gone") ;
  begin(all + A) ;
  watch_tell(&watch, "x") ;
  end(all + A) ;
  judge_due(0, "also one that was to be told") ;
  end(all + D) ;
  tap_ok(watch_isempty(&watch), "nobody waits in the end") ;
  turn("x", 1, "", "and nobody is woken") ;
  return tap_done() ;
}
