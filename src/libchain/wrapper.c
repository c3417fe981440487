/* ISC license. */

#include <string.h>
#include <stdlib.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/config.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/privileges.h"
#include "libdaemon/readiness.h"
#include "libchain/usage.h"
#include "libchain/wrapper.h"

#define DROPPER S6_ACTIVATION_BINPREFIX "s6-applyuidgid"

enum
{
  OPTION_LETTERS = 64,
  WORDS_FIXED = 6,  /* three programs, and a -- after each one's options */
  WORDS_TAKEN = 8
} ;

static int takes_value (struct wrapper_option const *option)
{
  return option->value != WRAPPER_FLAG && option->value != WRAPPER_READINESS ;
}

static void make_optstring (char *s, struct wrapper_option const *option)
{
  for (; option->letter ; option++)
  {
    *s++ = option->letter ;
    if (takes_value(option)) *s++ = ':' ;
  }
  *s = 0 ;
}

static struct wrapper_option const *find_option (struct wrapper const *wrapper, int letter)
{
  struct wrapper_option const *option = wrapper->options ;
  while (option->letter && option->letter != letter) option++ ;
  if (!option->letter) strerr_dieusage(EXITCODE_USAGE, wrapper->usage) ;
  return option ;
}

static int is_valid (enum wrapper_value value, char const *s)
{
  struct privileges privileges = PRIVILEGES_ZERO ;
  unsigned int number ;
  switch (value)
  {
    case WRAPPER_NUMBER :
    case WRAPPER_LIMIT : return !!uint0_scan(s, &number) ;
    case WRAPPER_MODE : return uint0_oscan(s, &number) && number <= 07777 ;
    case WRAPPER_NUMBERS : return privileges_scan_groups(&privileges, s) ;  /* as s6-applyuidgid judges it */
    default : return 1 ;
  }
}

static void die_invalid (struct wrapper_option const *option, char const *value)
{
  char letter[2] = { option->letter, 0 } ;
  strerr_dief(EXITCODE_USAGE, "-", letter, " ", value, option->part == WRAPPER_DROPPER ? PRIVILEGES_NO_NUMBER : option->value == WRAPPER_MODE ? ": not permissions in octal" : ": not a number") ;
}

 /* A server that is told 0, or has a socket that nobody listens to, serves nobody,
    which nobody means who writes it for a wrapper. */

static char const *passed_value (struct wrapper_option const *option, char const *s)
{
  unsigned int number ;
  return option->value == WRAPPER_LIMIT && uint0_scan(s, &number) && !number ? "1" : s ;
}

 /* Appends the options of one part to words; counts those of each. Returns how many words. */

static size_t append_options (struct wrapper const *wrapper, int argc, char const *const *argv, enum wrapper_part part, char const **words)
{
  char optstring[2 * OPTION_LETTERS + 1] ;
  subgetopt l = SUBGETOPT_ZERO ;
  size_t n = 0 ;
  make_optstring(optstring, wrapper->options) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, optstring, &l) ;
    struct wrapper_option const *option ;
    if (opt == -1) break ;
    option = find_option(wrapper, opt) ;
    if (option->part != part) continue ;
    words[n++] = option->passed ;
    if (takes_value(option)) words[n++] = passed_value(option, l.arg) ;
  }
  return n ;
}

 /* Judges all options. Returns how many words they can make; *operands is where they end. */

static size_t check_options (struct wrapper const *wrapper, int argc, char const *const *argv, int *operands, int *isinstead)
{
  char optstring[2 * OPTION_LETTERS + 1] ;
  subgetopt l = SUBGETOPT_ZERO ;
  size_t n = 0 ;
  make_optstring(optstring, wrapper->options) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, optstring, &l) ;
    struct wrapper_option const *option ;
    if (opt == -1) break ;
    option = find_option(wrapper, opt) ;
    if (!is_valid(option->value, l.arg)) die_invalid(option, l.arg) ;
    if (option->value == WRAPPER_READINESS) readiness_require() ;
    if (option->letter == wrapper->instead) *isinstead = 1 ;
    n += 2 ;
  }
  *operands = l.ind ;
  return n ;
}

 /* One program, its options, and what comes behind them. Returns how many words. */

static size_t append_part (struct wrapper const *wrapper, int argc, char const *const *argv, int operands, enum wrapper_part part, char const *const *taken, char const **words)
{
  size_t n = 1, given ;
  words[0] = part == WRAPPER_BINDER ? wrapper->binder : part == WRAPPER_DROPPER ? DROPPER : wrapper->server ;
  while (part == WRAPPER_SERVER && taken && *taken) words[n++] = *taken++ ;
  given = append_options(wrapper, argc, argv, part, words + n) ;
  if (part == WRAPPER_DROPPER && !given) return 0 ;
  n += given ;
  if (part != WRAPPER_SERVER || wrapper->needsprog) words[n++] = "--" ;
  for (unsigned int i = 0 ; part == WRAPPER_BINDER && i < wrapper->operands ; i++) words[n++] = argv[operands + i] ;
  return n ;
}

void wrapper_run (struct wrapper const *wrapper, int argc, char const *const *argv)
{
  int operands, isinstead = 0 ;
  size_t words, n = 0 ;
  char const *const *taken ;
  char const **chain ;
  usage_asked(argc, argv, wrapper->usage) ;
  words = check_options(wrapper, argc, argv, &operands, &isinstead) ;
  if ((unsigned int)(argc - operands) < wrapper->operands + wrapper->needsprog
   || (wrapper->needsprog && !chain_isprogram(argv + operands + wrapper->operands)))
    strerr_dieusage(EXITCODE_USAGE, wrapper->usage) ;
  if (!wrapper->needsprog && argv[operands + wrapper->operands])
    strerr_warnw("extra arguments are ignored: ", argv[operands + wrapper->operands], argv[operands + wrapper->operands + 1] ? " ..." : "") ;
  taken = isinstead ? (*wrapper->take)(argv + operands) : 0 ;
  chain = malloc((words + WORDS_FIXED + WORDS_TAKEN + argc + 1) * sizeof(char const *)) ;
  if (!chain) strerr_diefusys(EXITCODE_SYSTEM, "build a command line") ;
  for (enum wrapper_part part = taken ? WRAPPER_DROPPER : WRAPPER_BINDER ; part < WRAPPER_PARTS ; part++)
    n += append_part(wrapper, argc, argv, operands, part, taken, chain + n) ;
  operands += (int)wrapper->operands ;
  while (wrapper->needsprog && argv[operands]) chain[n++] = argv[operands++] ;
  chain[n] = 0 ;
  xexec(chain) ;
}
