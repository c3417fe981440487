/* ISC license. */

/* libsupervise/svstatus.h: the 35 bytes, bit by bit; what is no status; a status is replaced
   and never torn. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"
#include "support/tap.h"

enum { EXIT_7 = 0x0700, SIGTERM_STATUS = 0x000f, ROUNDS = 20000, READS = 3000 } ;

static char const path[] = "supervise/status" ;

 /* service-directory(7) in bytes: two labels, pid, wait status, flags. */
#define LABEL_1 "\x40\0\0\0\0\0\x03\xe8\0\0\0\x05"
#define LABEL_2 "\x40\0\0\0\0\0\x03\xe9\x3b\x9a\xc9\xff"

static struct row
{
  pid_t pid ;
  unsigned int wstat ;
  unsigned int flags ;
  char const *tail ;  /* the last 11 bytes */
  int isup ;
  int isready ;
  int isfinished ;
  int isunstarted ;
} const rows[] =
{
  { 77, 0, 4, "\0\0\0\0\0\0\0\x4d\0\0\x04", 1, 0, 0, 0 },
  { 77, 0, 12, "\0\0\0\0\0\0\0\x4d\0\0\x0c", 1, 1, 0, 0 },
  { 77, 0, 5, "\0\0\0\0\0\0\0\x4d\0\0\x05", 1, 0, 0, 0 },
  { 0x12345678, EXIT_7, 6, "\0\0\0\0\x12\x34\x56\x78\x07\0\x06", 0, 0, 0, 0 },
  { 77, SIGTERM_STATUS, 2, "\0\0\0\0\0\0\0\x4d\0\x0f\x02", 0, 0, 0, 0 },
  { 0, EXIT_7, 8, "\0\0\0\0\0\0\0\0\x07\0\x08", 0, 0, 1, 0 },
  { 0, SIGTERM_STATUS, 12, "\0\0\0\0\0\0\0\0\0\x0f\x0c", 0, 0, 1, 0 },
  { 0, 0, 13, "\0\0\0\0\0\0\0\0\0\0\x0d", 0, 0, 1, 1 },
  { 0, 0, 9, "\0\0\0\0\0\0\0\0\0\0\x09", 0, 0, 1, 1 },
  { INT_MAX, 0xffff, 15, "\0\0\0\0\x7f\xff\xff\xff\xff\xff\x0f", 0, 0, 0, 0 }
} ;

static struct svstatus status_of (struct row const *r)
{
  struct svstatus s = { .pid = r->pid, .wstat = r->wstat, .flags = r->flags } ;
  tain_unpack(LABEL_1, &s.changed) ;
  tain_unpack(LABEL_2, &s.readied) ;
  return s ;
}

static void check_row (struct row const *r)
{
  struct svstatus const s = status_of(r) ;
  struct svstatus back ;
  char got[SVSTATUS_SIZE] ;
  char want[SVSTATUS_SIZE + 1] ;
  memcpy(want, LABEL_1 LABEL_2, 2 * TAIN_PACK) ;
  memcpy(want + 2 * TAIN_PACK, r->tail, SVSTATUS_SIZE - 2 * TAIN_PACK) ;
  svstatus_pack(got, &s) ;
  tap_bytes(got, SVSTATUS_SIZE, want, SVSTATUS_SIZE, "pid %d, wait status %x, flags %u in bytes", (int)r->pid, r->wstat, r->flags) ;
  tap_ok(svstatus_unpack(&back, want), "they are a status") ;
  tap_int(back.pid, r->pid, "its pid") ;
  tap_int(back.wstat, r->wstat, "its wait status") ;
  tap_int(back.flags, r->flags, "its flags") ;
  tap_int(back.readied.nano, 999999999, "its nanoseconds") ;
  tap_int(svstatus_isup(&back), r->isup, "up") ;
  tap_int(!!svstatus_isready(&back), r->isready, "ready") ;
  tap_int(svstatus_isdown(&back), !r->isup, "down") ;
  tap_int(!!svstatus_isfinished(&back), r->isfinished, "finish is over") ;
  tap_int(!!svstatus_isunstarted(&back), r->isunstarted, "not started yet") ;
}

 /* One byte of a right one is changed. */

static void check_wrong (void)
{
  static struct { unsigned int at ; unsigned char byte ; char const *what ; } const wrong[] =
  {
    { 24, 1, "a pid of more than 32 bits" },
    { 28, 0x80, "a pid of 2^31" },
    { 24, 0xff, "a negative pid" },
    { 34, 0x10, "a flag that is none" },
    { 34, 0xff, "all flags" },
    { 8, 0x3c, "more nanoseconds than there are" },
    { 20, 0xff, "the same in the other label" }
  } ;
  struct svstatus s = status_of(rows) ;
  char bytes[SVSTATUS_SIZE] ;
  for (unsigned int i = 0 ; i < sizeof(wrong) / sizeof(*wrong) ; i++)
  {
    svstatus_pack(bytes, &s) ;
    bytes[wrong[i].at] = (char)wrong[i].byte ;
    struct svstatus back ;
    tap_ok(!svstatus_unpack(&back, bytes), "%s is no status", wrong[i].what) ;
  }
}

 /* Random bytes are refused, or are what they say, to the last bit. */

static void check_random (void)
{
  unsigned int accepted = 0, different = 0 ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    struct svstatus s ;
    char bytes[SVSTATUS_SIZE], again[SVSTATUS_SIZE] ;
    for (unsigned int j = 0 ; j < sizeof(bytes) ; j++) bytes[j] = (char)random() ;
    if (i & 1)
    {
      memset(bytes + 24, 0, 4) ;
      bytes[28] &= 0x7f ;
      bytes[34] &= 0x0f ;
    }
    if (!svstatus_unpack(&s, bytes)) continue ;
    accepted++ ;
    svstatus_pack(again, &s) ;
    different += !!memcmp(again, bytes, sizeof(bytes)) ;
  }
  tap_int(different, 0, "random bytes that are taken are the same when they are packed again") ;
  tap_least(accepted, ROUNDS / 100, "some were taken") ;
  tap_most(accepted, ROUNDS / 2, "and many were not") ;
}

static void put (char const *s, size_t len)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) ;
  if (fd < 0 || write(fd, s, len) != (ssize_t)len) tap_bail(path) ;
  close(fd) ;
}

static int read_error (void)
{
  struct svstatus s ;
  return svstatus_read(".", &s) ? 0 : errno ;
}

 /* The status of s6 2.13: a process group behind the pid. */

static void check_group (void)
{
  static char const group[] = LABEL_1 LABEL_2 "\0\0\0\0\0\0\x12\x34" "\xff\xff\xff\xff\xff\xff\xff\xff" "\x0f\x01\x0e" ;
  struct svstatus back ;
  put(group, 43) ;
  tap_ok(svstatus_read(".", &back), "43 bytes, with a process group, are one") ;
  tap_int(back.pid, 0x1234, "its pid") ;
  tap_int(back.wstat, 0x0f01, "its wait status") ;
  tap_int(back.flags, 0x0e, "its flags") ;
  put(group, 42) ;
  tap_error(read_error(), EBADMSG, "42 are none") ;
  put(group, 44) ;
  tap_error(read_error(), EBADMSG, "nor are 44") ;
}

static void check_files (void)
{
  static char const zeroes[64] ;
  char longname[4096] ;
  struct svstatus s = status_of(rows) ;
  struct svstatus back ;
  struct stat st ;
  tap_error(read_error(), ENOENT, "no supervise: ENOENT") ;
  tap_ok(!svstatus_write(".", &s) && errno == ENOENT, "nor can it be written there") ;
  mkdir("supervise", 0700) ;
  tap_error(read_error(), ENOENT, "no status: ENOENT") ;
  tap_ok(svstatus_write(".", &s), "one is written") ;
  tap_ok(stat(path, &st) == 0 && st.st_size == SVSTATUS_SIZE, "of 35 bytes") ;
  tap_int(st.st_mode & 07777, 0644, "its mode") ;
  tap_ok(access("supervise/status.new", F_OK) == -1, "nothing else is left") ;
  tap_ok(svstatus_read(".", &back) && back.pid == 77, "and is read") ;
  put(zeroes, 0) ;
  tap_error(read_error(), EBADMSG, "0 bytes are none") ;
  put(zeroes, SVSTATUS_SIZE - 1) ;
  tap_error(read_error(), EBADMSG, "nor are 34") ;
  put(zeroes, SVSTATUS_SIZE + 1) ;
  tap_error(read_error(), EBADMSG, "nor 36") ;
  check_group() ;
  put("noise noise noise noise noise noise", SVSTATUS_SIZE) ;
  tap_error(read_error(), EBADMSG, "nor are 35 of noise") ;
  unlink(path) ;
  if (mkfifo(path, 0600) == -1) tap_bail("mkfifo") ;
  tap_error(read_error(), EINVAL, "a fifo: EINVAL, and nobody waits") ;
  tap_ok(svstatus_write(".", &s) && read_error() == 0, "it is replaced") ;
  unlink(path) ;
  mkdir(path, 0700) ;
  tap_error(read_error(), EINVAL, "a directory: EINVAL") ;
  tap_ok(!svstatus_write(".", &s), "it stays") ;
  tap_ok(access("supervise/status.new", F_OK) == -1, "and nothing is left beside it") ;
  rmdir(path) ;
  memset(longname, 'x', sizeof(longname) - 1) ;
  longname[sizeof(longname) - 1] = 0 ;
  tap_ok(!svstatus_read(longname, &back) && errno == ENAMETOOLONG, "a path that is too long") ;
}

 /* Whoever reads while it is replaced sees one or the other. */

static void check_whole (void)
{
  struct svstatus one = status_of(rows) ;
  struct svstatus other = status_of(rows + 3) ;
  unsigned int wrong = 0, seen[2] = { 0, 0 } ;
  pid_t pid ;
  if (!svstatus_write(".", &one)) tap_bail("svstatus_write") ;
  pid = fork() ;
  if (!pid) for (unsigned int i = 0 ;; i++) svstatus_write(".", i & 1 ? &one : &other) ;
  for (unsigned int i = 0 ; i < READS || (i < READS * 100 && !(seen[0] && seen[1])) ; i++)
  {
    struct svstatus s ;
    int ok = svstatus_read(".", &s) ;
    int isone = ok && s.pid == one.pid && s.flags == one.flags && s.wstat == one.wstat ;
    int isother = ok && s.pid == other.pid && s.flags == other.flags && s.wstat == other.wstat ;
    wrong += !isone && !isother ;
    if (isone || isother) seen[isother]++ ;
  }
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  tap_int(wrong, 0, "it is never seen in part, nor absent") ;
  tap_least(seen[0], 1, "one was seen") ;
  tap_least(seen[1], 1, "and the other") ;
}

int main (void)
{
  umask(022) ;
  for (unsigned int i = 0 ; i < sizeof(rows) / sizeof(*rows) ; i++) check_row(rows + i) ;
  check_wrong() ;
  check_random() ;
  check_files() ;
  check_whole() ;
  return tap_done() ;
}
