/* ISC license. */

#include <stdint.h>

#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "liblogger/script.h"

 /* The first one that has no room is the last. */

struct words
{
  stralloc *sa ;
  int isfull ;
} ;

static void say (struct words *w, char const *s)
{
  if (!w->isfull && !stralloc_cats(w->sa, s)) w->isfull = 1 ;
}

static void say_text (struct words *w, char const *before, char const *s, char const *behind)
{
  say(w, before) ;
  say(w, s) ;
  say(w, behind) ;
}

static void say_number (struct words *w, char const *before, uint64_t n, char const *behind)
{
  char number[UINT64_FMT] ;
  number[uint64_fmt(number, n)] = 0 ;
  say_text(w, before, number, behind) ;
}

 /* Where it has a meaning only. */

static void say_if (struct words *w, char const *before, uint64_t n, char const *behind)
{
  if (n) say_number(w, before, n, behind) ;
}

static void explain_selection (struct words *w, struct script_selection const *x)
{
  if (x->how == 'f')
  {
    say(w, "  no: what no group before has taken, and nothing else\n") ;
    return ;
  }
  say(w, x->how == '-' ? "  but not " : "  and also ") ;
  switch (x->match)
  {
    case SCRIPT_ALL : say(w, x->how == '-' ? "the rest\n" : "all others\n") ; break ;
    case SCRIPT_PART : say_text(w, "what contains \"", x->text, "\"\n") ; break ;
    case SCRIPT_BEGIN : say_text(w, "what begins with \"", x->text, "\"\n") ; break ;
    case SCRIPT_REGEX : say_text(w, "what the expression \"", x->pattern, "\" matches\n") ; break ;
  }
}

static void explain_additions (struct words *w, struct script_settings const *x)
{
  if (x->stamps & SCRIPT_TAI64N) say(w, ", with a TAI64N label") ;
  if (x->stamps & SCRIPT_ISO) say(w, ", with the local time") ;
  if (x->stamps & SCRIPT_UTC) say_number(w, ", with the UTC time to ", x->digits, " digits") ;
  if (x->stamps & SCRIPT_LOCAL) say_number(w, ", with the local time and its offset to ", x->localdigits, " digits") ;
  if (x->prefix) say_text(w, ", after \"", x->prefix, " \"") ;
  say(w, "\n") ;
}

static void explain_limits (struct words *w, struct script_settings const *x)
{
  if (x->isdropping) say(w, "      what it cannot take is dropped and counted\n") ;
  if (x->lines)
  {
    say_number(w, "      at most ", x->lines, " lines") ;
    say_number(w, " in ", x->window, " seconds; the others are counted\n") ;
  }
}

static void explain_rotation (struct words *w, struct script_settings const *x)
{
  say_number(w, "      files of at most ", x->size, " bytes") ;
  say_number(w, ", rotated when there is no room for ", x->tolerance, " more") ;
  say_if(w, ", and every ", x->every, " seconds") ;
  if (x->isaligned) say_number(w, ", ", x->offset, " seconds after midnight UTC") ;
  say_number(w, "\n      at most ", x->archives, " archives") ;
  say_if(w, ", of ", x->total, " bytes together") ;
  say_if(w, ", none older than ", x->age, " seconds") ;
  if (x->processor) say_text(w, x->isshell ? ", made by sh: \"" : ", made by execlineb: \"", x->processor, "\"") ;
  if (x->sync != SCRIPT_NEVER) say_number(w, "\n      on the disk within ", x->sync, " milliseconds") ;
  say_number(w, "\n      what fails is tried again after ", x->retry, " milliseconds\n") ;
}

static void explain_action (struct words *w, struct script_action const *a)
{
  struct script_settings const *x = &a->settings ;
  switch (a->type)
  {
    case SCRIPT_STDOUT : say(w, "    to stdout") ; break ;
    case SCRIPT_ALERT :
      say(w, "    to stderr, as an alert") ;
      say_if(w, " of at most ", x->alert, " bytes of the line") ;
      break ;
    case SCRIPT_STATUS :
      say_text(w, "    the last one into the file ", a->path, "") ;
      say_if(w, ", of ", x->status, " bytes") ;
      break ;
    case SCRIPT_DIR : say_text(w, "    into the directory ", a->path, "") ; break ;
  }
  explain_additions(w, x) ;
  if (a->type == SCRIPT_DIR) explain_rotation(w, x) ;
  if (a->type != SCRIPT_STATUS) explain_limits(w, x) ;
}

static void explain_group (struct words *w, struct script const *s, unsigned int i)
{
  struct script_group const *g = s->groups + i ;
  say_number(w, "group ", i + 1, i ? ": the lines that the one before has taken\n" : ": all lines\n") ;
  for (unsigned int j = 0 ; j < g->selections ; j++) explain_selection(w, s->selections + g->firstselection + j) ;
  say(w, "  go\n") ;
  for (unsigned int j = 0 ; j < g->actions ; j++) explain_action(w, s->actions + g->firstaction + j) ;
}

int script_explain (stralloc *sa, struct script const *s)
{
  struct words w = { .sa = sa, .isfull = 0 } ;
  for (unsigned int i = 0 ; i < s->grouplen ; i++) explain_group(&w, s, i) ;
  return !w.isfull ;
}
