/* ISC license. */

/* H49, H42: what clients can cause is told once a minute for each kind and
   account, the rest is counted and told; neither memory nor the log grows
   with the number of users, and no crowd under one rule silences another. */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libdaemon/complaint.h"
#include "support/tap.h"

enum { CROWD = 65536, KINDS = 5, TEXT_MAX = 65536 } ;

static struct log logger = LOG_ZERO ;
static struct complaints book ;
static int file ;
static char text[TEXT_MAX] ;

static tain at (unsigned int seconds)
{
  tain t ;
  tain_uint(&t, 1000 + seconds) ;
  return t ;
}

 /* Something that lines can be read back from. */

static void start (void)
{
  if (ftruncate(file, 0) == -1 || lseek(file, 0, SEEK_SET) == -1) tap_bail("truncate") ;
  complaint_init(&book, &logger) ;
}

static void complain (char const *kind, char const *rule, char const *user, unsigned int seconds)
{
  struct complaint_account account ;
  tain now = at(seconds) ;
  complaint_account(&account, rule, user) ;
  complaint_line(&book, LOG_WARNING, kind, &account, &now, account.user, ": ", kind, ": here") ;
}

static unsigned int count (char const *word)
{
  unsigned int n = 0 ;
  ssize_t r = pread(file, text, sizeof(text) - 1, 0) ;
  text[r > 0 ? r : 0] = 0 ;
  for (char const *s = text ; (s = strstr(s, word)) ; s += strlen(word)) n++ ;
  return n ;
}

static void is (char const *name, unsigned int got, unsigned int want)
{
  tap_ok(got == want, "%s: got %u, want %u", name, got, want) ;
}

static void once_a_minute (void)
{
  tain now = at(59), when = tain_infinite ;
  start() ;
  for (unsigned int i = 0 ; i < 100 ; i++) complain("protocol error", "uid/default", "uid 7", 0) ;
  is("one line of a hundred", count("\n"), 1) ;
  complain("protocol error", "uid/default", "uid 8", 0) ;
  complain("timed out", "uid/default", "uid 7", 0) ;
  complain("protocol error", "uid/9", "uid 7", 0) ;
  is("another user, kind and rule have lines of their own", count("\n"), 4) ;
  complaint_next(&book, &now, &when) ;
  now = at(60) ;
  tap_ok(!tain_less(&when, &now) && !tain_less(&now, &when), "the end of the minute is something to wake up for") ;
  complaint_turn(&book, &when) ;
  is("then the count is told", count("warning: uid 7: protocol error: 99 more within a minute\n"), 1) ;
  is("of those that have one", count("more within a minute"), 1) ;
  when = tain_infinite ;
  complaint_next(&book, &now, &when) ;
  tap_ok(!tain_less(&when, &tain_infinite), "nothing to wake up for, where nothing is to be told") ;
  complain("protocol error", "uid/default", "uid 7", 60) ;
  is("a new minute, a new line", count("uid 7: protocol error: here\n"), 3) ;
  complain("protocol error", "uid/default", "uid 7", 61) ;
  complaint_end(&book) ;
  is("the end tells what was counted", count("uid 7: protocol error: 1 more"), 1) ;
}

static void crowd (void)
{
  static char const *const kinds[KINDS] = { "a", "b", "c", "d", "e" } ;
  char user[16] ;
  tain now = at(60) ;
  uint64_t told = 0 ;
  char const *s ;
  start() ;
  for (unsigned int i = 0 ; i < CROWD ; i++)
  {
    snprintf(user, sizeof(user), "uid %u", i) ;
    for (unsigned int k = 0 ; k < KINDS ; k++) complain(kinds[k], "uid/default", user, 0) ;
  }
  is("a crowd of one rule has so many lines", count("\n"), KINDS * (COMPLAINT_USERS + 1)) ;
  complain("a", "uid/5", "uid 5", 30) ;
  is("another rule's user is heard all the same", count("uid 5: a: here\n"), 2) ;
  complaint_turn(&book, &now) ;
  is("counts are told for the rest of the rule", count("warning: other users of rule uid/default: "), KINDS) ;
  for (s = text ; (s = strstr(s, "uid/default: ")) ; )
  {
    unsigned long n = 0 ;
    s += strlen("uid/default: ") ;
    sscanf(s, "%*s %lu", &n) ;
    told += n ;
  }
  is("and are right", (unsigned int)told, KINDS * (CROWD - COMPLAINT_USERS - 1)) ;
}

static void many_rules (void)
{
  char rule[16] ;
  char user[16] ;
  start() ;
  for (unsigned int i = 0 ; i < 10000 ; i++)
  {
    snprintf(rule, sizeof(rule), "uid/%u", i) ;
    snprintf(user, sizeof(user), "uid %u", i) ;
    complain("a", rule, user, 0) ;
    complain("b", rule, user, 0) ;
  }
  is("any number of rules has so many lines", count("\n"), COMPLAINT_ENTRIES + 2) ;
  complain("c", "uid/1", "uid 1", 0) ;
  is("a new kind is told, whatever the number of users", count("uid 1: c: here"), 1) ;
  complaint_end(&book) ;
  is("the rest is told by kind", count("warning: a: ") + count("warning: b: "), 2) ;
}

 /* A client's account may be longer than anything that is told of it. */

static void long_texts (void)
{
  char rule[200] ;
  char user[200] ;
  memset(rule, 'r', sizeof(rule)) ;
  memset(user, 'u', sizeof(user)) ;
  rule[199] = user[199] = 0 ;
  start() ;
  complain("a", rule, user, 0) ;
  complain("a", rule, user, 0) ;
  is("texts that are cut are still one account", count("\n"), 1) ;
}

static void levels (void)
{
  tain now = at(0) ;
  start() ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_end(&book) ;
  is("a note is an info at -v 1, and so is its count", count(": info: turned away"), 2) ;
  logger.verbosity = 0 ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_line(&book, LOG_WARNING, "turned away", 0, &now, "turned away") ;
  complaint_end(&book) ;
  is("nothing at -v 0", count("\n"), 2) ;
}

int main (void)
{
  PROG = "unit" ;
  file = memfd_create("log", MFD_CLOEXEC) ;
  if (file == -1) tap_bail("memfd_create") ;
  nowait_init(&logger.out, file) ;
  once_a_minute() ;
  crowd() ;
  many_rules() ;
  long_texts() ;
  levels() ;
  return tap_done() ;
}
