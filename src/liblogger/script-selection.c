/* ISC license. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "liblogger/script-internal.h"
#include "liblogger/script.h"

 /* Most patterns are plain texts, which are found without the engine of expressions. */

static enum script_match recognize (struct script_selection *x, char const *pattern)
{
  x->pattern = pattern ;
  x->text = pattern + (pattern[0] == '^') ;
  x->len = strlen(x->text) ;
  if (!pattern[0]) return SCRIPT_ALL ;
  if (!x->len || strpbrk(x->text, ".[]()*+?{}|^$\\")) return SCRIPT_REGEX ;
  return pattern[0] == '^' ? SCRIPT_BEGIN : SCRIPT_PART ;
}

int script_selection (struct script_selection *x, char const *word, struct script_error *error)
{
  int r ;
  x->how = word[0] ;
  x->pattern = "" ;
  if (word[0] == 'f')
  {
    x->match = SCRIPT_ALL ;
    return !word[1] || script_wrong(error, word, "directive f wants nothing") ;
  }
  x->match = recognize(x, word + 1) ;
  if (x->match != SCRIPT_REGEX) return 1 ;
  r = regcomp(&x->regex, word + 1, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) ;
  if (!r) return 1 ;
  x->match = SCRIPT_ALL ;  /* there is nothing to free */
  if (r == REG_ESPACE) return (errno = ENOMEM, 0) ;
  script_wrong(error, word, "") ;
  regerror(r, &x->regex, error->text, sizeof(error->text)) ;
  return 0 ;
}

void script_selection_free (struct script_selection *x)
{
  if (x->match == SCRIPT_REGEX) regfree(&x->regex) ;
}
