/* ISC license. */

/* librollover/overlap.h: each state and event, and walks through them beside a model that
   knows how many children there are. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "librollover/overlap.h"
#include "support/tap.h"

enum { STEPS = 200000, TEXT = 128 } ;

static char const *const states[OVERLAP_STATES] =
{
  [OVERLAP_NEVER] = "never", [OVERLAP_FIRST] = "first", [OVERLAP_ALONE] = "alone", [OVERLAP_BOTH] = "both",
  [OVERLAP_ENDING] = "ending", [OVERLAP_OVER] = "over"
} ;

static char const *const events[OVERLAP_EVENTS] =
{
  [OVERLAP_HUP] = "HUP", [OVERLAP_READY] = "ready", [OVERLAP_LATE] = "late", [OVERLAP_DEATH] = "death",
  [OVERLAP_NEXT_READY] = "next ready", [OVERLAP_NEXT_LATE] = "next late", [OVERLAP_NEXT_DEATH] = "next death",
  [OVERLAP_END] = "end", [OVERLAP_GONE] = "gone"
} ;

static struct
{
  unsigned int bit ;
  char const *name ;
} const effects[] =
{
  { OVERLAP_START, "start" }, { OVERLAP_IGNORE, "ignore" }, { OVERLAP_TELL, "tell" }, { OVERLAP_SWAP, "swap" },
  { OVERLAP_DISCARD, "discard" }, { OVERLAP_STAY, "stay" }, { OVERLAP_DOUBT, "doubt" }, { OVERLAP_PASS, "pass" },
  { OVERLAP_FOLLOW, "follow" }, { OVERLAP_LEAVE, "leave" }
} ;

 /* What is not here never comes. */

static struct
{
  enum overlap_state state ;
  enum overlap_event event ;
  char const *want ;
} const rows[] =
{
  { OVERLAP_FIRST, OVERLAP_HUP, "first: ignore" },
  { OVERLAP_FIRST, OVERLAP_READY, "alone: tell" },
  { OVERLAP_FIRST, OVERLAP_LATE, "alone: doubt" },
  { OVERLAP_FIRST, OVERLAP_DEATH, "over: follow" },
  { OVERLAP_FIRST, OVERLAP_END, "ending: pass" },
  { OVERLAP_ALONE, OVERLAP_HUP, "both: start" },
  { OVERLAP_ALONE, OVERLAP_READY, "alone: tell" },
  { OVERLAP_ALONE, OVERLAP_LATE, "alone:" },
  { OVERLAP_ALONE, OVERLAP_DEATH, "over: follow" },
  { OVERLAP_ALONE, OVERLAP_END, "ending: pass" },
  { OVERLAP_BOTH, OVERLAP_HUP, "both: ignore" },
  { OVERLAP_BOTH, OVERLAP_READY, "both: tell" },
  { OVERLAP_BOTH, OVERLAP_LATE, "both:" },
  { OVERLAP_BOTH, OVERLAP_DEATH, "over: discard follow" },
  { OVERLAP_BOTH, OVERLAP_NEXT_READY, "alone: tell swap" },
  { OVERLAP_BOTH, OVERLAP_NEXT_LATE, "alone: discard stay" },
  { OVERLAP_BOTH, OVERLAP_NEXT_DEATH, "alone: stay" },
  { OVERLAP_BOTH, OVERLAP_END, "ending: pass" },
  { OVERLAP_ENDING, OVERLAP_HUP, "ending:" },
  { OVERLAP_ENDING, OVERLAP_READY, "ending:" },
  { OVERLAP_ENDING, OVERLAP_LATE, "ending:" },
  { OVERLAP_ENDING, OVERLAP_DEATH, "ending:" },
  { OVERLAP_ENDING, OVERLAP_NEXT_READY, "ending:" },
  { OVERLAP_ENDING, OVERLAP_NEXT_LATE, "ending:" },
  { OVERLAP_ENDING, OVERLAP_NEXT_DEATH, "ending:" },
  { OVERLAP_ENDING, OVERLAP_END, "ending: pass" },
  { OVERLAP_ENDING, OVERLAP_GONE, "over: leave" }
} ;

static char const *wanted (enum overlap_state state, enum overlap_event event)
{
  for (unsigned int i = 0 ; i < sizeof(rows) / sizeof(rows[0]) ; i++)
    if (rows[i].state == state && rows[i].event == event) return rows[i].want ;
  return "never:" ;
}

static void table (void)
{
  for (enum overlap_state state = OVERLAP_FIRST ; state <= OVERLAP_OVER ; state++)
    for (enum overlap_event event = 0 ; event < OVERLAP_EVENTS ; event++)
    {
      char got[TEXT] ;
      struct overlap_step step = overlap_step(state, event) ;
      int len = snprintf(got, sizeof(got), "%s:", states[step.state]) ;
      for (unsigned int i = 0 ; i < sizeof(effects) / sizeof(effects[0]) ; i++)
        if (step.effects & effects[i].bit) len += snprintf(got + len, sizeof(got) - (size_t)len, " %s", effects[i].name) ;
      tap_string(got, wanted(state, event), "%s, %s", states[state], events[event]) ;
    }
}

 /* What there is, and so what can come. Those that were told to end go when they like. */

struct world
{
  int current ;
  int next ;
  int ending ;
  unsigned int swaps ;
} ;

static uint32_t draw (uint32_t *seed)
{
  *seed = *seed * 1664525 + 1013904223 ;
  return *seed >> 16 ;
}

static int can_come (struct world const *w, enum overlap_event event)
{
  switch (event)
  {
    case OVERLAP_READY :
    case OVERLAP_LATE :
    case OVERLAP_DEATH : return w->current ;
    case OVERLAP_NEXT_READY :
    case OVERLAP_NEXT_LATE :
    case OVERLAP_NEXT_DEATH : return w->next ;
    case OVERLAP_GONE : return w->ending && !w->current && !w->next ;
    default : return 1 ;
  }
}

 /* An error, or 0. */

static char const *live (struct world *w, enum overlap_event event, struct overlap_step step)
{
  if (step.state == OVERLAP_NEVER) return "an event that can come" ;
  if (event == OVERLAP_DEATH) w->current = 0 ;
  if (event == OVERLAP_NEXT_DEATH) w->next = 0 ;
  if (step.effects & OVERLAP_START && (w->next || !w->current)) return "a start beside another one, or of the first one" ;
  if (step.effects & OVERLAP_START) w->next = 1 ;
  if (step.effects & (OVERLAP_SWAP | OVERLAP_DISCARD) && !w->next) return "nothing to swap, or to discard" ;
  if (step.effects & OVERLAP_SWAP) w->swaps++ ;
  if (step.effects & (OVERLAP_SWAP | OVERLAP_DISCARD)) w->next = 0 ;
  if (step.effects & OVERLAP_PASS) w->ending = 1 ;
  if (step.state != OVERLAP_OVER && !w->ending && !w->current) return "nothing serves" ;
  if (!w->next != (step.state != OVERLAP_BOTH) && !w->ending) return "a next one that the state does not know" ;
  if (step.state == OVERLAP_OVER && w->next) return "left alone at the end" ;
  if (step.state == OVERLAP_OVER && w->ending != !!(step.effects & OVERLAP_LEAVE)) return "another end" ;
  return 0 ;
}

static void walk (uint32_t seed)
{
  struct world w = { .current = 1 } ;
  enum overlap_state state = OVERLAP_FIRST ;
  unsigned int swaps = 0, ends = 0 ;
  char const *error = 0 ;
  for (unsigned int i = 0 ; i < STEPS && !error ; i++)
  {
    enum overlap_event event = draw(&seed) % OVERLAP_EVENTS ;
    struct overlap_step step ;
    if (!can_come(&w, event)) continue ;
    step = overlap_step(state, event) ;
    error = live(&w, event, step) ;
    if (error) tap_diag("%s, %s: %s", states[state], events[event], error) ;
    state = step.state ;
    if (state != OVERLAP_OVER) continue ;
    swaps += w.swaps ;
    ends++ ;
    w = (struct world){ .current = 1 } ;
    state = OVERLAP_FIRST ;
  }
  tap_ok(!error, "a walk: somebody serves, until the end") ;
  tap_least((intmax_t)ends, 1000, "it has come to the end") ;
  tap_least((intmax_t)swaps, 100, "and had successors") ;
}

int main (void)
{
  table() ;
  for (uint32_t seed = 1 ; seed <= 3 ; seed++) walk(seed) ;
  return tap_done() ;
}
