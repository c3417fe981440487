/* ISC license. */

 /* Compiled expressions: each text is compiled once, by the first request
    that needs it, and kept for the next connections. A text that does not
    compile is kept too, so that it is warned about once. */

#include <stdlib.h>
#include <string.h>
#include <regex.h>

#include "libfdholderd/policy.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum expression_numbers
{
  EXPRESSIONS_UNUSED_MAX = 32,
  EXPRESSION_ASKED_MAX = 255
} ;

struct expression
{
  struct expression *next ;
  regex_t compiled ;
  unsigned int users ;
  uint8_t isgood ;
  uint8_t answer ;  /* to the id that was asked for last: a service asks for the same one */
  char asked[EXPRESSION_ASKED_MAX + 1] ;
  char text[] ;
} ;

static void discard (struct expression *e)
{
  if (e->isgood) regfree(&e->compiled) ;
  free(e) ;
}

void expression_freeall (struct policy *p)
{
  while (p->expressions)
  {
    struct expression *e = p->expressions ;
    p->expressions = e->next ;
    discard(e) ;
  }
}

 /* The list is ordered by last use: what is unused and far back goes. */

static void prune (struct policy *p)
{
  unsigned int unused = 0 ;
  for (struct expression **link = &p->expressions ; *link ; )
  {
    struct expression *e = *link ;
    if (e->users || ++unused <= EXPRESSIONS_UNUSED_MAX) link = &e->next ;
    else
    {
      *link = e->next ;
      discard(e) ;
    }
  }
}

static struct expression *find (struct policy *p, char const *text)
{
  for (struct expression **link = &p->expressions ; *link ; link = &(*link)->next)
    if (!strcmp((*link)->text, text))
    {
      struct expression *e = *link ;
      *link = e->next ;
      e->next = p->expressions ;
      p->expressions = e ;
      return e ;
    }
  return 0 ;
}

struct asker
{
  struct rights const *rights ;
  char const *name ;  /* of the variable */
  tain const *now ;
} ;

static void warn (struct policy *p, struct asker const *asker, char const *text, char const *message)
{
  char quoted[LOG_QUOTED_MAX] ;
  struct complaint_account account ;
  complaint_account_uid(&account, asker->rights->key, asker->rights->uid) ;
  complaint_line(p->complaints, LOG_WARNING, "unable to compile an expression", &account, asker->now, "rule ", p->params.key, ": unable to compile ", asker->name, ", ", log_quote(quoted, text, strlen(text)), ": ", message, ": denied") ;
}

 /* 1: done; 0: warned; -1: warned, and may be tried again. What costs too much
    never reaches the compiler. */

static int compile_text (struct policy *p, struct asker const *asker, struct expression *e)
{
  char message[256] = "costs too much: " ;
  char const *excess = expression_excess(e->text) ;
  int r ;
  if (excess)
  {
    strcat(message, excess) ;  /* a few words of ours */
    warn(p, asker, e->text, message) ;
    return 0 ;
  }
  r = regcomp(&e->compiled, e->text, REG_EXTENDED | REG_NOSUB) ;
  if (!r) return 1 ;
  regerror(r, &e->compiled, message, sizeof(message)) ;
  warn(p, asker, e->text, message) ;
  return r == REG_ESPACE ? -1 : 0 ;
}

static struct expression *compile (struct policy *p, struct asker const *asker, char const *text)
{
  size_t len = strlen(text) ;
  int r ;
  struct expression *e = malloc(sizeof(struct expression) + len + 1) ;
  if (!e)
  {
    warn(p, asker, text, "out of memory") ;
    return 0 ;
  }
  memcpy(e->text, text, len + 1) ;
  e->users = 0 ;
  e->asked[0] = 0 ;
  e->answer = 0 ;
  r = compile_text(p, asker, e) ;
  if (r < 0)
  {
    free(e) ;
    return 0 ;
  }
  e->isgood = r ;
  e->next = p->expressions ;
  p->expressions = e ;
  return e ;
}

struct expression *expression_get (struct policy *p, struct rights const *r, char const *name, char const *text, tain const *now)
{
  struct asker asker = { .rights = r, .name = name, .now = now } ;
  struct expression *e = find(p, text) ;
  if (!e)
  {
    e = compile(p, &asker, text) ;
    prune(p) ;
  }
  if (!e || !e->isgood) return 0 ;
  e->users++ ;
  return e ;
}

void expression_release (struct policy *p, struct expression *e)
{
  if (e && !--e->users) prune(p) ;
}

int expression_matches (struct expression *e, char const *id)
{
  int r ;
  if (!strcmp(id, e->asked)) return e->answer ;
  r = regexec(&e->compiled, id, 0, 0, 0) ;
  if (r == REG_ESPACE || strlen(id) > EXPRESSION_ASKED_MAX) return !r ;
  strcpy(e->asked, id) ;  /* it has room for EXPRESSION_ASKED_MAX */
  e->answer = !r ;
  return e->answer ;
}
