/* ISC license. */

/* libsupervise/wait.h: the table. A row is what is wanted, how the services are when they
   are first looked at, what comes, and what is decided at first and after each of these. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"
#include "libsupervise/wait.h"
#include "support/tap.h"

enum { SERVICES_MAX = 3, WALKS = 2000, STEPS = 60 } ;

 /* A service: ? unknown, u up, U ready, d down, D finish is over.
    What comes: "aud" letters u and d for the first one; "a=u" its status; "a*u" its
    status, up since another moment; "a-" its supervisor is yet to come.
    Decided: . nothing yet, + done, or how many have failed. */

static struct row
{
  enum wait_want want ;
  int isany ;
  char const *first ;
  char const *comes ;
  char const *decided ;
} const rows[] =
{
  /* one, that is so already */
  { WAIT_UP, 0, "u", "", "+" },
  { WAIT_UP, 0, "U", "", "+" },
  { WAIT_UP, 0, "d", "", "." },
  { WAIT_UP, 0, "D", "", "." },
  { WAIT_UP, 0, "?", "", "." },
  { WAIT_READY, 0, "u", "", "." },
  { WAIT_READY, 0, "U", "", "+" },
  { WAIT_READY, 0, "D", "", "." },
  { WAIT_DOWN, 0, "u", "", "." },
  { WAIT_DOWN, 0, "U", "", "." },
  { WAIT_DOWN, 0, "d", "", "+" },
  { WAIT_DOWN, 0, "D", "", "+" },
  { WAIT_DOWN, 0, "?", "", "." },
  { WAIT_FINISHED, 0, "u", "", "." },
  { WAIT_FINISHED, 0, "d", "", "." },
  { WAIT_FINISHED, 0, "D", "", "+" },
  { WAIT_FINISHED, 0, "?", "", "." },
  { WAIT_RESTARTED, 0, "u", "", "." },
  { WAIT_RESTARTED, 0, "U", "", "." },
  { WAIT_RESTARTED, 0, "D", "", "." },
  { WAIT_RESTARTEDREADY, 0, "U", "", "." },
  /* one, by letters */
  { WAIT_UP, 0, "D", "as au", "..+" },
  { WAIT_UP, 0, "D", "aU", ".+" },
  { WAIT_UP, 0, "D", "audD", ".+" },
  { WAIT_UP, 0, "d", "aD az au", "...+" },
  { WAIT_UP, 0, "?", "as a=D au", "...+" },
  { WAIT_READY, 0, "D", "au aU", "..+" },
  { WAIT_READY, 0, "D", "audD au aU", "...+" },
  { WAIT_DOWN, 0, "u", "aU ad", "..+" },
  { WAIT_DOWN, 0, "u", "adDu", ".+" },
  { WAIT_DOWN, 0, "u", "aD", ".+" },
  { WAIT_FINISHED, 0, "u", "ad aD", "..+" },
  { WAIT_FINISHED, 0, "U", "aOD", ".+" },
  { WAIT_FINISHED, 0, "d", "aO aD", "..+" },
  { WAIT_RESTARTED, 0, "u", "ad aD au", "...+" },
  { WAIT_RESTARTED, 0, "u", "au aU", "..." },
  { WAIT_RESTARTED, 0, "D", "au", ".+" },
  { WAIT_RESTARTED, 0, "?", "as a=D au", "...+" },
  { WAIT_RESTARTEDREADY, 0, "U", "adDu aU", "..+" },
  { WAIT_RESTARTEDREADY, 0, "U", "aU", ".." },
  { WAIT_RESTARTEDREADY, 0, "D", "au aU", "..+" },
  /* one, by its status: letters were lost */
  { WAIT_UP, 0, "D", "a=u", ".+" },
  { WAIT_READY, 0, "D", "a=u a=U", "..+" },
  { WAIT_DOWN, 0, "u", "a=d", ".+" },
  { WAIT_FINISHED, 0, "u", "a=d a=D", "..+" },
  { WAIT_RESTARTED, 0, "u", "a=u a=U a*u", "...+" },
  { WAIT_RESTARTED, 0, "u", "a=d a=u", "..+" },
  { WAIT_RESTARTED, 0, "?", "a=u a=u a*u", "...+" },
  { WAIT_RESTARTEDREADY, 0, "U", "a*u a=U", "..+" },
  /* letters that are late: of what the status has told already */
  { WAIT_RESTARTED, 0, "u", "au aU a=U", "...." },
  { WAIT_DOWN, 0, "u", "as au", "..." },
  /* failing */
  { WAIT_UP, 0, "D", "aO", ".1" },
  { WAIT_UP, 0, "D", "aOD", ".1" },
  { WAIT_UP, 0, "u", "", "+" },
  { WAIT_READY, 0, "u", "adOD", ".1" },
  { WAIT_RESTARTED, 0, "u", "adOD", ".1" },
  { WAIT_RESTARTEDREADY, 0, "u", "ad aOD", "..1" },
  { WAIT_DOWN, 0, "u", "aO ad", "..+" },
  { WAIT_UP, 0, "D", "ax", ".1" },
  { WAIT_READY, 0, "u", "ax", ".1" },
  { WAIT_READY, 0, "u", "adDx", ".1" },
  { WAIT_DOWN, 0, "u", "ax", ".1" },
  { WAIT_FINISHED, 0, "d", "ax", ".1" },
  { WAIT_FINISHED, 0, "u", "adDx", ".+" },
  { WAIT_RESTARTED, 0, "u", "ax", ".1" },
  /* all of several, at the same time */
  { WAIT_UP, 0, "uu", "", "+" },
  { WAIT_UP, 0, "uD", "bu", ".+" },
  { WAIT_UP, 0, "DD", "au adD bu au", "....+" },
  { WAIT_UP, 0, "uD", "adD bu a=u", "...+" },
  { WAIT_DOWN, 0, "uu", "ad au bd ad", "....+" },
  { WAIT_FINISHED, 0, "uDd", "aD cD", "..+" },
  { WAIT_RESTARTED, 0, "uu", "adDu bdD bu", "...+" },
  { WAIT_RESTARTED, 0, "uu", "a*u b*u", "..+" },
  { WAIT_RESTARTED, 0, "uD", "bu adDu", "..+" },
  { WAIT_RESTARTED, 0, "uu", "adDu ad bdDu au", "....+" },
  /* some of several fail: the others are waited for */
  { WAIT_UP, 0, "DD", "aOD bu", "..1" },
  { WAIT_UP, 0, "DD", "bu aOD", "..1" },
  { WAIT_UP, 0, "DD", "aOD bx", "..2" },
  { WAIT_UP, 0, "DDD", "aOD bx cu", "...2" },
  { WAIT_UP, 0, "DD", "aOD au bu", "...+" },
  { WAIT_UP, 0, "DD", "aOD a=D bu", "...1" },
  { WAIT_UP, 0, "DD", "aOD a=u bu", "...+" },
  { WAIT_UP, 0, "uD", "ax bu", "..1" },
  { WAIT_UP, 0, "DD", "ax as a=D bu au", ".....+" },
  { WAIT_DOWN, 0, "uu", "ax as a=u bd ad", ".....+" },
  { WAIT_DOWN, 0, "uu", "adD ax bd", "...+" },
  { WAIT_FINISHED, 0, "uu", "ad ax bdD", "...1" },
  { WAIT_DOWN, 0, "uu", "aO bd ad", "...+" },
  /* any */
  { WAIT_UP, 1, "DD", "bu", ".+" },
  { WAIT_UP, 1, "Du", "", "+" },
  { WAIT_UP, 1, "DD", "aOD", ".1" },
  { WAIT_UP, 1, "DD", "bx", ".1" },
  { WAIT_DOWN, 1, "uu", "aO bd", "..+" },
  { WAIT_RESTARTED, 1, "uu", "bd bD au bu", "....+" },
  /* one that is yet to come */
  { WAIT_UP, 0, "?", "a=D ax a- au", "..1.+" },
  { WAIT_UP, 0, "uD", "a- bu a=u", "...+" },
  { WAIT_DOWN, 0, "uD", "a-", ".." }
} ;

static void set_status (struct wait *w, unsigned int i, char how, unsigned int *label)
{
  struct svstatus status = { .pid = 0 } ;
  tain_uint(&status.changed, *label) ;
  if (how == 'u' || how == 'U' || how == 'd') status.pid = 77 ;
  if (how == 'U' || how == 'D') status.flags |= SVSTATUS_READY ;
  if (how == 'd') status.flags |= SVSTATUS_FINISHING ;
  wait_status(w, i, &status) ;
}

static char verdict (struct wait const *w)
{
  switch (wait_verdict(w))
  {
    case WAIT_GOON : return '.' ;
    case WAIT_DONE : return '+' ;
    default : return (char)('0' + w->failed) ;
  }
}

 /* As a listener does: nothing more is taken once it is decided. */

static void apply (struct wait *w, char const *s, size_t len, unsigned int *label)
{
  unsigned int i = (unsigned int)(s[0] - 'a') ;
  if (s[1] == '-') wait_forget(w, i) ;
  else if (s[1] == '=') set_status(w, i, s[2], label) ;
  else if (s[1] == '*')
  {
    ++*label ;
    set_status(w, i, s[2], label) ;
  }
  else for (size_t j = 1 ; j < len && !wait_verdict(w) ; j++) wait_letter(w, i, s[j]) ;
}

static void check_row (struct row const *r)
{
  struct wait_service services[SERVICES_MAX] ;
  struct wait w ;
  char got[32] ;
  char const *s = r->comes ;
  size_t n = 0 ;
  unsigned int label = 1 ;
  wait_init(&w, r->want, r->isany, services, (unsigned int)strlen(r->first)) ;
  for (unsigned int i = 0 ; i < w.n ; i++) if (r->first[i] != '?') set_status(&w, i, r->first[i], &label) ;
  got[n++] = verdict(&w) ;
  while (*s)
  {
    size_t len = strcspn(s, " ") ;
    apply(&w, s, len, &label) ;
    got[n++] = verdict(&w) ;
    s += len ;
    s += strspn(s, " ") ;
  }
  got[n] = 0 ;
  tap_string(got, r->decided, "want %d, %s of \"%s\": %s", (int)r->want, r->isany ? "any" : "all", r->first, r->comes) ;
}

 /* Whatever comes: what is counted is what there is, and nobody fits who has failed. */

static unsigned int count (struct wait const *w, int isfailed)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < w->n ; i++) n += isfailed ? !!w->services[i].failure : w->services[i].fits ;
  return n ;
}

static void walk (void)
{
  static char const letters[] = "suUdDOxz" ;
  static char const states[] = "uUdD" ;
  struct wait_service services[SERVICES_MAX] ;
  struct wait w ;
  unsigned int wrong = 0, both = 0, label = 1 ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < WALKS ; i++)
  {
    wait_init(&w, i % (WAIT_RESTARTEDREADY + 1), i & 1, services, 1 + i % SERVICES_MAX) ;
    for (unsigned int j = 0 ; j < STEPS ; j++)
    {
      unsigned int k = (unsigned int)random() % w.n ;
      unsigned int what = (unsigned int)random() % 16 ;
      if (!what) wait_forget(&w, k) ;
      else if (what < 6)
      {
        label += what == 1 ;
        set_status(&w, k, states[random() % 4], &label) ;
      }
      else wait_letter(&w, k, letters[random() % 8]) ;
      wrong += count(&w, 0) != w.fitting || count(&w, 1) != w.failed ;
      for (unsigned int m = 0 ; m < w.n ; m++) both += services[m].fits && services[m].failure ;
    }
  }
  tap_int(wrong, 0, "whatever comes, what is counted is what there is") ;
  tap_int(both, 0, "and nobody is as he is wanted and has failed") ;
}

int main (void)
{
  for (unsigned int i = 0 ; i < sizeof(rows) / sizeof(*rows) ; i++) check_row(rows + i) ;
  walk() ;
  return tap_done() ;
}
