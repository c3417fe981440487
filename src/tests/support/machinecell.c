/* ISC license. */

#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "machinecell.h"

enum
{
  NOW_SECONDS = 1000,
  TIMEOUT_KILL = 1234,
  TIMEOUT_FINISH = 2345,
  AGAIN = 5000,
  PAUSE = 1000,
  RETRY = 1000,
  SOME_PID = 77,
  VARIANTS = 256
} ;

struct one
{
  struct machine before, after ;
  struct machine_files files ;
  struct machine_effects effects ;
} ;

static struct one all[VARIANTS] ;
static unsigned int alllen ;
static tain now, far, label ;

static int bit (unsigned int n, unsigned int i)
{
  return n >> i & 1 ;
}

static int is_same (tain const *a, tain const *b)
{
  return !tain_less(a, b) && !tain_less(b, a) ;
}

static int fits (int want, int is)
{
  return want == -1 || want == is ;
}

static void make_files (struct one *o, struct machinecell const *w, int hastimeouts)
{
  o->files.downsignal = MACHINEWORDS_DOWNSIGNAL ;
  o->files.reloadsignal = MACHINEWORDS_RELOADSIGNAL ;
  o->files.timeoutkill = hastimeouts ? TIMEOUT_KILL : 0 ;
  o->files.timeoutfinish = hastimeouts ? TIMEOUT_FINISH : 0 ;
  o->files.maxdelay = 0 ;
  o->files.iskillgroup = (uint8_t)(w->isgroup == -1 ? hastimeouts : w->isgroup) ;
}

 /* The n-th machine of those that there can be; 0: there is none of that kind. */

static int make (struct one *o, struct machinecell const *w, unsigned int n)
{
  struct machine *m = &o->before ;
  int iswanted = bit(n, 0), ispaused = bit(n, 1), isready = bit(n, 2), isleaving = bit(n, 3) ;
  int isdue = bit(n, 4), islate = bit(n, 5), isonce = bit(n, 6) ;
  machine_init(m, 0, &now, &label) ;
  m->state = w->state ;
  if (w->state == MACHINE_DOWN ? isleaving || !isready || isdue != (iswanted || isonce) : isonce) return 0 ;
  if (w->state == MACHINE_FINISH && (isready || ispaused || (w->isanswer && isdue))) return 0 ;
  if (!fits(w->iswanted, iswanted) || !fits(w->isready, isready) || !fits(w->isleaving, isleaving) || !fits(w->islate, islate)) return 0 ;
  m->status.flags = (iswanted ? SVSTATUS_WANTEDUP : 0) | (ispaused ? SVSTATUS_PAUSED : 0) | (isready ? SVSTATUS_READY : 0) ;
  if (w->state == MACHINE_FINISH && !w->isanswer) m->status.flags |= SVSTATUS_FINISHING ;
  m->status.pid = w->state == MACHINE_DOWN || w->isanswer ? 0 : SOME_PID ;
  m->isonce = isonce ;
  m->isleaving = isleaving ;
  m->isuntimed = w->isuntimed ;
  m->due = isdue ? far : tain_infinite ;
  if (islate) tain_uint(&m->started, NOW_SECONDS / 2) ;
  make_files(o, w, bit(n, 7)) ;
  return 1 ;
}

static void step_all (struct machinecell const *w, enum machine_event event, int value)
{
  struct machine_input const in = { .event = event, .value = value, .now = now, .label = label } ;
  alllen = 0 ;
  for (unsigned int n = 0 ; n < VARIANTS ; n++)
  {
    struct one *o = all + alllen ;
    if (!make(o, w, n)) continue ;
    if (event == MACHINE_DUE)
    {
      if (is_same(&o->before.due, &tain_infinite)) continue ;
      o->before.due = now ;
    }
    o->after = o->before ;
    machine_step(&o->after, &in, &o->files, &o->effects) ;
    alllen++ ;
  }
}

static int has_status (struct one const *o)
{
  for (unsigned int i = 0 ; i < o->effects.n ; i++) if (o->effects.list[i].type == EFFECT_STATUS) return 1 ;
  return 0 ;
}

static void put_effects (struct machinewords *words, struct one const *o, char const *status)
{
  for (unsigned int i = 0 ; i < o->effects.n ; i++)
  {
    if (o->effects.list[i].type != EFFECT_STATUS) machinewords_effect(words, o->effects.list + i) ;
    else if (status) machinewords_add(words, status) ;
  }
}

static int is_like (struct one const *o, struct one const *other)
{
  struct machinewords mine = MACHINEWORDS_ZERO, theirs = MACHINEWORDS_ZERO ;
  char const *status = has_status(o) ? "S" : 0 ;
  put_effects(&mine, o, status) ;
  put_effects(&theirs, other, status) ;
  return !strcmp(mine.s, theirs.s) ;
}

 /* The status is written always, or when a flag has changed: then there are those where
    none has. */

static void add_effects (struct machinewords *words)
{
  struct one const *longest = all ;
  unsigned int with = 0, right = 0, like = 0 ;
  for (unsigned int i = 0 ; i < alllen ; i++)
  {
    int has = has_status(all + i) ;
    with += (unsigned int)has ;
    right += has == (all[i].before.status.flags != all[i].after.status.flags) ;
    if (has) longest = all + i ;
  }
  for (unsigned int i = 0 ; i < alllen ; i++) like += (unsigned int)is_like(all + i, longest) ;
  put_effects(words, longest, with == alllen ? "S" : right == alllen ? "(S)" : "?S") ;
  if (like != alllen) machinewords_add(words, "?") ;
}

static int flag (struct machine const *m, char c)
{
  switch (c)
  {
    case 'u' : return !!(m->status.flags & SVSTATUS_WANTEDUP) ;
    case 'p' : return !!(m->status.flags & SVSTATUS_PAUSED) ;
    case 'f' : return !!(m->status.flags & SVSTATUS_FINISHING) ;
    case 'r' : return !!(m->status.flags & SVSTATUS_READY) ;
    case 'o' : return m->isonce ;
    default : return m->state != MACHINE_OVER && m->isleaving ;  /* no matter then */
  }
}

static void add_flag (struct machinewords *words, char c)
{
  char s[3] = { '?', c, 0 } ;
  unsigned int same = 0, on = 0 ;
  for (unsigned int i = 0 ; i < alllen ; i++)
  {
    same += flag(&all[i].after, c) == flag(&all[i].before, c) ;
    on += (unsigned int)flag(&all[i].after, c) ;
  }
  if (same == alllen || (c == 'l' && all[0].after.state == MACHINE_OVER)) return ;
  if (on == alllen) s[0] = '+' ;
  else if (!on) s[0] = '-' ;
  machinewords_add(words, s) ;
}

 /* The deadlines that there are, by the letter that they have in the tables. */

static void get_deadline (struct one const *o, char c, tain *when)
{
  *when = c == 'k' ? o->before.due : tain_infinite ;
  switch (c)
  {
    case 'k' : if (o->files.timeoutkill) clock_after(when, &now, TIMEOUT_KILL) ; break ;
    case 'f' : if (o->files.timeoutfinish) clock_after(when, &now, TIMEOUT_FINISH) ; break ;
    case '5' : clock_after(when, &now, AGAIN) ; break ;
    case 'p' : clock_after(when, &o->before.started, PAUSE) ; break ;
    case 'r' : clock_after(when, &now, RETRY) ; break ;
    default : break ;
  }
}

static int are_all (char c)
{
  for (unsigned int i = 0 ; i < alllen ; i++)
  {
    tain when ;
    get_deadline(all + i, c, &when) ;
    if (!is_same(&when, &all[i].after.due)) return 0 ;
  }
  return 1 ;
}

static void add_deadline (struct machinewords *words)
{
  char s[3] = { '@', '?', 0 } ;
  unsigned int same = 0, over = 0 ;
  for (unsigned int i = 0 ; i < alllen ; i++)
  {
    same += (unsigned int)is_same(&all[i].before.due, &all[i].after.due) ;
    over += all[i].after.state == MACHINE_OVER && is_same(&all[i].after.due, &tain_infinite) ;
  }
  if (same == alllen || over == alllen) return ;
  for (char const *c = "-kf5pr" ; *c && s[1] == '?' ; c++) if (are_all(*c)) s[1] = *c ;
  machinewords_add(words, s) ;
}

static void add_state (struct machinewords *words)
{
  static char const *const names[] = { ">down", ">up", ">finish", ">over" } ;
  unsigned int same = 0, like = 0 ;
  for (unsigned int i = 0 ; i < alllen ; i++)
  {
    same += all[i].after.state == all[i].before.state ;
    like += all[i].after.state == all[0].after.state ;
  }
  if (same != alllen) machinewords_add(words, like == alllen ? names[all[0].after.state] : ">?") ;
}

void machinecell (struct machinecell const *w, enum machine_event event, int value, struct machinewords *words)
{
  tain_uint(&now, NOW_SECONDS) ;
  tain_uint(&label, NOW_SECONDS) ;
  tain_uint(&far, 2 * NOW_SECONDS) ;
  step_all(w, event, value) ;
  add_effects(words) ;
  for (char const *c = "upfrol" ; *c ; c++) add_flag(words, *c) ;
  add_deadline(words) ;
  add_state(words) ;
}
