/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "manyclients.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"

enum
{
  IDS = 6,
  FILES = 3,
  NONE = -1,
  TRIES_MAX = 1000
} ;

 /* What is held under one id: a file, or NONE; and what else may be. */
struct one
{
  char id[32] ;
  int is ;
  int maybe ;
} ;

struct client
{
  struct manyclients *all ;
  unsigned int number ;
  char const *path ;
  struct rawclient c ;
  int files[FILES] ;
  struct one ids[IDS] ;
  unsigned int random ;
} ;

static unsigned int choose (struct client *x, unsigned int n)
{
  x->random = x->random * 1103515245 + 12345 ;
  return (x->random >> 16) % n ;
}

static void connect_again (struct client *x)
{
  unsigned int tries = 0 ;
  while (!raw_connect(&x->c, x->path, (uid_t)-1, FRAME_NATIVE))
  {
    if (++tries > TRIES_MAX) tap_bail("connect") ;
    test_sleep(1) ;
  }
}

 /* 1: it was answered, or cannot be known. */

static int is_broken (struct client *x, int answer)
{
  if (answer >= 0) return 0 ;
  raw_close(&x->c) ;
  x->all->broken[x->number]++ ;
  connect_again(x) ;
  return 1 ;
}

static int which (struct client const *x, int fd)
{
  for (int i = 0 ; i < FILES ; i++) if (testfile_same(fd, x->files[i])) return i ;
  return FILES ;
}

static void look (struct client *x, struct one *o)
{
  int fd, r, found ;
  do r = raw_retrieve(&x->c, 0, o->id, &fd) ;
  while (is_broken(x, r)) ;
  found = r == ENOENT ? NONE : r ? FILES : which(x, fd) ;
  if (fd >= 0) close(fd) ;
  if (found != o->is && found != o->maybe) x->all->wrong[x->number]++ ;
  o->is = o->maybe = found ;
}

static void note (struct client *x, struct one *o, int answer, int wanted)
{
  if (!answer) o->is = o->maybe = wanted ;
  else if (answer > 0) x->all->wrong[x->number]++ ;
  else o->maybe = wanted ;
  if (is_broken(x, answer)) look(x, o) ;
}

static void put (struct client *x, struct one *o)
{
  int file = (int)choose(x, FILES) ;
  note(x, o, o->is == NONE && choose(x, 2) ? raw_store(&x->c, o->id, 0, x->files[file]) : raw_replace(&x->c, o->id, 0, x->files[file]), file) ;
}

static void take (struct client *x, struct one *o)
{
  int fd, r = raw_retrieve(&x->c, 1, o->id, &fd) ;
  if (fd >= 0) close(fd) ;
  if (r) note(x, o, r, o->is) ;
  else note(x, o, raw_acknowledge(&x->c), NONE) ;
}

 /* All of it, or nothing. */

static void dump (struct client *x)
{
  char const *ids[2] ;
  int files[2], r, isone ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    ids[i] = x->ids[i].id ;
    files[i] = x->files[choose(x, FILES)] ;
  }
  r = raw_setdump(&x->c, 2) ;
  if (!r) r = raw_dumpframe(&x->c, ids, files, 2) ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    x->ids[i].maybe = which(x, files[i]) ;
    if (!r) x->ids[i].is = x->ids[i].maybe ;
  }
  if (r > 0) x->all->wrong[x->number]++ ;
  if (!is_broken(x, r)) return ;
  isone = x->ids[0].maybe != x->ids[0].is && x->ids[1].maybe != x->ids[1].is ;
  r = x->ids[0].maybe ;
  look(x, x->ids) ;
  isone = isone && x->ids[0].is == r ;
  if (isone) x->ids[1].is = x->ids[1].maybe ;
  look(x, x->ids + 1) ;
}

static void act (struct client *x)
{
  struct one *o = x->ids + choose(x, IDS) ;
  double begun = test_seconds() ;
  long took ;
  switch (choose(x, 6))
  {
    case 0 : dump(x) ; break ;
    case 1 : look(x, o) ; break ;
    case 2 : if (o->is != NONE) { take(x, o) ; break ; } put(x, o) ; break ;
    case 3 : if (o->is != NONE) { note(x, o, raw_delete(&x->c, o->id), NONE) ; break ; } put(x, o) ; break ;
    default : put(x, o) ; break ;
  }
  took = test_since(begun) ;
  if (took > x->all->worst[x->number]) x->all->worst[x->number] = took ;
  x->all->operations[x->number]++ ;
}

static void be_client (struct manyclients *all, unsigned int number, char const *path)
{
  struct client x = { .all = all, .number = number, .path = path, .random = number + 1 } ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  for (unsigned int i = 0 ; i < FILES ; i++) x.files[i] = testfile() ;
  for (unsigned int i = 0 ; i < IDS ; i++)
  {
    snprintf(x.ids[i].id, sizeof(x.ids[i].id), "client %u id %u", number, i) ;
    x.ids[i].is = x.ids[i].maybe = NONE ;
  }
  connect_again(&x) ;
  while (!all->isover) act(&x) ;
  for (unsigned int i = 0 ; i < IDS ; i++) look(&x, x.ids + i) ;
  _exit(0) ;
}

struct manyclients *manyclients_begin (char const *path)
{
  struct manyclients *all = mmap(0, sizeof(struct manyclients), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (all == MAP_FAILED) tap_bail("mmap") ;
  fflush(stdout) ;
  for (unsigned int i = 0 ; i < MANYCLIENTS_MAX ; i++)
  {
    pid_t pid = fork() ;
    if (pid == -1) tap_bail("fork") ;
    if (!pid) be_client(all, i, path) ;
    all->pids[i] = pid ;  /* the memory is the child's too */
  }
  return all ;
}

void manyclients_end (struct manyclients *all)
{
  int status ;
  all->isover = 1 ;
  for (unsigned int i = 0 ; i < MANYCLIENTS_MAX ; i++)
    if (waitpid(all->pids[i], &status, 0) != all->pids[i] || status)
    {
      tap_diag("client %u: status %d", i, status) ;
      all->wrong[i]++ ;
    }
}

uint64_t manyclients_sum (volatile uint64_t const *all)
{
  uint64_t sum = 0 ;
  for (unsigned int i = 0 ; i < MANYCLIENTS_MAX ; i++) sum += all[i] ;
  return sum ;
}
