/* ISC license. */

/* Any words as a logging script: it is refused with a reason, or it is whole, and its values
   are such as a logger can work with. Selections are tried on the last word: a pattern that
   is taken for a plain text finds what the expression would. The words end with a NUL each. */

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include "liblogger/script.h"
#include "liblogger/select.h"
#include "support/fuzz.h"

enum { WORDS = 32 } ;

static void must (int condition)
{
  if (!condition) abort() ;
}

 /* The C library takes its time, and memory, for what is repeated many times. */

static int is_costly (char const *word)
{
  return strpbrk(word, "{*+") && strlen(word) > 24 ;
}

static unsigned int split (char *s, size_t len, char const **words)
{
  unsigned int n = 0 ;
  for (size_t i = 0 ; i < len && n < WORDS ; i += strlen(s + i) + 1) words[n++] = s + i ;
  words[n] = 0 ;
  return n ;
}

static void check_settings (struct script_settings const *x)
{
  must(x->size >= SCRIPT_SIZE_MIN && x->size <= SCRIPT_SIZE_MAX) ;
  must(!x->isaligned || (x->every && x->offset < x->every)) ;
  must(!x->lines || x->window) ;
  must(!x->prefix || *x->prefix) ;
  must(!x->processor || *x->processor) ;
  must(!(x->stamps & SCRIPT_UTC) || x->digits == 3 || x->digits == 6 || x->digits == 9) ;
  must(!(x->stamps & SCRIPT_LOCAL) || x->localdigits == 3 || x->localdigits == 6 || x->localdigits == 9) ;
}

 /* Groups have all selections and actions, one after the other. */

static void check (struct script const *s)
{
  unsigned int selections = 0, actions = 0 ;
  must(s->grouplen && s->actionlen) ;
  for (unsigned int i = 0 ; i < s->grouplen ; i++)
  {
    must(s->groups[i].firstselection == selections && s->groups[i].firstaction == actions) ;
    must(s->groups[i].actions) ;
    selections += s->groups[i].selections ;
    actions += s->groups[i].actions ;
  }
  must(selections == s->selectionlen && actions == s->actionlen) ;
  for (unsigned int i = 0 ; i < s->actionlen ; i++)
  {
    struct script_action const *a = s->actions + i ;
    check_settings(&a->settings) ;
    must((a->type == SCRIPT_DIR || a->type == SCRIPT_STATUS) == !!a->path) ;
    must(a->type != SCRIPT_DIR || a->path[0] == '.' || a->path[0] == '/') ;
  }
}

static int matches (char const *pattern, char const *line)
{
  regex_t r ;
  int found ;
  if (!*pattern) return 1 ;
  must(!regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE)) ;
  found = !regexec(&r, line, 0, 0, 0) ;
  regfree(&r) ;
  return found ;
}

 /* As s6-log(8) says it. */

static void select_again (char const *const *words, char const *line, uint8_t const *isselected)
{
  unsigned int group = 0 ;
  int selected = 1, acted = 0, isaction = 0 ;
  for (; *words ; words++)
  {
    char c = **words ;
    if (c == '+' || c == '-' || c == 'f')
    {
      if (c == 'f') selected = !acted ;
      else if (c == '+') selected = selected || matches(*words + 1, line) ;
      else selected = selected && !matches(*words + 1, line) ;
      isaction = 0 ;
    }
    else if (c && strchr("12=./", c))
    {
      if (!isaction) must(isselected[group++] == selected) ;
      isaction = 1 ;
      acted |= selected ;
    }
  }
}

static void try (struct script const *s, char const *const *words, char const *line)
{
  uint8_t isselected[WORDS] ;
  char *copy = strdup(line) ;
  must(!!copy) ;
  select_groups(s, copy, strlen(copy), isselected) ;
  must(!strcmp(copy, line)) ;
  if (!strchr(line, '\n')) select_again(words, line, isselected) ;
  free(copy) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  char const *words[WORDS + 1] ;
  stralloc said = STRALLOC_ZERO ;
  struct script s ;
  struct script_error error ;
  char *text = malloc(len + 1) ;
  unsigned int n ;
  must(!!text) ;
  if (len) memcpy(text, input, len) ;
  text[len] = 0 ;
  n = split(text, len, words) ;
  for (unsigned int i = 0 ; i < n ; i++) if (is_costly(words[i])) n = 0 ;
  if (n && !script_compile(&s, words, &error)) must(errno == ENOMEM || (errno == EINVAL && error.text[0])) ;
  else if (n)
  {
    check(&s) ;
    try(&s, words, words[n - 1]) ;
    must(script_explain(&said, &s) && said.len) ;
    stralloc_free(&said) ;
    script_free(&s) ;
  }
  free(text) ;
  return 0 ;
}

FUZZ_MAIN()
