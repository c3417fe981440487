/* ISC license. */

/* libsupervise/tally.h: the bytes of a death, which of many are kept, and which are read;
   tallies that are none. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/tai.h>

#include "libsupervise/tally.h"
#include "support/tap.h"

enum
{
  WAIT_EXIT_7 = 0x0700,  /* as wait(2) gives them */
  WAIT_SIGKILL = 0x0009,
  WAIT_SIGSEGV_CORE = 0x008b,
  SECONDS = 1000,  /* when the first one dies */
  NANOSECONDS = 5,
  GIBIBYTE = 1 << 30,
  SOMEBODY = 65534
} ;

static char const path[] = "supervise/death_tally" ;

static tain at (unsigned int seconds)
{
  tain t = TAIN_EPOCH ;
  t.sec.x += seconds ;
  t.nano = NANOSECONDS ;
  return t ;
}

static struct tally_death death (unsigned int seconds, int wstat)
{
  struct tally_death d ;
  tain const when = at(seconds) ;
  tally_death(&d, &when, wstat) ;
  return d ;
}

static int add (unsigned int seconds, int wstat, unsigned int max)
{
  struct tally_death const d = death(seconds, wstat) ;
  return tally_add(".", &d, max) ;
}

static intmax_t size (void)
{
  struct stat st ;
  return stat(path, &st) == -1 ? -1 : st.st_size ;
}

static void put (char const *s, size_t len)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  if (fd < 0 || write(fd, s, len) != (ssize_t)len || close(fd) == -1) tap_bail("write the tally") ;
}

static void put_sparse (off_t len)
{
  put("", 0) ;
  if (truncate(path, len) == -1) tap_bail("truncate") ;
}

static int read_error (void)
{
  struct tally_death deaths[TALLY_USUALLY] ;
  return tally_read(".", deaths, TALLY_USUALLY) == -1 ? errno : 0 ;
}

static unsigned int second_of (struct tally_death const *d)
{
  tain const zero = at(0) ;
  return (unsigned int)(d->when.sec.x - zero.sec.x) ;
}

 /* Seconds of those that are read, one after the other. */

static void tap_seconds (unsigned int max, ssize_t n, unsigned int first, char const *name)
{
  static struct tally_death deaths[TALLY_MOST + 1] ;
  unsigned int wrong = 0 ;
  ssize_t r = tally_read(".", deaths, max) ;
  tap_int(r, n, "%s: how many", name) ;
  for (ssize_t i = 0 ; i < r ; i++) wrong += second_of(deaths + i) != first + (unsigned int)i ;
  tap_int(wrong, 0, "%s: oldest first", name) ;
}

static void deaths (void)
{
  struct tally_death d = death(SECONDS, WAIT_EXIT_7) ;
  tap_int(d.code, 7, "an exit: its code") ;
  tap_int(d.sig, 0, "and no signal") ;
  d = death(SECONDS, WAIT_SIGKILL) ;
  tap_int(d.code, 137, "a signal: 128 and its number") ;
  tap_int(d.sig, 9, "and its number") ;
  tap_int(death(SECONDS, WAIT_SIGSEGV_CORE).sig, 11, "whether there was a core or not") ;
  tap_int(death(SECONDS, 0).code, 0, "an exit with 0") ;
}

static void bytes (void)
{
  static unsigned char const want[] =
  {
    0x40, 0, 0, 0, 0, 0, 0x03, 0xf2, 0, 0, 0, 5, 7, 0,
    0x40, 0, 0, 0, 0, 0, 0x03, 0xf3, 0, 0, 0, 5, 137, 9
  } ;
  char got[64] ;
  struct tally_death read_back[2] ;
  int fd ;
  ssize_t r ;
  tap_int(read_error(), ENOENT, "no tally") ;
  tap_ok(tally_clear(".") && size() == 0, "one is made, that is empty") ;
  if (link(path, "supervise/same") == -1) tap_bail("link") ;
  tap_ok(add(SECONDS, WAIT_EXIT_7, 10) && add(SECONDS + 1, WAIT_SIGKILL, 10), "two deaths are added") ;
  fd = open("supervise/same", O_RDONLY) ;
  r = read(fd, got, sizeof(got)) ;
  tap_bytes(got, r < 0 ? 0 : (size_t)r, want, sizeof(want), "their bytes, in the same file") ;
  tap_int(tally_read(".", read_back, 2), 2, "they are read") ;
  tap_int(read_back[1].when.nano, NANOSECONDS, "the time to the nanosecond") ;
  tap_int(read_back[0].code * 256 + read_back[1].sig, 7 * 256 + 9, "the code, and the signal") ;
  tap_ok(tally_clear(".") && size() == 0, "it is emptied") ;
}

static void overflow (void)
{
  for (unsigned int i = 0 ; i < 5 ; i++) add(i, WAIT_EXIT_7, 3) ;
  tap_int(size(), 3 * TALLY_DEATH, "of five, three are kept") ;
  tap_seconds(TALLY_MOST, 3, 2, "the newest") ;
  tap_seconds(2, 2, 3, "of which two are read") ;
  tap_seconds(0, 0, 0, "or none") ;
  tap_ok(add(5, WAIT_EXIT_7, 1), "a smaller limit") ;
  tap_seconds(TALLY_MOST, 1, 5, "drops the older ones at once") ;
  tap_ok(add(6, WAIT_EXIT_7, 0), "with a limit of 0") ;
  tap_seconds(1, 1, 5, "nothing is added") ;
}

static void many (void)
{
  unsigned int failed = 0 ;
  tally_clear(".") ;
  for (unsigned int i = 0 ; i < TALLY_MOST + 2 ; i++) failed += !add(i, WAIT_SIGKILL, TALLY_MOST) ;
  tap_int(failed, 0, "more than the most are added") ;
  tap_int(size(), TALLY_MOST * TALLY_DEATH, "as many are kept as may be") ;
  tap_seconds(TALLY_MOST + 1, TALLY_MOST, 2, "a limit above the most is the most") ;
  tap_ok(add(TALLY_MOST + 2, WAIT_EXIT_7, 100000), "when adding, too") ;
  tap_seconds(1, 1, TALLY_MOST + 2, "the newest is the one that was added") ;
  tap_int(size(), TALLY_MOST * TALLY_DEATH, "and the oldest is gone") ;
}

static void not_ones (void)
{
  put("1234567890123", 13) ;
  tap_error(read_error(), EBADMSG, "13 bytes are no tally") ;
  tap_ok(add(1, WAIT_EXIT_7, 10), "a death is added to them") ;
  tap_seconds(10, 1, 1, "as to nothing") ;
  put("123456789012345", 15) ;
  tap_error(read_error(), EBADMSG, "nor are 15") ;
  tap_ok(tally_clear(".") && size() == 0, "they are emptied") ;
  unlink(path) ;
  if (mkfifo(path, 0600) == -1) tap_bail("mkfifo") ;
  tap_error(read_error(), EINVAL, "nor is a fifo, which is not waited for") ;
  tap_ok(add(2, WAIT_EXIT_7, 10), "a death takes its place") ;
  tap_seconds(10, 1, 2, "alone") ;
  unlink(path) ;
  if (symlink("death_tally", path) == -1) tap_bail("symlink") ;
  tap_error(read_error(), ELOOP, "nor is a link to itself") ;
  tap_ok(add(3, WAIT_EXIT_7, 10) && size() == TALLY_DEATH, "a death takes its place, too") ;
  unlink(path) ;
  if (mkdir(path, 0700) == -1) tap_bail("mkdir") ;
  tap_error(read_error(), EINVAL, "nor is a directory") ;
  tap_ok(!add(4, WAIT_EXIT_7, 10) && !tally_clear("."), "which stays") ;
  tap_ok(access("supervise/death_tally.new", F_OK) == -1, "and nothing beside it") ;
  rmdir(path) ;
}

 /* As far as it is read, it is of no size. */

static void large (void)
{
  put_sparse(GIBIBYTE) ;
  tap_error(read_error(), EBADMSG, "a GiB is none: it is no multiple of a death") ;
  put_sparse(GIBIBYTE - GIBIBYTE % TALLY_DEATH) ;
  tap_int(read_error(), 0, "a multiple of one is read") ;
  tap_ok(add(9, WAIT_SIGKILL, 3), "and added to") ;
  tap_int(size(), 3 * TALLY_DEATH, "which leaves the newest ones") ;
}

 /* Its owner may replace it, but not read it: that would begin it anew. */

static void unreadable (void)
{
  int ok, e ;
  put("1234567890123412345678901234", 2 * TALLY_DEATH) ;
  if (chmod(".", 0755) == -1 || chmod(path, 0600) == -1 || chown("supervise", SOMEBODY, SOMEBODY) == -1
    || seteuid(SOMEBODY) == -1)
  {
    tap_diag("who cannot become another user can read everything") ;
    return ;
  }
  ok = add(2, WAIT_EXIT_7, 10) ;
  e = errno ;
  if (seteuid(0) == -1) tap_bail("seteuid") ;
  tap_ok(!ok, "to what cannot be read nothing is added") ;
  tap_error(e, EACCES, "which is said") ;
  tap_int(size(), 2 * TALLY_DEATH, "and nothing is lost") ;
}

 /* Whoever clears does so while a supervisor writes. */

static void beside_a_writer (void)
{
  struct stat before, after ;
  put("", 0) ;
  if (stat(path, &before) == -1 || mkdir("supervise/death_tally.new", 0700) == -1) tap_bail("prepare") ;
  tap_ok(tally_clear("."), "clearing needs no other file") ;
  tap_ok(stat(path, &after) == 0 && before.st_ino == after.st_ino, "it is done in place") ;
  rmdir("supervise/death_tally.new") ;
}

static void paths (void)
{
  static char dir[5000] ;
  struct tally_death d = death(1, 0) ;
  for (size_t i = 0 ; i + 1 < sizeof(dir) ; i++) dir[i] = 'x' ;
  tap_ok(tally_read(dir, &d, 1) == -1 && errno == ENAMETOOLONG, "a path that is too long: it is not read") ;
  tap_ok(!tally_add(dir, &d, 1) && !tally_clear(dir) && errno == ENAMETOOLONG, "nor added to, nor cleared") ;
}

int main (void)
{
  if (mkdir("supervise", 0700) == -1) tap_bail("mkdir supervise") ;
  deaths() ;
  bytes() ;
  overflow() ;
  many() ;
  not_ones() ;
  large() ;
  unreadable() ;
  beside_a_writer() ;
  paths() ;
  return tap_done() ;
}
