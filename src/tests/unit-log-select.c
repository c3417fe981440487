/* ISC license. */

/* liblogger/select.h: which groups of a script a line is for; and that a plain text is
   found as the expression of it would be. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liblogger/script.h"
#include "liblogger/select.h"
#include "support/tap.h"

enum { WORDS_MAX = 16, GROUPS_MAX = 8, ROUNDS = 3000 } ;

 /* The words of a script, by blanks. */

static void compile (struct script *s, char *text)
{
  char const *words[WORDS_MAX] ;
  struct script_error error ;
  unsigned int n = 0 ;
  for (char *word = strtok(text, " ") ; word ; word = strtok(0, " ")) words[n++] = word ;
  words[n] = 0 ;
  if (!script_compile(s, words, &error)) tap_bail(error.text) ;
}

static char const *groups_of (char const *text, char const *line)
{
  static char shown[GROUPS_MAX + 1] ;
  uint8_t isselected[GROUPS_MAX] ;
  char *words = strdup(text) ;
  char *copy = strdup(line) ;
  struct script s ;
  if (!words || !copy) tap_bail("memory") ;
  compile(&s, words) ;
  select_groups(&s, copy, strlen(line), isselected) ;
  for (unsigned int i = 0 ; i < s.grouplen ; i++) shown[i] = isselected[i] ? 'y' : '.' ;
  shown[s.grouplen] = 0 ;
  tap_string(copy, line, "the line is as it was: %s", text) ;
  script_free(&s) ;
  free(words) ;
  free(copy) ;
  return shown ;
}

static void is (char const *text, char const *line, char const *want)
{
  tap_string(groups_of(text, line), want, "%s, \"%s\"", text, line) ;
}

static void test_groups (void)
{
  is("1", "any", "y") ;
  is("+foo 1", "bar", "y") ;  /* selected is how it starts */
  is("- 1", "any", ".") ;
  is("-foo 1", "a foo", ".") ;
  is("-foo 1", "a bar", "y") ;
  is("- +foo 1", "a foo", "y") ;
  is("- +foo 1", "a bar", ".") ;
  is("- +foo 1 ./all", "a bar", ".") ;
  is("- +foo 1 + 2", "a bar", ".y") ;
  is("- +foo 1 f 2", "a bar", ".y") ;
  is("- +foo 1 f 2", "a foo", "y.") ;
  is("-foo 1 2 -bar 1", "foo", "..") ;  /* what the first group has decided stays */
  is("-foo 1 2 -bar 1", "bar", "y.") ;
  is("f 1 f 2 f 1", "any", "y..") ;
  is("- + 1", "", "y") ;
}

static void test_expressions (void)
{
  is("- +^foo 1", "foo bar", "y") ;
  is("- +^foo 1", "a foo", ".") ;
  is("- +^fo 1", "f", ".") ;
  is("- +o$ 1", "foo", "y") ;
  is("- +o$ 1", "foo ", ".") ;
  is("- +a|b 1", "xbx", "y") ;
  is("- +^$ 1", "", "y") ;
  is("- +^$ 1", "x", ".") ;
  is("- +[0-9]{3} 1", "a 123", "y") ;
  is("- +\\. 1", "a.b", "y") ;
  is("- +\\. 1", "ab", ".") ;
  is("- +\377 1", "a\377", "y") ;
}

 /* A plain text is looked for in another way than an expression: "a" and "(a)". */

static void test_plain (void)
{
  unsigned int wrong = 0 ;
  srand(1) ;
  for (unsigned int round = 0 ; round < ROUNDS ; round++)
  {
    char pattern[4] = "", line[9] = "" ;
    char plain[32], expression[32] ;
    uint8_t a, b ;
    struct script s ;
    for (int i = 0, n = 1 + rand() % 3 ; i < n ; i++) pattern[i] = (char)('a' + rand() % 2) ;
    for (int i = 0, n = rand() % 8 ; i < n ; i++) line[i] = (char)('a' + rand() % 2) ;
    snprintf(plain, sizeof(plain), "- +%s%s 1", round & 1 ? "^" : "", pattern) ;
    snprintf(expression, sizeof(expression), "- +%s(%s) 1", round & 1 ? "^" : "", pattern) ;
    compile(&s, plain) ;
    wrong += s.selections[1].match != (round & 1 ? SCRIPT_BEGIN : SCRIPT_PART) ;
    select_groups(&s, line, strlen(line), &a) ;
    script_free(&s) ;
    compile(&s, expression) ;
    select_groups(&s, line, strlen(line), &b) ;
    script_free(&s) ;
    wrong += a != b ;
  }
  tap_int(wrong, 0, "%u plain texts, as expressions", ROUNDS) ;
}

int main (void)
{
  test_groups() ;
  test_expressions() ;
  test_plain() ;
  return tap_done() ;
}
