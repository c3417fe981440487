/* ISC license. */

#include <signal.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "machineworld.h"

enum
{
  SECOND = 1000,
  BEGIN_SECONDS = 1000,
  FOREVER = 100000,  /* ms: no restart is put off longer, with the files of these tests */
  EXIT_255 = 0xff00,
  POISON = -12345
} ;

char const *const machineworld_rules[RULES] =
{
  "the status is written before a letter is told",
  "and says how things are after each input",
  "each death of run is tallied once, as it was",
  "each letter is told once, and only when it is true",
  "a start, and finish, come after all that was due before",
  "nobody is started beside another one, or unwanted",
  "no two starts within a second, but by a letter",
  "who is wanted and down is due, and started then",
  "who is to be killed is due, and killed then",
  "signals go to a process that is there",
  "no file matters that it does not say it reads",
  "there is a process id exactly while there is a process",
  "the flags are the four, and true",
  "it wants what it was told to want",
  "its state is that of its process",
  "when it is over, and nothing after that",
  "effects have room"
} ;

void machineworld_must (struct machineworld *w, enum machineworld_rule rule, int holds)
{
  w->broken[rule] += !holds ;
}

void machineworld_owe (struct machineworld *w, char const *letters)
{
  if (strlen(w->owed) + strlen(letters) < sizeof(w->owed)) strcat(w->owed, letters) ;
  else machineworld_must(w, RULE_LETTERS, 0) ;
}

void machineworld_get_time (struct machineworld const *w, tain *t)
{
  tain_uint(t, BEGIN_SECONDS + (unsigned int)(w->now / SECOND)) ;
  t->nano = (uint32_t)(w->now % SECOND) * 1000000 ;
}

int64_t machineworld_due (struct machineworld const *w)
{
  tain zero ;
  tain_uint(&zero, BEGIN_SECONDS) ;
  return tain_less(&w->m.due, &tain_infinite) ? (int64_t)clock_elapsed(&zero, &w->m.due) : MACHINEWORLD_NEVER ;
}

int machineworld_is_same (struct svstatus const *a, struct svstatus const *b)
{
  char s[2][SVSTATUS_SIZE] ;
  svstatus_pack(s[0], a) ;
  svstatus_pack(s[1], b) ;
  return !memcmp(s[0], s[1], SVSTATUS_SIZE) ;
}

static void try_run (struct machineworld *w)
{
  machineworld_must(w, RULE_ORDER, !w->owed[0] && !w->owestally) ;
  machineworld_must(w, RULE_START, !w->pid && (w->iswanted || w->isonce) && !w->isleaving) ;
  machineworld_must(w, RULE_PAUSE, w->isletter || w->now - w->lasttry >= SECOND) ;
  w->lasttry = w->now ;
  w->tries++ ;
  if (!w->canrun)
  {
    w->failures++ ;
    machineworld_feed(w, MACHINE_NOTSTARTED, 0) ;
    return ;
  }
  w->starts++ ;
  w->pid = ++w->lastpid ;
  w->isfinish = w->isready = w->isonce = 0 ;
  w->killdue = MACHINEWORLD_NEVER ;
  machineworld_owe(w, "u") ;
  machineworld_feed(w, MACHINE_STARTED, w->pid) ;
}

void machineworld_end_life (struct machineworld *w, char const *letters)
{
  machineworld_owe(w, letters) ;
  w->isover = w->isleaving ;
  if (w->isover) machineworld_owe(w, "x") ;
}

static void try_finish (struct machineworld *w, int value)
{
  machineworld_must(w, RULE_ORDER, !w->owed[0] && !w->owestally) ;
  machineworld_must(w, RULE_START, !w->pid) ;
  machineworld_must(w, RULE_TALLY, value == w->wstat) ;
  if (!w->hasfinish)
  {
    machineworld_end_life(w, "dD") ;
    machineworld_feed(w, MACHINE_NOTFINISHING, 0) ;
    return ;
  }
  w->finishes++ ;
  w->pid = ++w->lastpid ;
  w->isfinish = 1 ;
  w->killdue = w->files.timeoutfinish ? w->now + w->files.timeoutfinish : MACHINEWORLD_NEVER ;
  machineworld_owe(w, "d") ;
  machineworld_feed(w, MACHINE_FINISHING, w->pid) ;
}

static void tell (struct machineworld *w, char const *letters)
{
  size_t len = strlen(letters) ;
  machineworld_must(w, RULE_STATUS_FIRST, machineworld_is_same(&w->saved, &w->m.status)) ;
  machineworld_must(w, RULE_LETTERS, len && !strncmp(w->owed, letters, len)) ;
  if (!strncmp(w->owed, letters, len)) memmove(w->owed, w->owed + len, strlen(w->owed + len) + 1) ;
}

static void perform (struct machineworld *w, struct machine_effect const *e)
{
  switch (e->type)
  {
    case EFFECT_STATUS : w->saved = w->m.status ; break ;
    case EFFECT_TELL : tell(w, e->letters) ; break ;
    case EFFECT_RUN : try_run(w) ; break ;
    case EFFECT_FINISH : try_finish(w, e->value) ; break ;
    case EFFECT_TALLY :
      machineworld_must(w, RULE_TALLY, w->owestally && e->value == (w->wstat == MACHINE_UNKNOWN ? EXIT_255 : w->wstat)) ;
      w->owestally = 0 ;
      break ;
    case EFFECT_SIGNAL :
    case EFFECT_SIGNALGROUP :
      machineworld_must(w, RULE_SIGNAL, w->pid != 0) ;
      machineworld_must(w, RULE_FILES, e->value != POISON) ;
      w->kills += e->value == SIGKILL ;
      break ;
    case EFFECT_CLEAN : machineworld_must(w, RULE_ORDER, !w->pid && w->owed[0]) ; break ;
    default : break ;
  }
}

 /* What it does not ask for is poison. */

void machineworld_feed (struct machineworld *w, enum machine_event event, int value)
{
  struct machine_input in = { .event = event, .value = value } ;
  struct { struct machine_effects effects ; unsigned int canary ; } room = { .canary = 0xdeadbeef } ;
  struct machine_files files = { .downsignal = POISON, .reloadsignal = POISON, .timeoutkill = 1, .timeoutfinish = 1, .maxdelay = 1000000000, .iskillgroup = 1 } ;
  unsigned int reads ;
  machineworld_get_time(w, &in.now) ;
  in.label = in.now ;
  reads = machine_reads(&w->m, &in) ;
  if (reads & MACHINE_DOWNSIGNAL) files.downsignal = w->files.downsignal ;
  if (reads & MACHINE_RELOADSIGNAL) files.reloadsignal = w->files.reloadsignal ;
  if (reads & MACHINE_TIMEOUTKILL) files.timeoutkill = w->files.timeoutkill ;
  if (reads & MACHINE_TIMEOUTFINISH) files.timeoutfinish = w->files.timeoutfinish ;
  if (reads & MACHINE_MAXDELAY) files.maxdelay = w->files.maxdelay ;
  if (reads & MACHINE_KILLGROUP) files.iskillgroup = w->files.iskillgroup ;
  machine_step(&w->m, &in, &files, &room.effects) ;
  machineworld_must(w, RULE_EFFECTS, room.canary == 0xdeadbeef && room.effects.n <= MACHINE_EFFECTS_MAX) ;
  if (room.effects.n > w->most) w->most = room.effects.n ;
  for (unsigned int i = 0 ; i < room.effects.n ; i++) perform(w, room.effects.list + i) ;
}

static enum machine_state expected_state (struct machineworld const *w)
{
  if (w->isover) return MACHINE_OVER ;
  return !w->pid ? MACHINE_DOWN : w->isfinish ? MACHINE_FINISH : MACHINE_UP ;
}

void machineworld_judge (struct machineworld *w)
{
  unsigned int flags = w->m.status.flags ;
  enum machine_state state = expected_state(w) ;
  machineworld_must(w, RULE_STATUS_SAVED, machineworld_is_same(&w->saved, &w->m.status)) ;
  machineworld_must(w, RULE_TALLY, !w->owestally) ;
  machineworld_must(w, RULE_LETTERS, !w->owed[0]) ;
  machineworld_must(w, RULE_PID, w->m.status.pid == w->pid) ;
  machineworld_must(w, RULE_STATE, w->m.state == state) ;
  machineworld_must(w, RULE_FLAGS, !(flags & ~15u) && !!(flags & SVSTATUS_FINISHING) == (w->pid && w->isfinish)) ;
  machineworld_must(w, RULE_FLAGS, !!(flags & SVSTATUS_READY) == (w->pid ? w->isready && !w->isfinish : 1)) ;
  if (!w->isover) machineworld_must(w, RULE_WANTED, !!(flags & SVSTATUS_WANTEDUP) == w->iswanted) ;
  if (state == MACHINE_DOWN) machineworld_must(w, RULE_DUE, w->iswanted || w->isonce ? machineworld_due(w) <= w->now + FOREVER : machineworld_due(w) == MACHINEWORLD_NEVER) ;
  if (state == MACHINE_UP || state == MACHINE_FINISH) machineworld_must(w, RULE_KILL, machineworld_due(w) == w->killdue) ;
  w->isletter = 0 ;
  w->owed[0] = 0 ;
  w->owestally = 0 ;
}
