/* ISC license. */

/* The daemon reaches its limit of address space: what does not fit is
   refused whole, what was acknowledged before is there, and it serves on. */

#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

#include "support/procstatus.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { FRAME = 250, FRAMES = 40, HELD = FRAME * FRAMES, SPARE = 2 << 20, ID_SIZE = 256 } ;

static char ids[HELD][ID_SIZE] ;
static int files[2] ;

static void limit_memory (struct testdaemon const *d)
{
  long kilobytes = procstatus(d->pid, "VmSize") ;
  struct rlimit limit ;
  if (kilobytes <= 0) tap_bail("VmSize") ;
  limit.rlim_cur = limit.rlim_max = (rlim_t)kilobytes * 1024 + SPARE ;
  if (prlimit(d->pid, RLIMIT_AS, &limit, 0) == -1) tap_bail("prlimit") ;
}

static int connect_again (struct rawclient *c, char const *path)
{
  for (unsigned int i = 0 ; i < 100 ; i++)
  {
    if (raw_connect(c, path, -1, FRAME_NATIVE)) return 1 ;
    raw_close(c) ;
    test_sleep(10) ;
  }
  return 0 ;
}

 /* One dump of one frame: applied, or not. */

static int add (struct rawclient *c, unsigned int which)
{
  char const *names[FRAME] ;
  int fds[FRAME] ;
  for (unsigned int i = 0 ; i < FRAME ; i++)
  {
    names[i] = ids[which * FRAME + i] ;
    fds[i] = files[i & 1] ;
  }
  return !raw_setdump(c, FRAME) && !raw_dumpframe(c, names, fds, FRAME) ;
}

static int is_there (struct rawclient *c, unsigned int i)
{
  int fd ;
  int same = !raw_retrieve(c, 0, ids[i], &fd) && testfile_same(fd, files[i & 1]) ;
  if (fd >= 0) close(fd) ;
  return same ;
}

int main (void)
{
  static char const *const options[] = { "-n", "10000", 0 } ;
  struct rawclient c ;
  struct testdaemon d ;
  unsigned int dumps = 0, found = 0, beyond = 0, refused = 0 ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (testdaemon_isslow()) tap_skip_all("wrappers and sanitizers need memory of their own") ;
  for (unsigned int i = 0 ; i < 2 ; i++) files[i] = testfile() ;
  for (unsigned int i = 0 ; i < HELD ; i++) snprintf(ids[i], ID_SIZE, "%0255u", i) ;
  testdaemon_start(&d, "s", options) ;
  if (!connect_again(&c, d.path)) tap_bail("connect") ;
  is_there(&c, 0) ;  /* rights are known now */
  limit_memory(&d) ;
  while (dumps < FRAMES && add(&c, dumps)) dumps++ ;
  tap_least(dumps, 1, "dumps fit") ;
  tap_most(dumps, FRAMES - 1, "but not all of them") ;
  raw_close(&c) ;
  if (!connect_again(&c, d.path)) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < dumps * FRAME ; i++) found += is_there(&c, i) ;
  tap_int(found, dumps * FRAME, "all that was acknowledged is there") ;
  for (unsigned int i = dumps * FRAME ; i < (dumps + 1) * FRAME ; i++) beyond += is_there(&c, i) ;
  tap_int(beyond, 0, "nothing of the dump that was refused is") ;
  for (unsigned int i = 0 ; i < FRAME ; i++) refused += !!raw_delete(&c, ids[i]) ;
  tap_int(refused, 0, "it deletes") ;
  tap_error(raw_store(&c, ids[0], 0, files[0]), 0, "and stores again") ;
  tap_ok(is_there(&c, 0), "what is there then") ;
  raw_close(&c) ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
