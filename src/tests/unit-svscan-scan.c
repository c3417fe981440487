/* ISC license. */

 /*
   What s6-svscan makes of its directory: listings against what it knows, with real
   supervisors (this program, under another name) that start, end, and are told to.
   Each case is a script: an order, and what is to come of it.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libsvscan/listing.h"
#include "libsvscan/registry.h"
#include "libsvscan/scan.h"
#include "libsvscan/starts.h"
#include "libsvscan/troubles.h"

#include "support/tap.h"

enum { SAID = 2000, STEPS = 40, DEVICE = 7, BUSY = 100 } ;

static struct registry registry ;
static struct starts starts ;
static struct log to_nobody = LOG_ZERO ;
static uint32_t most = 1000 ;
static char said[SAID] ;

 /* Entries: NAME:INODE, with + if it is logged, with ! if its log cannot be looked at;
    NAME!  cannot be looked at, NAME?  leads nowhere. */

static void list (struct listing *l, char const *text)
{
  char copy[SAID] ;
  strcpy(copy, text) ;
  for (char *word = strtok(copy, " ") ; word ; word = strtok(0, " "))
  {
    size_t len = strcspn(word, ":!?") ;
    char kind = word[len] ;
    char *rest = word + len + 1 ;
    struct listing_entry *e ;
    word[len] = 0 ;
    e = listing_add(l, word) ;
    if (!e) tap_bail("listing_add") ;
    e->dev = DEVICE ;
    e->ino = kind == ':' ? (ino_t)strtoul(rest, &rest, 10) : 0 ;
    e->error = kind == '!' || (kind == ':' && *rest == '!') ? EACCES : kind == '?' ? ENOENT : 0 ;
    e->islogged = kind == ':' && *rest ;
  }
}

static void say (char const *a, char const *b, char const *c)
{
  if (*said) strcat(said, " ") ;
  strcat(strcat(strcat(said, a), b), c) ;
}

static void say_gone (void *data, struct supervisor const *v)
{
  (void)data ;
  say("gone:", v->service->name, v->part == REGISTRY_LOGGER ? "/log" : "") ;
}

static void do_scan (char const *text)
{
  static char const *const words[] = { "add:", "keep:", "alias:", "bad:", "noroom:" } ;
  struct listing l = LISTING_ZERO ;
  struct scan_plan p ;
  list(&l, text) ;
  if (!scan_plan(&p, &registry, &l, most)) tap_bail("scan_plan") ;
  for (size_t i = 0 ; i < l.n ; i++) say(words[p.steps[i].verdict], listing_name(&l, l.entries + i), "") ;
  scan_apply(&p, &registry, &STAMP, &say_gone, 0) ;
  listing_free(&l) ;
}

static struct supervisor *find (char const *name)
{
  char plain[64] ;
  size_t len = strcspn(name, "/") ;
  struct service *s ;
  memcpy(plain, name, len) ;
  plain[len] = 0 ;
  s = registry_findname(&registry, plain) ;
  if (!s) tap_bail(name) ;
  return s->part + (name[len] ? REGISTRY_LOGGER : REGISTRY_SERVICE) ;
}

static void do_start (char const *text)
{
  (void)text ;
  while (starts_one(&starts, &STAMP)) ;
}

 /* What runs, what is to run, what is to be started in how many milliseconds; the ends of the pipe. */

static void do_show (char const *text)
{
  (void)text ;
  for (struct tree_node *node = tree_first(&registry.services) ; node ; node = node->next)
  {
    struct service const *s = service_of(node) ;
    char state[200] = "" ;
    for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++)
    {
      struct supervisor const *v = s->part + i ;
      char due[40] = "" ;
      if (tain_less(&v->due, &tain_infinite)) snprintf(due, sizeof(due), "%u", (unsigned int)clock_elapsed(&STAMP, &v->due)) ;
      snprintf(state + strlen(state), sizeof(state) - strlen(state), "%c%s%s%s", i ? ',' : '=', supervisor_runs(v) ? "R" : "", v->isfound ? "" : "-", due) ;
    }
    strcat(strcat(state, s->pipe[0] >= 0 ? "r" : ""), s->pipe[1] >= 0 ? "w" : "") ;
    say(s->name, state, "") ;
  }
}

static void end (char const *name, int isbusy)
{
  struct supervisor *v = find(name) ;
  int status ;
  kill(v->child.pid, SIGKILL) ;
  if (waitpid(v->child.pid, &status, 0) != v->child.pid) tap_bail(name) ;
  if (!children_remove(&registry.children, v->child.pid)) tap_bail("children_remove") ;
  starts_ended(&starts, &v->child, isbusy ? BUSY << 8 : status) ;
}

static void do_kill (char const *name) { end(name, 0) ; }
static void do_busy (char const *name) { end(name, 1) ; }

 /* How it has ended, having been told. */

static void do_told (char const *name)
{
  struct supervisor *v = find(name) ;
  pid_t pid = v->child.pid ;
  int status ;
  if (waitpid(pid, &status, WNOHANG) == 0)
  {
    struct timespec const moment = { .tv_nsec = 200000000 } ;
    nanosleep(&moment, 0) ;
    if (waitpid(pid, &status, WNOHANG) == 0)
    {
      say("nothing", "", "") ;
      return ;
    }
  }
  say(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? "TERM" : WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP ? "HUP" : "?", "", "") ;
  children_remove(&registry.children, pid) ;
  starts_ended(&starts, &v->child, status) ;
}

static void do_later (char const *text) { clock_after(&STAMP, &STAMP, (unsigned int)atoi(text)) ; }
static void do_max (char const *text) { most = (uint32_t)atoi(text) ; }
static void do_prune (char const *text) { (void)text ; registry_endgone(&registry, SIGHUP) ; }
static void do_prune_hard (char const *text) { (void)text ; registry_endgone(&registry, SIGTERM) ; }
static void do_end (char const *text) { (void)text ; registry_end(&registry, SIGHUP) ; }

static struct { char const *word ; void (*f) (char const *) ; } const orders[] =
{
  { "scan", &do_scan },
  { "start", &do_start },
  { "show", &do_show },
  { "kill", &do_kill },
  { "busy", &do_busy },
  { "told", &do_told },
  { "later", &do_later },
  { "max", &do_max },
  { "prune", &do_prune },
  { "Prune", &do_prune_hard },
  { "end", &do_end },
  { 0, 0 }
} ;

struct step
{
  char const *order ;
  char const *want ;
} ;

struct script
{
  char const *name ;
  struct step steps[STEPS] ;
} ;

static struct script const scripts[] =
{
  { "what is new is added, and started", {
    { "scan a:1 b:2+", "add:a add:b" },
    { "show", "a=0,- b=0,0" },
    { "start", "" },
    { "show", "a=R,- b=R,Rrw" },
    { "scan b:2+ a:1", "keep:b keep:a" },
    { "start", "" },
    { "show", "a=R,- b=R,Rrw" } } },
  { "what dies is started again, a second after its last start", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "later 200", "" },
    { "kill a", "" },
    { "show", "a=800,-" },
    { "start", "" },
    { "show", "a=800,-" },
    { "later 800", "" },
    { "start", "" },
    { "show", "a=R,-" },
    { "later 5000", "" },
    { "kill a", "" },
    { "show", "a=0,-" } } },
  { "no scan makes a restart forgotten, or later, or sooner", {
    { "scan a:1 b:2", "add:a add:b" },
    { "start", "" },
    { "later 100", "" },
    { "kill a", "" },
    { "scan a:1 b:2", "keep:a keep:b" },
    { "show", "a=900,- b=R,-" },
    { "later 100", "" },
    { "scan a:1", "keep:a gone:b" },
    { "show", "a=800,- b=R-,-" } } },
  { "what is gone lives on, and is forgotten when dead", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan ", "gone:a" },
    { "show", "a=R-,-" },
    { "scan ", "" },
    { "kill a", "" },
    { "show", "" } } },
  { "what was never started, and is gone, is forgotten", {
    { "scan a:1+", "add:a" },
    { "scan ", "gone:a gone:a/log" },
    { "show", "" } } },
  { "what has come back is known", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan ", "gone:a" },
    { "scan a:1", "keep:a" },
    { "show", "a=R,-" },
    { "kill a", "" },
    { "show", "a=1000,-" } } },
  { "what has come back while the old one is told to end waits for that", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan ", "gone:a" },
    { "prune", "" },
    { "scan a:1", "keep:a" },
    { "start", "" },
    { "show", "a=R,-" },
    { "told a", "TERM" },
    { "show", "a=1000,-" } } },
  { "a directory under two names is one service", {
    { "scan a:1 b:1", "add:a alias:b" },
    { "show", "a=0,-" },
    { "start", "" },
    { "scan b:1 a:1", "keep:b alias:a" },
    { "show", "a=R,-" },
    { "scan b:1", "keep:b" },
    { "show", "b=R,-" },
    { "scan c:1 d:1 e:1", "keep:c alias:d alias:e" },
    { "show", "c=R,-" } } },
  { "another directory under the name of one is another service", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan a:2", "add:a gone:a" },
    { "start", "" },
    { "show", "a=R-,- a=R,-" } } },
  { "a bad entry concerns itself", {
    { "scan a! b:1 c? d:2+ e:3!", "bad:a add:b bad:c add:d bad:e" },
    { "show", "b=0,- d=0,0" },
    { "scan a:4 b:1 c:5 d:2+ e:3+", "add:a keep:b add:c keep:d add:e" },
    { "show", "b=0,- d=0,0 e=0,0 a=0,- c=0,-" } } },
  { "a service that cannot be looked at stays as it is", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan a!", "bad:a" },
    { "prune", "" },
    { "show", "a=R,Rrw" },
    { "scan a:1!", "bad:a" },
    { "show", "a=R,Rrw" },
    { "scan a?", "bad:a gone:a gone:a/log" },
    { "show", "a=R-,R-rw" } } },
  { "no more than so many", {
    { "max 3", "" },
    { "scan a:1+ b:2+ c:3 d:4", "add:a noroom:b add:c noroom:d" },
    { "show", "a=0,0 c=0,-" },
    { "scan b:2+ c:3 a:1+", "noroom:b keep:c keep:a" },
    { "show", "a=0,0 c=0,-" },
    { "scan b:2+ a:1", "add:b keep:a gone:a/log gone:c" },
    { "show", "a=0,- b=0,0" },
    { "max 1000", "" } } },
  { "what is gone and runs takes room", {
    { "max 1", "" },
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan b:2", "noroom:b gone:a" },
    { "kill a", "" },
    { "scan b:2", "add:b" },
    { "max 1000", "" } } },
  { "no room for a logger: its service goes on", {
    { "max 1", "" },
    { "scan a:1", "add:a" },
    { "scan a:1+", "noroom:a" },
    { "show", "a=0,-" },
    { "max 2", "" },
    { "scan a:1+", "keep:a" },
    { "show", "a=0,0" },
    { "max 1000", "" } } },
  { "a logger that comes later", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan a:1+", "keep:a" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "a logger that is gone while its service is there is left alone", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan a:1", "keep:a gone:a/log" },
    { "prune", "" },
    { "told a/log", "nothing" },
    { "show", "a=R,R-rw" },
    { "kill a/log", "" },
    { "show", "a=R,-rw" },
    { "kill a", "" },
    { "show", "a=1000,-" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,-" } } },
  { "a pipe outlives both its ends' supervisors", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "kill a", "" },
    { "show", "a=1000,Rrw" },
    { "kill a/log", "" },
    { "show", "a=1000,1000rw" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "told to end: its logger sees the end of what it reads", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "show", "a=R-,R-rw" },
    { "told a", "TERM" },
    { "show", "a=-,R-r" },
    { "told a/log", "HUP" },
    { "show", "" } } },
  { "told to end when its service is dead already", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "kill a", "" },
    { "show", "a=-,R-rw" },
    { "prune", "" },
    { "show", "a=-,R-r" },
    { "told a/log", "HUP" },
    { "show", "" } } },
  { "gone and not told to end: the pipe is there when it comes back", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "kill a", "" },
    { "scan a:1+", "keep:a" },
    { "show", "a=1000,Rrw" } } },
  { "come back after its end: a pipe that is whole", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "told a", "TERM" },
    { "scan a:1+", "keep:a" },
    { "show", "a=1000,R" },
    { "told a/log", "HUP" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "come back before its end: the same pipe", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "scan a:1+", "keep:a" },
    { "told a", "TERM" },
    { "show", "a=1000,Rrw" },
    { "told a/log", "HUP" },
    { "show", "a=1000,1000rw" } } },
  { "pruned the hard way", {
    { "scan a:1+ b:2", "add:a add:b" },
    { "start", "" },
    { "scan b:2", "keep:b gone:a gone:a/log" },
    { "Prune", "" },
    { "told a/log", "TERM" },
    { "told a", "TERM" },
    { "told b", "nothing" },
    { "show", "b=R,-" } } },
  { "the end: those that read what others say hear of it by HUP", {
    { "scan a:1+ s6-svscan-log:2", "add:a add:s6-svscan-log" },
    { "start", "" },
    { "end", "" },
    { "told a", "TERM" },
    { "told a/log", "HUP" },
    { "told s6-svscan-log", "HUP" } } },
  { "another supervisor is there: pauses, up to a minute", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=1000,-" },
    { "later 1000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=2000,-" },
    { "later 2000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=4000,-" },
    { "later 4000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=8000,-" },
    { "later 8000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=16000,-" },
    { "later 16000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=32000,-" },
    { "later 32000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=60000,-" },
    { "later 60000", "" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=60000,-" },
    { "later 60000", "" },
    { "start", "" },
    { "later 1000", "" },
    { "kill a", "" },
    { "show", "a=0,-" },
    { "start", "" },
    { "busy a", "" },
    { "show", "a=1000,-" } } },
  { 0, { { 0, 0 } } }
} ;

static void obey (char const *order)
{
  size_t len = strcspn(order, " ") ;
  for (unsigned int i = 0 ; orders[i].word ; i++)
    if (strlen(orders[i].word) == len && !strncmp(orders[i].word, order, len))
    {
      (*orders[i].f)(order + len + !!order[len]) ;
      return ;
    }
  tap_bail(order) ;
}

static void begin (void)
{
  tain_now_g() ;
  registry_init(&registry, &starts_ended, &starts) ;
  starts_init(&starts, &registry, &to_nobody, (char const *const []){ 0 }, -1) ;
}

static void finish (void)
{
  while (tree_first(&registry.services))
  {
    struct service *s = service_of(tree_first(&registry.services)) ;
    for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++)
      if (supervisor_runs(s->part + i))
      {
        kill(s->part[i].child.pid, SIGKILL) ;
        waitpid(s->part[i].child.pid, 0, 0) ;
      }
    tree_delete(&registry.services, &s->node) ;
    service_free(s) ;
  }
  free((char *)starts.path) ;
}

static void run (struct script const *script)
{
  begin() ;
  for (unsigned int i = 0 ; i < STEPS && script->steps[i].order ; i++)
  {
    *said = 0 ;
    obey(script->steps[i].order) ;
    tap_string(said, script->steps[i].want, "%s: %u, %s", script->name, i + 1, script->steps[i].order) ;
  }
  finish() ;
}

 /* A supervisor that does nothing: this program, under its name. */

static void find_ourselves (void)
{
  char self[4000] ;
  ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  if (len <= 0) tap_bail("readlink") ;
  self[len] = 0 ;
  if (symlink(self, "s6-supervise") == -1 || setenv("PATH", ".", 1) == -1) tap_bail("symlink") ;
}

int main (int argc, char **argv)
{
  char const *base = strrchr(argv[0], '/') ;
  (void)argc ;
  if (!strcmp(base ? base + 1 : argv[0], "s6-supervise"))
    for (;;) pause() ;
  find_ourselves() ;
  to_nobody.verbosity = 0 ;
  for (unsigned int i = 0 ; scripts[i].name ; i++) run(scripts + i) ;
  return tap_done() ;
}
