/* ISC license. */

/* libsupervise/svreport.h: the table: how a service is, and what is printed of it for
   people, with numbers of signals, as fields and as JSON. */

#include <string.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libsupervise/svreport.h"
#include "libsupervise/svview.h"
#include "support/tap.h"

enum
{
  NOW = 1000,  /* seconds: the label of this moment */
  PID = 77,
  PAUSED = SVSTATUS_PAUSED, FINISHING = SVSTATUS_FINISHING, WANTED = SVSTATUS_WANTEDUP, READY = SVSTATUS_READY,
  EXIT_7 = 0x0700, EXIT_255 = 0xff00, TERM = 0x000f, SEGV_CORE = 0x008b, UNNAMED = 0x0022
} ;

static struct row
{
  pid_t pid ;
  unsigned int wstat ;
  unsigned int flags ;
  int isdown ;  /* there is a down file */
  unsigned int changed ;
  unsigned int readied ;
  unsigned int next ;  /* 0: none */
  enum svview_doubt doubt ;
  char const *line ;
  char const *numeric ;  /* 0: the same */
  char const *fields ;
} const rows[] =
{
  { 0, 0, 13, 0, 990, 990, 0, 0, "down (not started yet) , normally up, want up", 0,
    "false true true false false -1 -1 -1 NA -1 10 10 -1" },
  { 0, 0, 9, 1, 990, 990, 0, 0, "down (not started yet) ", 0,
    "false false false false false -1 -1 -1 NA -1 10 10 -1" },
  { PID, 0, WANTED, 0, 988, 980, 0, 0, "up (pid 77 pgid 77) 12 seconds", 0,
    "true true true false false 77 77 -1 NA -1 12 20 -1" },
  { PID, TERM, WANTED | READY, 0, 988, 989, 0, 0, "up (pid 77 pgid 77) 12 seconds, ready 11 seconds", 0,
    "true true true true false 77 77 -1 NA -1 12 11 -1" },
  { PID, 0, WANTED | READY | PAUSED, 1, 988, 989, 0, 0, "up (pid 77 pgid 77) 12 seconds, normally down, paused, ready 11 seconds", 0,
    "true true false true true 77 77 -1 NA -1 12 11 -1" },
  { PID, 0, 0, 1, 988, 980, 0, 0, "up (pid 77 pgid 77) 12 seconds, normally down, want down", 0,
    "true false false false false 77 77 -1 NA -1 12 20 -1" },
  { PID, EXIT_7, FINISHING | WANTED, 0, 988, 980, 0, 0, "down (exitcode 7) 12 seconds, normally up, want up", 0,
    "false true true false false -1 -1 7 NA -1 12 20 -1" },
  { PID, TERM, FINISHING, 1, 988, 980, 0, 0, "down (signal SIGTERM) 12 seconds", "down (signal 15) 12 seconds",
    "false false false false false -1 -1 -1 SIGTERM 15 12 20 -1" },
  { 0, SEGV_CORE, READY | WANTED, 0, 988, 990, 0, 0, "down (signal SIGSEGV) 12 seconds, normally up, want up, ready 10 seconds",
    "down (signal 11) 12 seconds, normally up, want up, ready 10 seconds",
    "false true true false false -1 -1 -1 SIGSEGV 11 12 10 -1" },
  { 0, UNNAMED, READY, 0, 988, 990, 0, 0, "down (signal SIG34) 12 seconds, normally up, ready 10 seconds",
    "down (signal 34) 12 seconds, normally up, ready 10 seconds",
    "false false true false false -1 -1 -1 SIG34 34 12 10 -1" },
  { 0, EXIT_255, READY, 1, 988, 990, 0, 0, "down (exitcode 255) 12 seconds, ready 10 seconds", 0,
    "false false false false false -1 -1 255 NA -1 12 10 -1" },
  { 0, 0, READY, 0, 988, 990, 0, 0, "down (exitcode 0) 12 seconds, normally up, ready 10 seconds", 0,
    "false false true false false -1 -1 0 NA -1 12 10 -1" },
  /* the clock was set back: what is yet to come was now */
  { PID, 0, WANTED | READY, 0, 2000, 3000, 0, 0, "up (pid 77 pgid 77) 0 seconds, ready 0 seconds", 0,
    "true true true true false 77 77 -1 NA -1 0 0 -1" },
  /* a pause before the next start */
  { 0, EXIT_7, READY | WANTED, 0, 988, 990, 1006, 0, "down (exitcode 7) 12 seconds, normally up, want up, ready 10 seconds, next start in 6 seconds", 0,
    "false true true false false -1 -1 7 NA -1 12 10 6" },
  { 0, EXIT_7, READY | WANTED, 0, 988, 990, 900, 0, "down (exitcode 7) 12 seconds, normally up, want up, ready 10 seconds, next start in 0 seconds", 0,
    "false true true false false -1 -1 7 NA -1 12 10 0" },
  { PID, 0, WANTED, 0, 988, 980, 1006, 0, "up (pid 77 pgid 77) 12 seconds", 0,
    "true true true false false 77 77 -1 NA -1 12 20 -1" },
  /* a status that contradicts the process */
  { PID, 0, WANTED, 0, 988, 980, 0, SVVIEW_NOPROCESS, "up (pid 77 pgid 77) 12 seconds, but there is no process 77", 0,
    "true true true false false 77 77 -1 NA -1 12 20 -1" },
  { PID, 0, WANTED | READY, 0, 988, 989, 0, SVVIEW_OTHERAGE, "up (pid 77 pgid 77) 12 seconds, ready 11 seconds, but process 77 has lived for 3 seconds", 0,
    "true true true true false 77 77 -1 NA -1 12 11 -1" }
} ;

static tain at (unsigned int seconds)
{
  tain t = TAIN_EPOCH ;
  t.sec.x += seconds ;
  return t ;
}

static struct svview view_of (struct row const *r)
{
  struct svview v = { .dir = "web", .issupervised = 1, .isnormallyup = !r->isdown, .hasnext = !!r->next, .doubt = r->doubt, .age = 3 } ;
  v.status.pid = r->pid ;
  v.status.wstat = r->wstat ;
  v.status.flags = r->flags ;
  v.status.changed = at(r->changed) ;
  v.status.readied = at(r->readied) ;
  v.now = at(NOW) ;
  v.next = at(r->next) ;
  return v ;
}

static void check_line (struct svview const *v, int isnumeric, char const *want)
{
  stralloc sa = STRALLOC_ZERO ;
  if (!svreport_line(&sa, v, isnumeric) || !stralloc_0(&sa)) tap_bail("svreport_line") ;
  tap_string(sa.s, want, "%s%s", isnumeric ? "-n: " : "", want) ;
  stralloc_free(&sa) ;
}

 /* All but the two labels. */

static void check_fields (struct svview const *v, char const *want)
{
  stralloc sa = STRALLOC_ZERO ;
  for (unsigned int i = 0 ; i < SVREPORT_FIELDS ; i++)
    if (i != SVREPORT_UPDOWNSINCE && i != SVREPORT_READYSINCE
      && ((i && !stralloc_append(&sa, ' ')) || !svreport_field(&sa, v, i))) tap_bail("svreport_field") ;
  if (!stralloc_0(&sa)) tap_bail("stralloc_0") ;
  tap_string(sa.s, want, "%s", want) ;
  stralloc_free(&sa) ;
}

static void check_json (struct svview const *v, char const *want, char const *name)
{
  stralloc sa = STRALLOC_ZERO ;
  if (!svreport_json(&sa, v) || !stralloc_0(&sa)) tap_bail("svreport_json") ;
  tap_string(sa.s, want, "as JSON: %s", name) ;
  stralloc_free(&sa) ;
}

static void check_objects (void)
{
  struct svview v = view_of(rows + 3) ;
  v.deaths = 2 ;
  v.doubt = SVVIEW_OTHERAGE ;
  check_json(&v, "{\"dir\":\"web\",\"supervised\":true,\"up\":true,\"wantedup\":true,\"normallyup\":true,\"ready\":true,\"paused\":false,"
    "\"pid\":77,\"pgid\":77,\"exitcode\":null,\"signal\":null,\"signum\":null,"
    "\"updownsince\":\"@40000000000003e600000000\",\"readysince\":\"@40000000000003e700000000\",\"updownfor\":12,\"readyfor\":11,\"nextstart\":null,"
    "\"deaths\":2,\"restarts\":2,\"tallyfull\":false,\"doubt\":\"process 77 has lived for 3 seconds\"}", "up") ;
  v = view_of(rows + 8) ;
  v.deaths = 100 ;
  v.istallyfull = 1 ;
  v.hasnext = 1 ;
  v.next = at(NOW + 6) ;
  check_json(&v, "{\"dir\":\"web\",\"supervised\":true,\"up\":false,\"wantedup\":true,\"normallyup\":true,\"ready\":false,\"paused\":false,"
    "\"pid\":null,\"pgid\":null,\"exitcode\":null,\"signal\":\"SIGSEGV\",\"signum\":11,"
    "\"updownsince\":\"@40000000000003e600000000\",\"readysince\":\"@40000000000003e800000000\",\"updownfor\":12,\"readyfor\":10,\"nextstart\":6,"
    "\"deaths\":100,\"restarts\":99,\"tallyfull\":true,\"doubt\":null}", "down") ;
  v.issupervised = 0 ;
  check_json(&v, "{\"dir\":\"web\",\"supervised\":false}", "not supervised") ;
}

static struct { char const *dir ; char const *text ; } const names[] =
{
  { "a\"b\\c", "a\\\"b\\\\c" },
  { "a\nb\tc\177", "a\\u000ab\\u0009c\\u007f" },
  { "caf\303\251 \342\202\254 \360\237\230\200", "caf\303\251 \342\202\254 \360\237\230\200" },
  { "\377x", "\\ufffdx" },
  { "caf\351", "caf\\ufffd" },
  { "\303", "\\ufffd" },
  { "\300\257", "\\ufffd\\ufffd" },
  { "\355\240\200", "\\ufffd\\ufffd\\ufffd" },
  { "\364\220\200\200", "\\ufffd\\ufffd\\ufffd\\ufffd" },
  { "\370\210\200\200\200", "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd" },
  { "", "" }
} ;

static void check_names (void)
{
  for (unsigned int i = 0 ; i < sizeof(names) / sizeof(*names) ; i++)
  {
    struct svview v = { .dir = names[i].dir } ;
    stralloc want = STRALLOC_ZERO ;
    if (!stralloc_cats(&want, "{\"dir\":\"") || !stralloc_cats(&want, names[i].text) || !stralloc_cats(&want, "\",\"supervised\":false}") || !stralloc_0(&want)) tap_bail("stralloc") ;
    check_json(&v, want.s, "a name that is quoted") ;
    stralloc_free(&want) ;
  }
}

static void check_lookups (void)
{
  static char const letters[] = "uwNrpgest" ;
  static char const *const fields[] = { "up", "wantedup", "normallyup", "ready", "pid", "pgid", "exitcode", "signal", "updownfor" } ;
  for (unsigned int i = 0 ; letters[i] ; i++)
    tap_int(svreport_lettered(letters[i]), svreport_named(fields[i], strlen(fields[i])), "-%c is %s", letters[i], fields[i]) ;
  tap_int(svreport_lettered('x'), SVREPORT_FIELDS, "no field has the letter x") ;
  tap_int(svreport_lettered(0), SVREPORT_FIELDS, "nor none") ;
  tap_int(svreport_named("up,ready", 2), SVREPORT_UP, "a name ends where it is said") ;
  tap_int(svreport_named("upd", 3), SVREPORT_FIELDS, "a part of a name is none") ;
  tap_int(svreport_named("", 0), SVREPORT_FIELDS, "nor is nothing") ;
}

int main (void)
{
  for (unsigned int i = 0 ; i < sizeof(rows) / sizeof(*rows) ; i++)
  {
    struct svview const v = view_of(rows + i) ;
    check_line(&v, 0, rows[i].line) ;
    if (rows[i].numeric) check_line(&v, 1, rows[i].numeric) ;
    check_fields(&v, rows[i].fields) ;
  }
  check_objects() ;
  check_names() ;
  check_lookups() ;
  return tap_done() ;
}
