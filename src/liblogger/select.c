/* ISC license. */

#include <skalibs/nonposix.h>

#include <regex.h>
#include <string.h>

#include "liblogger/script.h"
#include "liblogger/select.h"

#ifdef REG_STARTEND

static int has_match (regex_t const *regex, char *line, size_t len)
{
  regmatch_t match = { .rm_so = 0, .rm_eo = (regoff_t)len } ;
  return regexec(regex, line, 0, &match, REG_STARTEND) == 0 ;
}

#else

static int has_match (regex_t const *regex, char *line, size_t len)
{
  char end = line[len] ;
  int r ;
  line[len] = 0 ;
  r = regexec(regex, line, 0, 0, 0) ;
  line[len] = end ;
  return r == 0 ;
}

#endif

static int is_match (struct script_selection const *x, char *line, size_t len)
{
  switch (x->match)
  {
    case SCRIPT_ALL : return 1 ;
    case SCRIPT_BEGIN : return len >= x->len && !memcmp(line, x->text, x->len) ;
    case SCRIPT_PART : return !!memmem(line, len, x->text, x->len) ;
    case SCRIPT_REGEX : return has_match(&x->regex, line, len) ;
  }
  return 0 ;
}

 /* A selection that cannot change anything is not tried. */

static int select_by (struct script_selection const *x, int isselected, int isacted, char *line, size_t len)
{
  switch (x->how)
  {
    case 'f' : return !isacted ;
    case '+' : return isselected || is_match(x, line, len) ;
    default : return isselected && !is_match(x, line, len) ;
  }
}

void select_groups (struct script const *s, char *line, size_t len, uint8_t *isselected)
{
  int selected = 1 ;
  int isacted = 0 ;
  for (unsigned int i = 0 ; i < s->grouplen ; i++)
  {
    struct script_group const *g = s->groups + i ;
    for (unsigned int j = 0 ; j < g->selections ; j++)
      selected = select_by(s->selections + g->firstselection + j, selected, isacted, line, len) ;
    isselected[i] = (uint8_t)selected ;
    isacted |= selected ;
  }
}
