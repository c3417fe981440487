/* ISC license. */

/* A connection that breaks before anything of an answer has come: what can do no
   harm is asked once more on a new one, and of the rest it is said that it may
   have been done. */

#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum operation { LIST, INSPECT, STATUS, RETRIEVE, GETDUMP, REPLACE, WATCH, STORE, DELETE, TAKE, SETDUMP } ;
enum { OUTPUT_MAX = 2048 } ;

#define GREETED STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE)
#define END STEP(STEP_WAITEOF), STEP(STEP_END)

struct request
{
  char const *name ;
  enum operation operation ;
  int isrepeated ;
  size_t size ;  /* of its frame */
  struct step answer ;
} ;

static struct request const requests[] =
{
  { "list", LIST, 1, 5, SEND("\0\0\0\5\0\0\0\0\0", 0) },
  { "inspect", INSPECT, 1, 5, SEND("\0\0\0\1\0\0\0\0\0", 0) },
  { "status", STATUS, 1, 5, SEND("\0\0\0\5\0a\0b\0", 0) },
  { "retrieve", RETRIEVE, 1, 9, SEND("\0\0\0\1\0", 1) },
  { "getdump", GETDUMP, 1, 5, SEND("\0\0\0\11\0\0\0\0\0\0\0\0\0", 0) },
  { "replace", REPLACE, 1, 20, SEND("\0\0\0\1\0", 0) },
  { "watch", WATCH, 1, 6, SEND("\0\0\0\1\0", 0) },
  { "store", STORE, 0, 20, SEND("\0\0\0\1\0", 0) },
  { "delete", DELETE, 0, 8, SEND("\0\0\0\1\0", 0) },
  { "take", TAKE, 0, 9, SEND("\0\0\0\1\0", 1) },
  { "setdump", SETDUMP, 0, 9, SEND("\0\0\0\5\0\0\0\0\0", 0) }
} ;

static int perform (fdholder *h, enum operation operation, tain const *deadline)
{
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  static stralloc strings = STRALLOC_ZERO ;
  size_t count ;
  int fd ;
  switch (operation)
  {
    case LIST : return fdholder_list_g(h, &strings, &count, deadline) ;
    case INSPECT : return fdholder_inspect_g(h, &strings, &count, deadline) ;
    case STATUS : return fdholder_status_g(h, &strings, &count, deadline) ;
    case GETDUMP : return fdholder_getdump_g(h, &dump, deadline) ;
    case REPLACE : return fdholder_replace_g(h, 0, "x", 0, deadline) ;
    case WATCH : return fdholder_watch_g(h, 0, deadline) ;
    case STORE : return fdholder_store_g(h, 0, "x", 0, deadline) ;
    case DELETE : return fdholder_delete_g(h, "x", deadline) ;
    case SETDUMP : return fdholder_setdump_g(h, 0, 0, deadline) ;
    default :
      fd = operation == TAKE ? fdholder_take_g(h, "x", deadline) : fdholder_retrieve_g(h, "x", deadline) ;
      if (fd >= 0) close(fd) ;
      return fd >= 0 ;
  }
}

static void give_up (struct conversation *c)
{
  fdholder_end(&c->h) ;
  kill(c->pid, SIGKILL) ;
  scripted_done(c->pid) ;
}

 /* The daemon would answer on a second connection. */

static void once (struct request const *r)
{
  struct step const asked = { STEP_READ, 0, r->size, 0 } ;
  struct step const steps[] = { GREETED, asked, STEP(STEP_CLOSE), GREETED, asked, r->answer, END } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, r->operation, &c.deadline), r->isrepeated ? 0 : EPIPE, r->name) ;
  tap_int(fdholder_islost(&c.h), !r->isrepeated, "%s: whether it went away", r->name) ;
  if (r->isrepeated) conversation_end(&c, r->name) ;
  else give_up(&c) ;
}

static void twice (struct request const *r)
{
  struct step const asked = { STEP_READ, 0, r->size, 0 } ;
  struct step const steps[] = { GREETED, asked, STEP(STEP_CLOSE), GREETED, asked, STEP(STEP_CLOSE), GREETED, asked, r->answer, END } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, r->operation, &c.deadline), EPIPE, r->name) ;
  tap_ok(fdholder_islost(&c.h), "%s: it went away twice, and is not asked a third time", r->name) ;
  give_up(&c) ;
}

 /* Something of the answer has come. */

static void partly (struct request const *r)
{
  struct step const asked = { STEP_READ, 0, r->size, 0 } ;
  struct step const part = { STEP_SEND, r->answer.s, 2, 0 } ;
  struct step const steps[] = { GREETED, asked, part, STEP(STEP_CLOSE), GREETED, asked, r->answer, END } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, r->operation, &c.deadline), EPIPE, "a part of an answer") ;
  give_up(&c) ;
}

static void gone (struct request const *r)
{
  struct step const asked = { STEP_READ, 0, r->size, 0 } ;
  struct step const steps[] = { GREETED, asked, STEP(STEP_END) } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, r->operation, &c.deadline), EPIPE, "nobody is there for a second connection") ;
  tap_ok(fdholder_islost(&c.h), "which is no denial") ;
  conversation_result(perform(&c.h, r->operation, &c.deadline), EPIPE, "the connection is of no more use") ;
  conversation_end(&c, "nobody is there") ;
}

 /* Who is denied is closed without a word, in either dialect. */

static void denied (void)
{
  struct step const steps[] = { STEP(STEP_ACCEPT), STEP(STEP_CLOSE), STEP(STEP_ACCEPT), STEP(STEP_CLOSE), GREETED, READ("\0\0\0\1L"), END } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, LIST, &c.deadline), EPIPE, "who is denied does not ask again") ;
  tap_ok(!fdholder_islost(&c.h), "and has not lost anybody") ;
  give_up(&c) ;
}

 /* Another connection would be told nothing. */

static void watching (void)
{
  struct step const steps[] = { GREETED, READ("\0\0\0\2E\0"), SEND("\0\0\0\1\0", 0), READ("\0\0\0\1L"), STEP(STEP_CLOSE), GREETED, READ("\0\0\0\1L"), SEND("\0\0\0\5\0\0\0\0\0", 0), END } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  conversation_result(perform(&c.h, WATCH, &c.deadline), 0, "it watches") ;
  conversation_result(perform(&c.h, LIST, &c.deadline), EPIPE, "a connection that watches is not made anew") ;
  give_up(&c) ;
}

 /* The program with those arguments, of which the last may be 0. */

static void says (char const *name, char const *id, char const *want)
{
  static struct step const steps[] = { GREETED, { STEP_READ, 0, 5, 0 }, STEP(STEP_END) } ;
  static char output[OUTPUT_MAX] ;
  char path[4096] ;
  size_t len = 0 ;
  int p[2], status ;
  pid_t pid, daemon = scripted_start("s", steps) ;
  testdaemon_program(path, sizeof(path), name) ;
  if (pipe(p) == -1 || (pid = fork()) == -1) tap_bail("unable to run the program") ;
  if (!pid)
  {
    dup2(p[1], 2) ;
    execl(path, path, "s", id, (char *)0) ;
    _exit(255) ;
  }
  close(p[1]) ;
  for (ssize_t r ; (r = read(p[0], output + len, OUTPUT_MAX - 1 - len)) > 0 ; len += r) ;
  output[len] = 0 ;
  close(p[0]) ;
  waitpid(pid, &status, 0) ;
  tap_int(wait_estatus(status), 1, "%s: the holder goes away: 1", name) ;
  tap_contains(output, want, "%s: and a word on it", name) ;
  scripted_done(daemon) ;
}

int main (void)
{
  testdaemon_workdir() ;
  for (size_t i = 0 ; i < sizeof(requests) / sizeof(*requests) ; i++) once(requests + i) ;
  for (size_t i = 0 ; i < sizeof(requests) / sizeof(*requests) ; i++)
    if (requests[i].isrepeated) twice(requests + i) ;
  partly(requests) ;
  gone(requests) ;
  denied() ;
  watching() ;
  says("s6-fdholder-store", "x", "unable to store a descriptor as x: the holder went away before it answered: look whether x is stored\n") ;
  says("s6-fdholder-delete", "x", "unable to delete x: the holder went away before it answered: look whether x is stored\n") ;
  says("s6-fdholder-list", 0, "unable to list the identifiers: the holder went away before it answered\n") ;
  says("s6-fdholder-stat", 0, "unable to get the status: the holder went away before it answered\n") ;
  return tap_done() ;
}
