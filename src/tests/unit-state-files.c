/* ISC license. */

/* state.h: the files that a state is in: those that nobody can have changed, and others. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libdaemon/memfile.h"
#include "support/statebytes.h"
#include "support/tap.h"

enum { OPEN = 8 } ;

 /* A memfile, with another bit in the age of an entry. */

static char const *load_changed (int areours, int issealed)
{
  struct state st = STATE_ZERO ;
  int fd = memfile_open("unit-state") ;
  char const *why ;
  if (fd < 0) tap_bail("memfile_open") ;
  statebytes_pack() ;
  statebytes_bytes.s[WIRE_STATE_HEAD + WIRE_STATE_HELPER + 1 + 4 + TAIN_PACK - 1] ^= 1 ;
  why = statebytes_load_from(fd, &st, statebytes_bytes.len, areours, issealed) ;
  state_free(&st) ;
  return why ;
}

 /* What nobody can have changed since is believed without its digest, but not by a trial. */

static void sealed (void)
{
  int fd = memfile_open("unit-state") ;
  int can ;
  tap_int(memfile_issealed(fd), 0, "a file that anybody may change is not sealed") ;
  if (!memfile_seal(fd)) tap_bail("memfile_seal") ;
  can = memfile_issealed(fd) ;
  close(fd) ;
  tap_string(load_changed(1, 0), "it is damaged", "changed and not sealed: the digest is looked at") ;
  tap_string(load_changed(0, 1), "it is damaged", "changed and sealed: a trial looks at it") ;
  if (can) tap_string(load_changed(1, 1), 0, "sealed: who goes on does not") ;
}

 /* Where there is no memfd_create(2), and /tmp is a tmpfs. */

static void unsealable (void)
{
  char tmpfs[] = "/dev/shm/unit-state:XXXXXX" ;
  char here[] = "./unit-state:XXXXXX" ;
  char *name = tmpfs ;
  int fd = mkstemp(name) ;
  if (fd < 0) fd = mkstemp(name = here) ;
  if (fd < 0) tap_bail("mkstemp") ;
  unlink(name) ;
  tap_ok(memfile_seal(fd) && !memfile_issealed(fd), "a deleted file that can never be sealed is taken as it is") ;
  close(fd) ;
}

 /* What is written for who goes on is not for a trial, where it can be sealed. */

static void saved (void)
{
  struct state st = STATE_ZERO, read = STATE_ZERO ;
  char const *why ;
  int fd ;
  statebytes_pack() ;
  if (statebytes_load(&st, statebytes_bytes.len, 1)) tap_bail("load") ;
  memset(st.bytes.s + st.bytes.len - WIRE_STATE_DIGEST, 0, WIRE_STATE_DIGEST) ;
  fd = state_save(&st, STATE_FOR_NEXT) ;
  tap_int(state_load(&read, fd, 1, &why), STATE_GOOD, "saved for the next image: it is good there") ;
  tap_int(state_load(&read, fd, 0, &why), memfile_issealed(fd) ? STATE_BAD : STATE_GOOD, "and for a trial, where it is not sealed") ;
  close(fd) ;
  fd = state_save(&st, STATE_FOR_TRIAL) ;
  tap_int(state_load(&read, fd, 0, &why), STATE_GOOD, "saved for a trial: it is good there") ;
  close(fd) ;
  state_free(&st) ;
  state_free(&read) ;
}

static void files (void)
{
  struct state st = STATE_ZERO ;
  char const *why ;
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  tap_int(state_load(&st, p[0], 1, &why), STATE_BAD, "a pipe is no state") ;
  tap_int(state_load(&st, STATEBYTES_FIRST + 50, 1, &why), STATE_BAD, "nor is what is not open") ;
  state_free(&st) ;
}

int main (void)
{
  for (int i = 0 ; i < OPEN ; i++) if (dup2(0, STATEBYTES_FIRST + i) == -1) tap_bail("dup2") ;
  statebytes_choose() ;
  sealed() ;
  unsealable() ;
  saved() ;
  files() ;
  stralloc_free(&statebytes_bytes) ;
  return tap_done() ;
}
