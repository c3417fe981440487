/* ISC license. */

#define _GNU_SOURCE

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "rawclient.h"
#include "soaker.h"
#include "tap.h"
#include "testdaemon.h"

enum { CALM_MILLISECONDS = 2, SLOW_MILLISECONDS = 5, HALF_SENT_MILLISECONDS = 300, DUMPED = 4 } ;

struct soaker
{
  struct soaker_shared *shared ;
  struct ledger_entry *entries ;
  char *problem ;
  char const *socket ;
  unsigned int which ;
} ;

struct soaker_shared *soaker_shared_new (int const *files)
{
  struct soaker_shared *s = mmap(0, sizeof(struct soaker_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (s == MAP_FAILED) tap_bail("mmap") ;
  for (unsigned int i = 0 ; i < SOAKERS ; i++)
    for (unsigned int j = 0 ; j < SOAKER_IDS ; j++)
    {
      snprintf(s->ids[i][j], SOAKER_ID_SIZE, "client %u id %u", i, j) ;
      s->entries[i][j].id = s->ids[i][j] ;
      s->entries[i][j].fd = files[(i * SOAKER_IDS + j) % SOAKER_FILES] ;
    }
  return s ;
}

static void complain (struct soaker *s, char const *id, char const *what, int e)
{
  snprintf(s->problem, sizeof(s->shared->problem[0]), "%s: %s: %s", id, what, e < 0 ? "closed" : strerror(e)) ;
}

 /* Before a change is asked for, it could be either; afterwards it is as it was answered. */

static int resolve (struct soaker *s, struct ledger_entry *e, enum ledger_state before, int r, enum ledger_state wanted)
{
  if (!r) e->state = wanted ;
  else if (r > 0)
  {
    e->state = before ;
    complain(s, e->id, wanted == LEDGER_PRESENT ? "not stored" : "not taken out", r) ;
  }
  return r >= 0 ;
}

static int retrieve (struct soaker *s, struct rawclient *c, struct ledger_entry *e, unsigned int flags)
{
  enum ledger_state before = e->state ;
  int fd, r ;
  if (flags) e->state = LEDGER_EITHER ;
  r = raw_retrieve(c, flags, e->id, &fd) ;
  if (!r && !testfile_same(fd, e->fd)) complain(s, e->id, "is another file", 0) ;
  if (!r && flags && c->dialect == FRAME_NATIVE) r = raw_acknowledge(c) ;
  if (fd >= 0) close(fd) ;
  if (flags) return resolve(s, e, before, r, LEDGER_ABSENT) ;
  if (before == LEDGER_EITHER && r >= 0) e->state = r == ENOENT ? LEDGER_ABSENT : LEDGER_PRESENT ;
  else if (r >= 0 && !r != (before == LEDGER_PRESENT)) complain(s, e->id, before == LEDGER_PRESENT ? "is lost" : "is there, and must not be", r) ;
  return r >= 0 ;
}

static int change (struct soaker *s, struct rawclient *c, struct ledger_entry *e)
{
  enum ledger_state before = e->state ;
  if (before == LEDGER_EITHER) return retrieve(s, c, e, 0) ;
  if (before == LEDGER_PRESENT && rand() % 2) return retrieve(s, c, e, 1) ;
  e->state = LEDGER_EITHER ;
  if (before == LEDGER_PRESENT) return resolve(s, e, before, raw_delete(c, e->id), LEDGER_ABSENT) ;
  return resolve(s, e, before, raw_store(c, e->id, 0, e->fd), LEDGER_PRESENT) ;
}

 /* Replaces what is there by the same. */

static int set_dump (struct soaker *s, struct rawclient *c)
{
  char const *ids[DUMPED] ;
  int fds[DUMPED] ;
  int r ;
  for (unsigned int i = 0 ; i < DUMPED ; i++)
  {
    if (s->entries[i].state == LEDGER_ABSENT) s->entries[i].state = LEDGER_EITHER ;
    ids[i] = s->entries[i].id ;
    fds[i] = s->entries[i].fd ;
  }
  r = raw_setdump(c, DUMPED) ;
  if (!r) r = raw_dumpframe(c, ids, fds, DUMPED) ;
  if (r > 0) complain(s, "dump", "not set", r) ;
  if (r) return r > 0 ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) s->entries[i].state = LEDGER_PRESENT ;
  return 1 ;
}

static int get_dump (struct rawclient *c)
{
  int r = raw_command(c, "?", 1, 0, 0) ;
  if (!r && c->s[4]) r = raw_receive(c) ;
  raw_drop_fds(c) ;
  return !r ;
}

static int operate (struct soaker *s, struct rawclient *c)
{
  struct ledger_entry *e = s->entries + rand() % SOAKER_IDS ;
  s->shared->operations[s->which]++ ;
  switch (rand() % 16)
  {
    case 0 : return !raw_list(c) ;
    case 1 : return get_dump(c) ;
    case 2 : return set_dump(s, c) ;
    case 3 : case 4 : case 5 : case 6 : case 7 : return change(s, c, e) ;
    default : return retrieve(s, c, e, 0) ;
  }
}

static void converse (struct soaker *s, unsigned int operations)
{
  struct rawclient c ;
  int r = raw_connect(&c, s->socket, -1, rand() % 2 ? FRAME_NATIVE : FRAME_S6) ;
  while (r && operations--)
  {
    r = operate(s, &c) ;
    test_sleep(CALM_MILLISECONDS) ;
  }
  raw_close(&c) ;
}

 /* One byte at a time, and not all of them. */

static void be_slow (struct soaker *s)
{
  static char const request[] = "\0\0\0\5\0\0R\0\1x\0" ;
  size_t n = rand() % sizeof(request) ;
  int fd = raw_socket(s->socket, -1) ;
  for (size_t i = 0 ; i < n && raw_send(fd, request + i, 1, 0, 0) == 1 ; i++) test_sleep(SLOW_MILLISECONDS) ;
  test_sleep(rand() % HALF_SENT_MILLISECONDS) ;
  close(fd) ;
}

 /* Asks for more than it reads. */

static void be_deaf (struct soaker *s)
{
  struct rawclient c ;
  if (raw_connect(&c, s->socket, -1, FRAME_S6))
    for (unsigned int i = 0 ; i < 16 ; i++) raw_put(&c, rand() % 2 ? "L" : "?", 1, 0, 0) ;
  test_sleep(rand() % HALF_SENT_MILLISECONDS) ;
  raw_close(&c) ;
}

static void soak (struct soaker *s)
{
  switch (s->which)
  {
    case SOAKERS - 1 : be_slow(s) ; break ;
    case SOAKERS - 2 : be_deaf(s) ; break ;
    default : converse(s, s->which < SOAKER_STEADY ? 100000 : 1 + rand() % 4) ;
  }
}

pid_t soaker_start (struct soaker_shared *shared, unsigned int which, char const *socket, unsigned int seed)
{
  struct soaker s = { .shared = shared, .entries = shared->entries[which], .problem = shared->problem[which], .socket = socket, .which = which } ;
  pid_t pid ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  srand(seed) ;
  for (;;) soak(&s) ;
}
