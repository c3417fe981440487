/* ISC license. */

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

#include "scanscript.h"
#include "tap.h"

enum { SAID = 2000, DEVICE = 7, BUSY = 100 } ;

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

static void run (struct scanscript const *script)
{
  begin() ;
  for (unsigned int i = 0 ; i < SCANSCRIPT_STEPS && script->steps[i].order ; i++)
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

int scanscript_main (char const *name, struct scanscript const *scripts)
{
  char const *base = strrchr(name, '/') ;
  if (!strcmp(base ? base + 1 : name, "s6-supervise"))
    for (;;) pause() ;
  find_ourselves() ;
  to_nobody.verbosity = 0 ;
  for (unsigned int i = 0 ; scripts[i].name ; i++) run(scripts + i) ;
  return tap_done() ;
}
