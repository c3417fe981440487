/* ISC license. */

/* libsupervise/wholefile.h: what is read of a file, which end of it, and what is no file;
   what replaces one. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "libsupervise/wholefile.h"
#include "support/child.h"
#include "support/tap.h"

enum { MEBIBYTE = 1 << 20, PATH_TOO_LONG = 5000 } ;

static char const path[] = "file" ;
static char big[MEBIBYTE] ;

static void put (char const *s, size_t len)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) ;
  if (fd < 0 || write(fd, s, len) != (ssize_t)len) tap_bail(path) ;
  close(fd) ;
}

static void check_read (char const *content, size_t len, size_t max, char const *first, char const *last)
{
  char s[16] ;
  off_t size = -1 ;
  ssize_t r ;
  put(content, len) ;
  r = wholefile_read(path, s, max, &size) ;
  tap_bytes(s, r < 0 ? 0 : (size_t)r, first, strlen(first), "%d bytes of %d, from the beginning", (int)max, (int)len) ;
  tap_int(size, (intmax_t)len, "its size") ;
  r = wholefile_readlast(path, s, max, 0) ;
  tap_bytes(s, r < 0 ? 0 : (size_t)r, last, strlen(last), "from the end") ;
}

static int read_error (void)
{
  char s[16] ;
  int last = wholefile_readlast(path, s, sizeof(s), 0) < 0 ? errno : 0 ;
  int first = wholefile_read(path, s, sizeof(s), 0) < 0 ? errno : 0 ;
  return first == last ? first : -1 ;
}

static void make_socket (void)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM, 0) ;
  memcpy(sa.sun_path, path, sizeof(path)) ;
  if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1) tap_bail("bind") ;
  close(fd) ;
}

static int descriptors (void)
{
  int fd = dup(0) ;
  close(fd) ;
  return fd ;
}

static void check_none (void)
{
  int before = descriptors() ;
  unlink(path) ;
  tap_error(read_error(), ENOENT, "what is not there") ;
  if (mkfifo(path, 0600) == -1) tap_bail("mkfifo") ;
  tap_error(read_error(), EINVAL, "a fifo, which nobody waits for") ;
  unlink(path) ;
  mkdir(path, 0700) ;
  tap_error(read_error(), EINVAL, "a directory") ;
  rmdir(path) ;
  make_socket() ;
  tap_error(read_error(), ENXIO, "a socket") ;
  unlink(path) ;
  if (symlink("/dev/zero", path) == -1) tap_bail("symlink") ;
  tap_error(read_error(), EINVAL, "a device") ;
  unlink(path) ;
  if (symlink(path, path) == -1) tap_bail("symlink") ;
  tap_error(read_error(), ELOOP, "a link to itself") ;
  unlink(path) ;
  tap_int(descriptors(), before, "no descriptor is left of all that") ;
}

static void check_content (char const *want, size_t len, char const *name)
{
  char s[64] ;
  off_t size ;
  ssize_t r = wholefile_read(path, s, sizeof(s), &size) ;
  tap_bytes(s, r < 0 ? 0 : (size_t)r, want, len, "%s", name) ;
}

static void check_replace (void)
{
  struct stat st, now ;
  int fd ;
  tap_ok(wholefile_replace(path, "one", 3), "a file is made") ;
  check_content("one", 3, "that is it") ;
  tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640, "with what the umask leaves") ;
  fd = open(path, O_RDONLY) ;
  tap_ok(wholefile_replace(path, "a\0b", 3), "another one takes its place") ;
  check_content("a\0b", 3, "with all its bytes") ;
  tap_ok(stat(path, &now) == 0 && now.st_ino != st.st_ino, "it is another one") ;
  tap_ok(fstat(fd, &now) == 0 && now.st_size == 3 && !now.st_nlink, "whoever has the old one open has it whole") ;
  close(fd) ;
  tap_ok(wholefile_replace(path, 0, 0), "an empty one") ;
  check_content("", 0, "nothing is in it") ;
  put("old", 3) ;
  fd = open("file.new", O_WRONLY | O_CREAT, 0600) ;
  if (fd < 0 || write(fd, "left behind by a crash", 22) != 22) tap_bail("file.new") ;
  close(fd) ;
  tap_ok(wholefile_replace(path, "x", 1), "what a crash has left is in nobody's way") ;
  check_content("x", 1, "nor in the file") ;
  tap_ok(access("file.new", F_OK) == -1, "nor there") ;
}

static void check_refused (void)
{
  char s[PATH_TOO_LONG] ;
  put("old", 3) ;
  if (symlink("target", "file.new") == -1) tap_bail("symlink") ;
  tap_ok(!wholefile_replace(path, "x", 1) && errno == ELOOP, "a link in the way is not followed") ;
  tap_ok(access("target", F_OK) == -1, "nothing is made where it leads") ;
  check_content("old", 3, "the old one is there") ;
  unlink("file.new") ;
  if (mkfifo("file.new", 0600) == -1) tap_bail("mkfifo") ;
  tap_ok(!wholefile_replace(path, "x", 1) && errno == ENXIO, "a fifo in the way is not waited for") ;
  check_content("old", 3, "the old one is there") ;
  unlink("file.new") ;
  memset(s, 'x', sizeof(s) - 1) ;
  s[sizeof(s) - 1] = 0 ;
  tap_ok(!wholefile_replace(s, "x", 1) && errno == ENAMETOOLONG, "a path that is too long") ;
  tap_ok(!wholefile_replace("no/file", "x", 1) && errno == ENOENT, "no directory") ;
}

 /* A disk that is full in the middle of it. */

static int replace_on_full (void *data)
{
  struct rlimit const limit = { .rlim_cur = 16, .rlim_max = RLIM_INFINITY } ;
  (void)data ;
  signal(SIGXFSZ, SIG_IGN) ;
  setrlimit(RLIMIT_FSIZE, &limit) ;
  return wholefile_replace(path, big, 64) ? 0 : errno ;
}

static void check_full (void)
{
  put("old", 3) ;
  tap_int(child_run(&replace_on_full, 0), EFBIG, "there is no room for all of it") ;
  check_content("old", 3, "the old one is there, whole") ;
  tap_ok(access("file.new", F_OK) == -1, "and nothing beside it") ;
}

static int append_on_full (void *data)
{
  struct rlimit const most = { .rlim_cur = 9, .rlim_max = 9 } ;
  (void)data ;
  if (setrlimit(RLIMIT_FSIZE, &most) == -1) return 125 ;
  signal(SIGXFSZ, SIG_IGN) ;
  return wholefile_append(path, "ghijkl", 6, 100) ? 0 : errno ;
}

static int append_error (size_t len, size_t max)
{
  return wholefile_append(path, "ghijkl", len, max) ? 0 : errno ;
}

static void check_append (void)
{
  struct stat st, now ;
  put("abcdef", 6) ;
  stat(path, &st) ;
  tap_int(append_error(3, 9), 0, "up to the most: one more") ;
  check_content("abcdefghi", 9, "behind the others") ;
  tap_ok(stat(path, &now) == 0 && now.st_ino == st.st_ino, "in the same file") ;
  tap_error(append_error(3, 11), EFBIG, "more than the most") ;
  tap_error(append_error(2, 100), EBADMSG, "not a sequence of such ones") ;
  put("abcdef", 6) ;
  tap_int(child_run(&append_on_full, 0), EFBIG, "there is room for half of it") ;
  check_content("abcdef", 6, "none of it is there") ;
  unlink(path) ;
  tap_error(append_error(3, 9), ENOENT, "none is made") ;
  if (symlink("target", path) == -1) tap_bail("symlink") ;
  tap_error(append_error(3, 9), ELOOP, "no link is followed") ;
  unlink(path) ;
  if (mkfifo(path, 0600) == -1) tap_bail("mkfifo") ;
  tap_error(append_error(3, 9), ENXIO, "a fifo is not waited for") ;
  unlink(path) ;
}

static void check_empty (void)
{
  struct stat st, now ;
  unlink(path) ;
  tap_ok(wholefile_empty(path) && stat(path, &st) == 0 && !st.st_size, "an empty file is made") ;
  put("old", 3) ;
  stat(path, &st) ;
  tap_ok(wholefile_empty(path) && stat(path, &now) == 0 && !now.st_size, "what was in one is not any more") ;
  tap_ok(now.st_ino == st.st_ino, "in the same file") ;
  unlink(path) ;
  if (symlink("target", path) == -1) tap_bail("symlink") ;
  tap_ok(wholefile_empty(path) && lstat(path, &now) == 0 && S_ISREG(now.st_mode), "a link is replaced") ;
  tap_ok(access("target", F_OK) == -1, "and not followed") ;
  unlink(path) ;
  mkdir(path, 0700) ;
  tap_ok(!wholefile_empty(path), "a directory stays") ;
  rmdir(path) ;
}

int main (void)
{
  umask(027) ;
  check_read("", 0, 4, "", "") ;
  check_read("abc", 3, 4, "abc", "abc") ;
  check_read("abcd", 4, 4, "abcd", "abcd") ;
  check_read("abcdefg", 7, 4, "abcd", "defg") ;
  check_read("abcdefg", 7, 0, "", "") ;
  memset(big, 'x', sizeof(big)) ;
  big[sizeof(big) - 1] = 'z' ;
  check_read(big, sizeof(big), 3, "xxx", "xxz") ;
  check_none() ;
  check_replace() ;
  check_refused() ;
  check_full() ;
  check_append() ;
  check_empty() ;
  return tap_done() ;
}
