/* ISC license. */

/* H44: an expression is bounded before it is compiled. What is refused, what
   is not, and that what is not refused costs little, to compile and to match,
   on a small stack. */

#include <limits.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "libfdholderd/policy.h"
#include "support/child.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { ID = 255, SECONDS = 1, MEGABYTES = 64, LONGEST = 1024, DEEPEST = 100, TEXT = 4096 } ;

static char const *const good[] =
{
  "^unix:web$", "^(a|b|c)+$", "^a{1,3}(b{2}){4}$", "[[:alnum:]_.-]{1,64}", "^(([0-9]{1,3}\\.){3}[0-9]{1,3}){1,4}$", "[]1)(]{3}", "[^]\\1]", "a\\{9999\\}", ".*.*.*"
#if RE_DUP_MAX >= 4096
  , "x{4096}"
#endif
} ;

static char const *const bad[] =
{
  "^(.*)\\1$", "(a)(b)\\2", "((a{100}){100})", "(((a{17}){17}){17})", "a{4097}", "((a*){64}){65}", "(a?){1000}", "(a|b|c|d){400}", "^(((x+)+)+){999}"
} ;

static char deep[TEXT], deeper[TEXT], long_[TEXT], longer[TEXT] ;

static void nest (char *s, unsigned int n)
{
  memset(s, '(', n) ;
  s[n] = 'a' ;
  memset(s + n + 1, ')', n) ;
}

 /* In a process of its own: it ends by a signal where it takes too much. */

static int match (void *data)
{
  char const *text = data ;
  char id[ID + 1] ;
  struct rlimit cpu = { .rlim_cur = SECONDS, .rlim_max = SECONDS } ;
  struct rlimit memory = { .rlim_cur = MEGABYTES << 20, .rlim_max = MEGABYTES << 20 } ;
  regex_t re ;
  memset(id, 'a', ID) ;
  id[ID] = 0 ;
  setrlimit(RLIMIT_CPU, &cpu) ;
  setrlimit(RLIMIT_DATA, &memory) ;
  if (regcomp(&re, text, REG_EXTENDED | REG_NOSUB)) return 2 ;
  regexec(&re, id, 0, 0, 0) ;
  return 0 ;
}

struct deep
{
  char const *excess ;
  int code ;  /* of regcomp */
} ;

static void *judge_deep (void *result)
{
  struct deep *d = result ;
  regex_t re ;
  d->excess = expression_excess(deep) ;
  d->code = regcomp(&re, deep, REG_EXTENDED | REG_NOSUB) ;
  if (!d->code) regfree(&re) ;
  return 0 ;
}

static void check_stack (void)
{
  pthread_attr_t small ;
  pthread_t t ;
  struct deep result ;
  pthread_attr_init(&small) ;
  pthread_attr_setstacksize(&small, 256 << 10) ;
  if (pthread_create(&t, &small, &judge_deep, &result)) tap_bail("pthread_create") ;
  pthread_join(t, 0) ;
  tap_string(result.excess, 0, "H44: %d groups within each other are let through, on a stack of 256 kB", DEEPEST) ;
  tap_int(result.code, 0, "H44: and compiled") ;
}

static void check_good (char const *text)
{
  tap_string(expression_excess(text), 0, "H44: %.40s is let through", text) ;
  if (!testdaemon_isslow()) tap_int(child_run(&match, (char *)text), 0, "H44: and costs little") ;
}

static void check_bad (char const *text)
{
  char const *why = expression_excess(text) ;
  tap_ok(!!why, "H44: %.40s is refused: %s", text, why ? why : "no") ;
}

int main (void)
{
  nest(deep, DEEPEST) ;
  nest(deeper, DEEPEST + 1) ;
  memset(long_, 'a', LONGEST) ;
  memset(longer, 'a', LONGEST + 1) ;
  for (unsigned int i = 0 ; i < sizeof(good) / sizeof(*good) ; i++) check_good(good[i]) ;
  check_good(deep) ;
  check_good(long_) ;
  for (unsigned int i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++) check_bad(bad[i]) ;
  check_bad(deeper) ;
  check_bad(longer) ;
  check_stack() ;
  return tap_done() ;
}
