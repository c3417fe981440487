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

static void once_a_minute (void)
{
  tain now = at(59), when = tain_infinite ;
  start() ;
  for (unsigned int i = 0 ; i < 100 ; i++) complain("protocol error", "uid/default", "uid 7", 0) ;
  tap_int(count("\n"), 1, "one line of a hundred") ;
  complain("protocol error", "uid/default", "uid 8", 0) ;
  complain("timed out", "uid/default", "uid 7", 0) ;
  complain("protocol error", "uid/9", "uid 7", 0) ;
  tap_int(count("\n"), 4, "another user, kind and rule have lines of their own") ;
  complaint_next(&book, &now, &when) ;
  now = at(60) ;
  tap_int((intmax_t)when.sec.x, (intmax_t)now.sec.x, "the end of the minute is something to wake up for, to the second") ;
  tap_int(when.nano, now.nano, "and to the nanosecond") ;
  complaint_turn(&book, &when) ;
  tap_int(count("warning: uid 7: protocol error: 99 more within a minute\n"), 1, "then the count is told") ;
  tap_int(count("more within a minute"), 1, "of those that have one") ;
  when = tain_infinite ;
  complaint_next(&book, &now, &when) ;
  tap_ok(!tain_less(&when, &tain_infinite), "nothing to wake up for, where nothing is to be told") ;
  complain("protocol error", "uid/default", "uid 7", 60) ;
  tap_int(count("uid 7: protocol error: here\n"), 3, "a new minute, a new line") ;
  complain("protocol error", "uid/default", "uid 7", 61) ;
  complaint_end(&book) ;
  tap_int(count("uid 7: protocol error: 1 more"), 1, "the end tells what was counted") ;
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
  tap_int(count("\n"), KINDS * (COMPLAINT_USERS + 1), "a crowd of one rule has so many lines") ;
  complain("a", "uid/5", "uid 5", 30) ;
  tap_int(count("uid 5: a: here\n"), 2, "another rule's user is heard all the same") ;
  complaint_turn(&book, &now) ;
  tap_int(count("warning: other users of rule uid/default: "), KINDS, "counts are told for the rest of the rule") ;
  for (s = text ; (s = strstr(s, "uid/default: ")) ; )
  {
    unsigned long n = 0 ;
    s += strlen("uid/default: ") ;
    sscanf(s, "%*s %lu", &n) ;
    told += n ;
  }
  tap_int((intmax_t)told, KINDS * (CROWD - COMPLAINT_USERS - 1), "and are right") ;
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
  tap_int(count("\n"), COMPLAINT_ENTRIES + 2, "any number of rules has so many lines") ;
  complain("c", "uid/1", "uid 1", 0) ;
  tap_int(count("uid 1: c: here"), 1, "a new kind is told, whatever the number of users") ;
  complaint_end(&book) ;
  tap_int(count("warning: a: ") + count("warning: b: "), 2, "the rest is told by kind") ;
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
  tap_int(count("\n"), 1, "texts that are cut are still one account") ;
}

static void levels (void)
{
  tain now = at(0) ;
  start() ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_end(&book) ;
  tap_int(count(": info: turned away"), 2, "a note is an info at -v 1, and so is its count") ;
  logger.verbosity = 0 ;
  complaint_line(&book, LOG_NOTE, "turned away", 0, &now, "turned away") ;
  complaint_line(&book, LOG_WARNING, "turned away", 0, &now, "turned away") ;
  complaint_end(&book) ;
  tap_int(count("\n"), 2, "nothing at -v 0") ;
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
