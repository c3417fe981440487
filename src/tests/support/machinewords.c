/* ISC license. */

#include <stdio.h>
#include <string.h>

#include <skalibs/sig.h>

#include "machinewords.h"
#include "tap.h"

void machinewords_add (struct machinewords *w, char const *s)
{
  size_t len = strlen(s) ;
  if (w->len + len + 2 > sizeof(w->s)) tap_bail("too many words") ;
  if (w->len) w->s[w->len++] = ' ' ;
  memcpy(w->s + w->len, s, len + 1) ;
  w->len += len ;
}

static void add_signal (struct machinewords *w, int sig, char const *whom)
{
  char s[32] ;
  char const *name = sig == MACHINEWORDS_DOWNSIGNAL ? "dsig" : sig == MACHINEWORDS_RELOADSIGNAL ? "rsig" : sig_name(sig) ;
  snprintf(s, sizeof(s), "%s%s", name, whom) ;
  machinewords_add(w, s) ;
}

static void add_letters (struct machinewords *w, char const *letters)
{
  char s[32] ;
  snprintf(s, sizeof(s), "%s!", letters) ;
  machinewords_add(w, s) ;
}

void machinewords_effect (struct machinewords *w, struct machine_effect const *e)
{
  switch (e->type)
  {
    case EFFECT_STATUS : machinewords_add(w, "S") ; break ;
    case EFFECT_TELL : add_letters(w, e->letters) ; break ;
    case EFFECT_RUN : machinewords_add(w, "run") ; break ;
    case EFFECT_FINISH : machinewords_add(w, "finish") ; break ;
    case EFFECT_TALLY : machinewords_add(w, "tally") ; break ;
    case EFFECT_SIGNAL : add_signal(w, e->value, "") ; break ;
    case EFFECT_SIGNALGROUP : add_signal(w, e->value, "*") ; break ;
    case EFFECT_CLEAN : machinewords_add(w, "clean") ; break ;
    case EFFECT_MAKEDOWN : machinewords_add(w, "mkdown") ; break ;
    case EFFECT_REMOVEDOWN : machinewords_add(w, "rmdown") ; break ;
    case EFFECT_LETGO : machinewords_add(w, "letgo") ; break ;
  }
}
