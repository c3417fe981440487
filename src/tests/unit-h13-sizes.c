/* ISC license. */

/* H13, the daemon's part: 0, 1, 253, 254, 506, 507, 2,000 with ids of 255
   bytes, 15,000: set, dumped into another holder, dumped again: every file is
   what it was, by device and inode. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <skalibs/uint32.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MOST = 15000, ID_LENGTH = 255, DAEMON_NEED = 24 + 4 * 16 } ;

static struct testdaemon holders[2] ;
static ino_t inodes[MOST] ;
static int islong ;  /* ids of 255 bytes */

static size_t make_id (char *id, unsigned int i)
{
  size_t len = snprintf(id, ID_LENGTH + 1, "%05u", i) ;
  if (!islong) return len ;
  memset(id + len, 'x', ID_LENGTH - len) ;
  id[ID_LENGTH] = 0 ;
  return ID_LENGTH ;
}

static int set_frame (struct rawclient *c, unsigned int first, unsigned int n)
{
  static char body[WIRE_DUMPFRAME_MAX] ;
  char id[ID_LENGTH + 1] ;
  int fds[RAW_FDS_MAX] ;
  size_t len = 1 ;
  tain never ;
  int e ;
  raw_never(&never) ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    struct stat st ;
    size_t idlen = make_id(id, first + i) ;
    fds[i] = testfile() ;
    if (fstat(fds[i], &st) == -1) tap_bail("fstat") ;
    inodes[first + i] = st.st_ino ;
    len += wire_pack_entry(body + len, &never, id, idlen) ;
  }
  e = raw_command(c, body, len, fds, n) ;
  for (unsigned int i = 0 ; i < n ; i++) close(fds[i]) ;
  return e ;
}

static int set_all (struct rawclient *c, unsigned int total)
{
  int e = raw_setdump(c, total) ;
  for (unsigned int i = 0 ; i < total && (!e || e == EAGAIN) ; i += RAW_FDS_MAX)
    e = set_frame(c, i, total - i < RAW_FDS_MAX ? total - i : RAW_FDS_MAX) ;
  return e ;
}

static int is_entry_right (struct wire_entry const *entry, int fd, unsigned int i)
{
  char id[ID_LENGTH + 1] ;
  struct stat st ;
  make_id(id, i) ;
  return !strcmp(id, entry->id.s) && !fstat(fd, &st) && st.st_ino == inodes[i] ;
}

 /* Compares, and hands each frame on to another holder where there is one. */

static int take_frame (struct rawclient *from, struct rawclient *to, unsigned int first, unsigned int n)
{
  static char body[WIRE_DUMPFRAME_MAX] ;
  struct wire_reader r ;
  struct wire_entry entry ;
  int e = 0 ;
  if (raw_receive(from) < 0 || from->nfds != n || from->len >= sizeof(body)) return RAW_MALFORMED ;
  wire_reader_init(&r, from->s, from->len) ;
  for (unsigned int i = 0 ; i < n && !e ; i++)
    if (!wire_get_entry(&r, &entry) || !is_entry_right(&entry, from->fds[i], first + i)) e = RAW_MALFORMED ;
  body[0] = WIRE_DUMPFRAME ;
  memcpy(body + 1, from->s, from->len) ;
  if (!e && to) e = raw_command(to, body, from->len + 1, from->fds, n) ;
  raw_drop_fds(from) ;
  return e == EAGAIN ? 0 : e ;
}

static int take_all (struct rawclient *from, struct rawclient *to, unsigned int total)
{
  uint32_t n ;
  int e = raw_command(from, "?", 1, 0, 0) ;
  if (e) return e ;
  if (from->len != WIRE_GETDUMP_REPLY_PACK) return RAW_MALFORMED ;
  uint32_unpack_big(from->s + 1, &n) ;
  if (n != (total + RAW_FDS_MAX - 1) / RAW_FDS_MAX) return RAW_MALFORMED ;
  uint32_unpack_big(from->s + 5, &n) ;
  if (n != total) return RAW_MALFORMED ;
  if (to) e = raw_setdump(to, total) ;
  for (unsigned int i = 0 ; !e && i < total ; i += RAW_FDS_MAX)
    e = take_frame(from, to, i, total - i < RAW_FDS_MAX ? total - i : RAW_FDS_MAX) ;
  return e ;
}

static void check (unsigned int total, enum frame_dialect dialect)
{
  struct rawclient a, b ;
  char const *name = dialect == FRAME_S6 ? "s6" : "native" ;
  char maxfds[16] ;
  char const *const options[] = { "-c", "16", "-n", maxfds, 0 } ;
  snprintf(maxfds, sizeof(maxfds), "%u", total ? total : 1) ;
  testdaemon_start(holders, "a", options) ;
  testdaemon_start(holders + 1, "b", options) ;
  raw_must_connect(&a, "a", dialect) ;
  raw_must_connect(&b, "b", dialect) ;
  tap_error(set_all(&a, total), 0, "H13: %s: %u are set", name, total) ;
  tap_error(take_all(&a, &b, total), 0, "H13: %s: %u are dumped and transferred", name, total) ;
  tap_error(take_all(&b, 0, total), 0, "H13: %s: %u are the same afterwards", name, total) ;
  raw_close(&a) ;
  raw_close(&b) ;
  testdaemon_finish(holders) ;
  testdaemon_finish(holders + 1) ;
}

int main (void)
{
  static unsigned int const totals[] = { 0, 1, 253, 254, 506, 507 } ;
  struct rlimit limit ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  for (unsigned int i = 0 ; i < sizeof(totals) / sizeof(*totals) ; i++)
  {
    check(totals[i], FRAME_NATIVE) ;
    check(totals[i], FRAME_S6) ;
  }
  islong = 1 ;
  check(2000, FRAME_NATIVE) ;
  check(2000, FRAME_S6) ;
  islong = 0 ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("getrlimit") ;
  if (limit.rlim_max >= MOST + DAEMON_NEED + 1024 && !testdaemon_isslow()) check(MOST, FRAME_NATIVE) ;
  else tap_ok(1, "H13: 15000 # SKIP the limit on open files is too low, or the daemon too slow") ;
  return tap_done() ;
}
