/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "liblogger/script-internal.h"
#include "liblogger/script.h"

 /* What has been read, and what holds for what comes next. */

struct reading
{
  struct script *script ;
  struct script_settings settings ;
  struct script_error *error ;
  int isingroup ;  /* the last group has no action yet */
} ;

static int is_selection (char const *word)
{
  return word[0] == '+' || word[0] == '-' || word[0] == 'f' ;
}

static struct script_group *open_group (struct reading *r)
{
  struct script *s = r->script ;
  struct script_group *g ;
  if (r->isingroup) return s->groups + s->grouplen - 1 ;
  g = s->groups + s->grouplen++ ;
  g->selections = g->actions = 0 ;
  g->firstselection = s->selectionlen ;
  g->firstaction = s->actionlen ;
  r->isingroup = 1 ;
  return g ;
}

static int read_selection (struct reading *r, char const *word)
{
  struct script *s = r->script ;
  struct script_group *g = open_group(r) ;
  if (!script_selection(s->selections + s->selectionlen, word, r->error)) return 0 ;
  s->selectionlen++ ;
  g->selections++ ;
  return 1 ;
}

 /* Two loggers of one directory would get in each other's way. */

static size_t path_length (char const *path)
{
  size_t len = strlen(path) ;
  while (len > 1 && path[len-1] == '/') len-- ;
  return len ;
}

static int is_taken (struct script const *s, char const *path)
{
  size_t len = path_length(path) ;
  for (unsigned int i = 0 ; i < s->actionlen ; i++)
    if (s->actions[i].type == SCRIPT_DIR && path_length(s->actions[i].path) == len && !memcmp(s->actions[i].path, path, len)) return 1 ;
  return 0 ;
}

 /* The group of the actions before this one, if no selection stands between. */

static struct script_group *group_of_action (struct reading *r)
{
  struct script *s = r->script ;
  if (!r->isingroup && s->grouplen) return s->groups + s->grouplen - 1 ;
  return open_group(r) ;
}

static int add_action (struct reading *r, enum script_type type, char const *path)
{
  struct script *s = r->script ;
  struct script_group *g = group_of_action(r) ;
  struct script_action *a = s->actions + s->actionlen++ ;
  a->type = type ;
  a->path = path ;
  a->settings = r->settings ;
  r->settings.stamps = 0 ;
  g->actions++ ;
  r->isingroup = 0 ;
  return 1 ;
}

static int read_action (struct reading *r, char const *word)
{
  switch (word[0])
  {
    case '1' :
    case '2' :
      if (word[1]) break ;
      return add_action(r, word[0] == '1' ? SCRIPT_STDOUT : SCRIPT_ALERT, 0) ;
    case '=' :
      if (!word[1]) return script_wrong(r->error, word, "directive = wants a file") ;
      return add_action(r, SCRIPT_STATUS, word + 1) ;
    case '.' :
    case '/' :
      if (is_taken(r->script, word)) return script_wrong(r->error, word, "the same directory twice") ;
      return add_action(r, SCRIPT_DIR, word) ;
    default : break ;
  }
  return script_wrong(r->error, word, "no directive of a logging script (a directory begins with / or .)") ;
}

static int read_word (struct reading *r, char const *word)
{
  int isit ;
  if (is_selection(word)) return read_selection(r, word) ;
  if (script_setting(&r->settings, word, &isit, r->error)) return 1 ;
  return isit ? 0 : read_action(r, word) ;
}

 /* What stands behind the last action does nothing. */

static int finish (struct script *s, struct script_error *error)
{
  struct script_group *last = s->groups + s->grouplen - 1 ;
  if (!s->actionlen) return script_wrong(error, 0, "there is no action") ;
  if (last->actions) return 1 ;
  while (last->selections--) script_selection_free(s->selections + --s->selectionlen) ;
  s->grouplen-- ;
  return 1 ;
}

static char const *find_useless (char const *const *words)
{
  char const *found = 0 ;
  for (; *words ; words++)
    if (is_selection(*words)) found = *words ;
    else if (strchr("12=./", (*words)[0])) found = 0 ;
  return found ;
}

int script_compile (struct script *s, char const *const *words, struct script_error *error)
{
  static struct script const zero = { .selections = 0 } ;
  struct reading r = { .script = s, .error = error } ;
  size_t n = 0 ;
  *s = zero ;
  error->word = 0 ;
  error->text[0] = 0 ;
  while (words[n]) n++ ;
  s->selections = calloc(n + 1, sizeof(struct script_selection)) ;
  s->actions = calloc(n + 1, sizeof(struct script_action)) ;
  s->groups = calloc(n + 1, sizeof(struct script_group)) ;
  script_defaults(&r.settings) ;
  if (s->selections && s->actions && s->groups)
  {
    size_t i = 0 ;
    while (i < n && read_word(&r, words[i])) i++ ;
    s->useless = i == n ? find_useless(words) : 0 ;
    if (i == n && finish(s, error)) return 1 ;
  }
  else errno = ENOMEM ;
  script_free(s) ;
  return 0 ;
}

void script_free (struct script *s)
{
  int e = errno ;
  for (unsigned int i = 0 ; i < s->selectionlen ; i++) script_selection_free(s->selections + i) ;
  free(s->selections) ;
  free(s->actions) ;
  free(s->groups) ;
  s->selections = 0 ;
  s->actions = 0 ;
  s->groups = 0 ;
  s->selectionlen = s->actionlen = s->grouplen = 0 ;
  errno = e ;
}
