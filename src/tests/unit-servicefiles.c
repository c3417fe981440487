/* ISC license. */

/* libsupervise/servicefiles.h: the table: what stands in a file, what is taken from it,
   and which warning comes, once. What is no file is not waited for. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/strerr.h>

#include "libdaemon/log.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "support/capture.h"
#include "support/tap.h"

enum
{
  DEFAULT = 5000,
  LEAST = 1, MOST = 1000,
  MEBIBYTE = 1 << 20,
  SOMEBODY = 65534,
  TEXT_MAX = 4096
} ;

static struct log logger = LOG_ZERO ;
static char const file[] = "notification-fd" ;
static char text[TEXT_MAX] ;

static void put (char const *s, size_t len)
{
  int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  if (fd < 0 || write(fd, s, len) != (ssize_t)len) tap_bail(file) ;
  close(fd) ;
}

 /* The warning, without what is the same in each; empty: there was none. */

static void check_warning (char const *want, char const *name)
{
  char line[128] = "" ;
  if (want[0]) snprintf(line, sizeof(line), "unit-servicefiles: warning: %s: %s: ignored\n", file, want) ;
  tap_string(text, line, "%s: what is said", name) ;
}

static void check_number (char const *name, unsigned int wanted, char const *warning)
{
  struct capture c ;
  unsigned int n = DEFAULT ;
  int r ;
  capture_begin(&c, &logger, 1) ;
  r = servicefiles_number(file, LEAST, MOST, &n, &logger) ;
  capture_end(&c, text, sizeof(text)) ;
  tap_int(n, wanted ? wanted : DEFAULT, "%s: the number", name) ;
  tap_int(r, !!wanted, "%s: is it there and right", name) ;
  check_warning(warning, name) ;
}

static struct { char const *name ; char const *s ; size_t len ; unsigned int n ; char const *warning ; } const numbers[] =
{
  { "a number", "3", 1, 3, "" },
  { "with a newline", "3\n", 2, 3, "" },
  { "with several blanks behind it", "3 \t\r\n\n", 6, 3, "" },
  { "with zeroes before it", "0003\n", 5, 3, "" },
  { "the least", "1", 1, 1, "" },
  { "the most", "1000", 4, 1000, "" },
  { "below", "0", 1, 0, "number too small" },
  { "above", "1001", 4, 0, "number too large" },
  { "2^31", "2147483648", 10, 0, "number too large" },
  { "2^32 + 3, which is not 3", "4294967299", 10, 0, "not a number" },
  { "more than anything holds", "99999999999999999999999999999999", 32, 0, "not a number" },
  { "negative", "-3", 2, 0, "not a number" },
  { "with a sign", "+3", 2, 0, "not a number" },
  { "empty", "", 0, 0, "not a number" },
  { "a newline", "\n", 1, 0, "not a number" },
  { "blanks before it", " 3", 2, 0, "not a number" },
  { "a word", "three", 5, 0, "not a number" },
  { "hexadecimal", "0x3", 3, 0, "not a number" },
  { "something behind it", "3 4", 3, 0, "not a number" },
  { "two lines", "3\n4\n", 4, 0, "not a number" },
  { "a fraction", "3.5", 3, 0, "not a number" },
  { "with a NUL", "3\0004", 3, 0, "not a text" },
  { "binary", "\377\376\000\001", 4, 0, "not a text" },
  { "a NUL", "\0", 1, 0, "not a text" },
  { "bytes above 127", "\263", 1, 0, "not a number" }
} ;

static struct { char const *s ; int sig ; } const signals[] =
{
  { "TERM", SIGTERM }, { "SIGTERM", SIGTERM }, { "sigterm", SIGTERM }, { "Term", SIGTERM }, { "SigHup", SIGHUP },
  { "15", 15 }, { "9", 9 }, { "1", 1 }, { "USR1", SIGUSR1 }, { "WINCH", SIGWINCH }, { "STOP", SIGSTOP },
  { "0", 0 }, { "-15", 0 }, { "99999", 0 }, { "4294967311", 0 }, { "", 0 }, { "SIG", 0 }, { "SIGSIGTERM", 0 },
  { "TERMX", 0 }, { "TER", 0 }, { " TERM", 0 }, { "TERM HUP", 0 }, { "???", 0 }, { "SIG15", 15 }, { "SIG999", 0 }, { "15x", 0 },
  { "AVERYLONGNAMETHATNOSIGNALHAS", 0 }
} ;

static void check_signals (void)
{
  for (unsigned int i = 0 ; i < sizeof(signals) / sizeof(*signals) ; i++)
  {
    struct capture c ;
    int sig = SIGQUIT ;
    tap_int(servicefiles_scansignal(signals[i].s), signals[i].sig, "the signal \"%s\"", signals[i].s) ;
    put(signals[i].s, strlen(signals[i].s)) ;
    capture_begin(&c, &logger, 1) ;
    tap_int(servicefiles_signal(file, &sig, &logger), !!signals[i].sig, "in a file: is it one") ;
    capture_end(&c, text, sizeof(text)) ;
    tap_int(sig, signals[i].sig ? signals[i].sig : SIGQUIT, "or what it was") ;
    check_warning(signals[i].sig ? "" : "not a signal", "a signal") ;
  }
}

 /* What is no file, or is none that can be read. */

static void check_odd (void)
{
  static char big[MEBIBYTE] ;
  memset(big, '3', sizeof(big)) ;
  unlink(file) ;
  check_number("none", 0, "") ;
  put(big, 64) ;
  check_number("a number of 64 digits", 0, "not a number") ;
  put(big, 65) ;
  check_number("a line that is too long", 0, "longer than a line") ;
  put(big, sizeof(big)) ;
  check_number("a mebibyte", 0, "longer than a line") ;
  memset(big, '\n', sizeof(big)) ;
  big[0] = '3' ;
  put(big, sizeof(big)) ;
  check_number("a number, and a mebibyte of newlines", 0, "longer than a line") ;
  unlink(file) ;
  if (mkfifo(file, 0600) == -1) tap_bail("mkfifo") ;
  check_number("a fifo", 0, "not a regular file") ;
  unlink(file) ;
  mkdir(file, 0700) ;
  check_number("a directory", 0, "not a regular file") ;
  rmdir(file) ;
  if (symlink("/dev/zero", file) == -1) tap_bail("symlink") ;
  check_number("a device", 0, "not a regular file") ;
  unlink(file) ;
  if (symlink("nothing", file) == -1) tap_bail("symlink") ;
  check_number("a dangling link is none", 0, "") ;
  unlink(file) ;
  if (symlink(file, file) == -1) tap_bail("symlink") ;
  check_number("a looping one", 0, strerror(ELOOP)) ;
  unlink(file) ;
  put("7\n", 2) ;
  rename(file, "elsewhere") ;
  if (symlink("elsewhere", file) == -1) tap_bail("symlink") ;
  check_number("a link to a file", 7, "") ;
  unlink(file) ;
}

static void check_paths (void)
{
  static char s[SERVICEPATH_MAX] ;
  static char longpath[SERVICEPATH_MAX + 1] ;
  struct capture c ;
  put("/sys/fs/cgroup/web\n", 19) ;
  capture_begin(&c, &logger, 1) ;
  tap_ok(servicefiles_path(file, s, &logger), "a path") ;
  tap_string(s, "/sys/fs/cgroup/web", "without its newline") ;
  put("\n", 1) ;
  tap_ok(!servicefiles_path(file, s, &logger), "an empty one is none") ;
  capture_end(&c, text, sizeof(text)) ;
  check_warning("empty", "an empty path") ;
  memset(longpath, 'x', sizeof(longpath)) ;
  put(longpath, SERVICEPATH_MAX) ;
  capture_begin(&c, &logger, 1) ;
  tap_ok(!servicefiles_path(file, s, &logger), "one that is too long is none") ;
  capture_end(&c, text, sizeof(text)) ;
  check_warning("longer than a line", "a long path") ;
  put(longpath, SERVICEPATH_MAX - 1) ;
  tap_ok(servicefiles_path(file, s, &logger) && strlen(s) == SERVICEPATH_MAX - 1, "one that fits is one") ;
}

static void check_isthere (void)
{
  struct capture c ;
  unlink(file) ;
  capture_begin(&c, &logger, 1) ;
  tap_ok(!servicefiles_isthere(file, &logger), "a flag that is not there") ;
  capture_end(&c, text, sizeof(text)) ;
  check_warning("", "no flag") ;
  put("", 0) ;
  tap_ok(servicefiles_isthere(file, &logger), "one that is") ;
  unlink(file) ;
  mkdir(file, 0700) ;
  tap_ok(servicefiles_isthere(file, &logger), "as a directory, too") ;
  rmdir(file) ;
  if (symlink(file, file) == -1) tap_bail("symlink") ;
  capture_begin(&c, &logger, 1) ;
  tap_ok(!servicefiles_isthere(file, &logger), "one that cannot be looked for is not there") ;
  capture_end(&c, text, sizeof(text)) ;
  check_warning(strerror(ELOOP), "a looping flag") ;
  unlink(file) ;
}

static void check_unreadable (void)
{
  uid_t uid = geteuid() ;
  gid_t gid = getegid() ;
  put("3\n", 2) ;
  chmod(file, 0) ;
  if (!uid && (setegid(SOMEBODY) == -1 || seteuid(SOMEBODY) == -1)) tap_diag("root is root here") ;
  else check_number("unreadable", 0, strerror(EACCES)) ;
  if (!uid && (seteuid(uid) == -1 || setegid(gid) == -1)) tap_bail("seteuid") ;
}

int main (void)
{
  PROG = "unit-servicefiles" ;
  for (unsigned int i = 0 ; i < sizeof(numbers) / sizeof(*numbers) ; i++)
  {
    put(numbers[i].s, numbers[i].len) ;
    check_number(numbers[i].name, numbers[i].n, numbers[i].warning) ;
  }
  check_signals() ;
  check_odd() ;
  check_paths() ;
  check_isthere() ;
  check_unreadable() ;
  return tap_done() ;
}
