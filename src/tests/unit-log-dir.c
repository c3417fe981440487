/* ISC license. */

/* liblogger/logdir.h: what a logdir is made of, where it is cut, what is deleted, and that
   every line is there once, in order, whatever the logger before has left. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "liblogger/logdir.h"
#include "liblogger/script.h"
#include "support/tap.h"

enum
{
  TEXT_MAX = 1 << 20,
  NAMES_MAX = 512,
  SIZE = 4096,
  TOLERANCE = 200,
  LINE = 100,
  ROUNDS = 300,
  START = 1751328000
} ;

static struct log quiet = { .out = NOWAIT_ZERO(2), .verbosity = 0 } ;
static struct script_settings settings ;
static struct logtime now ;
static char said[TEXT_MAX] ;  /* all lines that were taken */
static size_t saidlen ;
static unsigned int number ;

static void begin (void)
{
  static struct script_settings const usual = { .archives = 1000, .size = SIZE, .tolerance = TOLERANCE, .retry = 10, .sync = SCRIPT_NEVER } ;
  settings = usual ;
  saidlen = 0 ;
}

static void pass (unsigned int milliseconds)
{
  tain span ;
  tain_from_millisecs(&span, (int)milliseconds) ;
  tain_add(&now.now, &now.now, &span) ;
  now.wall.tv_sec += milliseconds / 1000 ;
}

static struct logdir *open_dir (struct logdir *d, char const *path)
{
  return logdir_open(d, path, &settings, &quiet, &now) ? d : 0 ;
}

 /* A line of that length, with its number. */

static int say (struct logdir *d, size_t len)
{
  struct logpart part ;
  char *line = said + saidlen ;
  if (saidlen + len > TEXT_MAX) tap_bail("too much was said") ;
  memset(line, 'x', len) ;
  snprintf(line, 12, "%010u", number++) ;
  line[10] = 'x' ;
  line[len - 1] = '\n' ;
  part.s = line ;
  part.len = len ;
  saidlen += len ;
  return logdir_write(d, &part, 1, &now) ;
}

static int compare (void const *a, void const *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b) ;
}

 /* The archives of it, in order. */

static unsigned int list (char const *path, char **names)
{
  DIR *dir = opendir(path) ;
  struct dirent *e ;
  unsigned int n = 0 ;
  if (!dir) tap_bail("opendir") ;
  while ((e = readdir(dir)))
    if (e->d_name[0] == '@' && n < NAMES_MAX) names[n++] = strdup(e->d_name) ;
  closedir(dir) ;
  qsort(names, n, sizeof(char *), &compare) ;
  return n ;
}

static size_t append (char *text, size_t len, char const *path, char const *name)
{
  char full[256] ;
  ssize_t r ;
  int fd ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  fd = open(full, O_RDONLY) ;
  if (fd < 0) return len ;
  r = read(fd, text + len, TEXT_MAX - len) ;
  close(fd) ;
  return r > 0 ? len + (size_t)r : len ;
}

static off_t size_of (char const *path, char const *name)
{
  struct stat st ;
  char full[256] ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  return stat(full, &st) == -1 ? -1 : st.st_size ;
}

static unsigned int mode_of (char const *path, char const *name)
{
  struct stat st ;
  char full[256] ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  return stat(full, &st) == -1 ? 0 : (unsigned int)(st.st_mode & 07777) ;
}

 /* Archives and current, one after the other. */

static int has_all (char const *path)
{
  static char text[TEXT_MAX] ;
  char *names[NAMES_MAX] ;
  unsigned int n = list(path, names) ;
  size_t len = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    len = append(text, len, path, names[i]) ;
    free(names[i]) ;
  }
  len = append(text, len, path, "current") ;
  return len == saidlen && !memcmp(text, said, len) ;
}

static unsigned int count (char const *path, off_t *largest, unsigned int *unfinished)
{
  char *names[NAMES_MAX] ;
  unsigned int n = list(path, names) ;
  *largest = 0 ;
  *unfinished = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    off_t size = size_of(path, names[i]) ;
    if (size > *largest) *largest = size ;
    *unfinished += names[i][26] == 'u' ;
    free(names[i]) ;
  }
  return n ;
}

 /* Locks are of processes. */

static int errno_of_another (char const *path)
{
  int status ;
  pid_t pid = fork() ;
  if (!pid)
  {
    struct logdir d ;
    _exit(open_dir(&d, path) ? 0 : errno) ;
  }
  if (pid < 0 || waitpid(pid, &status, 0) != pid) tap_bail("fork") ;
  return WEXITSTATUS(status) ;
}

static void test_new (void)
{
  struct logdir d ;
  begin() ;
  tap_ok(!!open_dir(&d, "new"), "a new one") ;
  tap_int(mode_of("new", "."), 0700, "its mode") ;
  tap_int(mode_of("new", "current"), 0644, "current, in use") ;
  tap_int((intmax_t)size_of("new", "state"), 0, "state") ;
  tap_int(errno_of_another("new"), EBUSY, "another logger") ;
  tap_int(say(&d, LINE), 1, "a line") ;
  tap_int(logdir_close(&d, &now), 1, "it is closed") ;
  tap_int(mode_of("new", "current"), 0744, "current is finished") ;
  tap_ok(!!open_dir(&d, "new"), "the next logger") ;
  tap_int(mode_of("new", "current"), 0644, "current is in use again") ;
  say(&d, LINE) ;
  tap_int((intmax_t)size_of("new", "current"), 2 * LINE, "it goes on") ;
  logdir_abandon(&d) ;
  tap_ok(!!open_dir(&d, "new"), "after one that was killed") ;
  tap_int((intmax_t)size_of("new", "current"), 0, "current is new") ;
  say(&d, LINE) ;
  tap_ok(has_all("new"), "and the old one an archive") ;
  logdir_close(&d, &now) ;
  tap_ok(!open_dir(&d, "no/such") && errno == ENOENT, "no parent: no logdir") ;
}

static void test_sizes (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished, n ;
  begin() ;
  open_dir(&d, "sizes") ;
  for (unsigned int i = 0 ; i < 500 ; i++)
  {
    say(&d, LINE) ;
    pass(1) ;
  }
  n = count("sizes", &largest, &unfinished) ;
  tap_most((intmax_t)largest, SIZE, "no archive is larger") ;
  tap_least((intmax_t)largest, SIZE - TOLERANCE, "nor much smaller") ;
  tap_int(n, 500 * LINE / 3900, "so many") ;
  tap_ok(has_all("sizes"), "with all lines") ;
  say(&d, 3800) ;
  say(&d, 5000) ;
  say(&d, LINE) ;
  count("sizes", &largest, &unfinished) ;
  tap_int((intmax_t)largest, 5000, "but for one line that is longer: alone") ;
  tap_ok(has_all("sizes"), "with all lines") ;
  logdir_close(&d, &now) ;
}

 /* Much at once, as after a backlog: it is cut all the same. */

static void test_backlog (void)
{
  struct logdir d ;
  struct logpart parts[3] ;
  off_t largest ;
  unsigned int unfinished ;
  begin() ;
  open_dir(&d, "backlog") ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    parts[i].s = said + saidlen ;
    for (unsigned int j = 0 ; j < 700 ; j++) saidlen += (size_t)sprintf(said + saidlen, "%u and so on\n", number++) ;
    parts[i].len = (size_t)(said + saidlen - parts[i].s) ;
  }
  tap_int(logdir_write(&d, parts, 3, &now), 1, "much at once") ;
  count("backlog", &largest, &unfinished) ;
  tap_most((intmax_t)largest, SIZE, "is cut") ;
  tap_ok(has_all("backlog"), "and all there") ;
  logdir_close(&d, &now) ;
}

static void fill (struct logdir *d, unsigned int archives)
{
  for (unsigned int i = 0 ; i < archives ; i++)
  {
    say(d, SIZE - TOLERANCE) ;
    pass(1000) ;
  }
}

static void test_trim (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished ;
  begin() ;
  settings.archives = 3 ;
  open_dir(&d, "trim") ;
  fill(&d, 6) ;
  tap_int(count("trim", &largest, &unfinished), 3, "n: so many are kept") ;
  settings.archives = 100 ;
  settings.total = 2 * (SIZE - TOLERANCE) ;
  fill(&d, 1) ;
  tap_int(count("trim", &largest, &unfinished), 2, "S: so many bytes") ;
  settings.total = 0 ;
  settings.age = 5 ;
  fill(&d, 8) ;
  tap_most(count("trim", &largest, &unfinished), 6, "a: so many seconds") ;
  settings.age = 0 ;
  now.wall.tv_sec -= 86400 ;
  settings.archives = 3 ;
  saidlen = 0 ;
  fill(&d, 3) ;
  tap_ok(has_all("trim"), "the clock goes back: the newest ones are kept") ;
  now.wall.tv_sec += 86400 ;
  settings.archives = 0 ;
  fill(&d, 1) ;
  tap_int(count("trim", &largest, &unfinished), 0, "n0: none") ;
  logdir_close(&d, &now) ;
}

static void leave (char const *path, char const *name, mode_t mode, unsigned int lines)
{
  char full[256] ;
  int fd ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  fd = open(full, O_WRONLY | O_CREAT | O_EXCL, mode) ;
  if (fd < 0) tap_bail(full) ;
  for (; lines-- ; number++)
  {
    int len = sprintf(said + saidlen, "%u\n", number) ;
    if (write(fd, said + saidlen, (size_t)len) != len) tap_bail("write") ;
    saidlen += (size_t)len ;
  }
  close(fd) ;
}

static void test_left (char const *path, unsigned int previous, int islinked, unsigned int current, mode_t mode)
{
  struct logdir d ;
  char old[256], new[256] ;
  begin() ;
  mkdir(path, 0700) ;
  if (previous) leave(path, "previous", 0644, previous) ;
  snprintf(old, sizeof(old), "%s/previous", path) ;
  snprintf(new, sizeof(new), "%s/@400000006863250000000001.s", path) ;
  if (islinked && link(old, new) == -1) tap_bail("link") ;
  if (current) leave(path, "current", mode, current) ;
  tap_ok(!!open_dir(&d, path), "left: %s", path) ;
  say(&d, LINE) ;
  tap_ok(has_all(path), "all is there") ;
  tap_int((intmax_t)size_of(path, "previous"), -1, "and previous is not") ;
  logdir_close(&d, &now) ;
}

static void test_left_over (void)
{
  test_left("previous", 3, 0, 0, 0) ;
  test_left("both", 3, 0, 3, 0644) ;
  test_left("linked", 3, 1, 3, 0644) ;
  test_left("beside-a-clean-one", 3, 0, 3, 0744) ;
  test_left("empty", 0, 0, 0, 0) ;
}

static void test_processed (void)
{
  struct logdir d ;
  begin() ;
  mkdir("processed", 0700) ;
  leave("processed", "previous", 0744, 2) ;
  saidlen = 0 ;
  leave("processed", "processed", 0744, 2) ;
  open_dir(&d, "processed") ;
  tap_ok(has_all("processed"), "processed is whole: previous was its source") ;
  logdir_close(&d, &now) ;
  begin() ;
  mkdir("half", 0700) ;
  leave("half", "processed", 0644, 2) ;
  saidlen = 0 ;
  leave("half", "previous", 0744, 2) ;
  open_dir(&d, "half") ;
  tap_ok(has_all("half"), "processed is not whole: previous is kept") ;
  logdir_close(&d, &now) ;
}

static void test_removed (void)
{
  struct logdir d ;
  begin() ;
  open_dir(&d, "removed") ;
  say(&d, LINE) ;
  unlink("removed/current") ;
  saidlen = 0 ;
  pass(1001) ;
  tap_int(say(&d, LINE), 1, "current was removed") ;
  tap_ok(has_all("removed"), "there is another one") ;
  logdir_close(&d, &now) ;
}

 /* What the old directory has is one thing, and what the new one has another. */

static void test_replaced (void)
{
  struct logdir d, other ;
  begin() ;
  open_dir(&d, "replaced") ;
  say(&d, LINE) ;
  rename("replaced", "renamed") ;
  pass(1001) ;
  tap_int(say(&d, LINE), 1, "the directory was renamed") ;
  tap_ok(has_all("renamed"), "it is written to, as there is no other") ;
  mkdir("replaced", 0700) ;
  saidlen = 0 ;
  pass(1001) ;
  tap_int(say(&d, LINE), 1, "another one has come") ;
  tap_ok(has_all("replaced"), "it is written to") ;
  tap_int(mode_of("renamed", "current"), 0744, "the old one is finished") ;
  tap_ok(open_dir(&other, "renamed") != 0, "and nobody's") ;
  logdir_abandon(&other) ;
  tap_ok(!open_dir(&other, "replaced") && errno == EBUSY, "the new one is locked") ;
  if (system("rm -rf replaced")) tap_bail("rm") ;
  saidlen = 0 ;
  settings.retry = 60000 ;
  pass(1001) ;
  tap_int(say(&d, LINE), 0, "removed: it waits") ;
  mkdir("replaced", 0700) ;
  pass(1001) ;
  tap_int(logdir_write(&d, &(struct logpart){ said, saidlen }, 1, &now), 1, "and goes on a second later, where there is one") ;
  tap_ok(has_all("replaced"), "with what could not be written") ;
  rename("replaced", "again") ;
  if (!open_dir(&other, "replaced")) tap_bail("open") ;
  saidlen = 0 ;
  pass(1001) ;
  settings.retry = 0 ;
  tap_int(say(&d, LINE), 0, "another logger has it: it waits") ;
  tap_int(logdir_write(&d, &(struct logpart){ said, saidlen }, 1, &now), 0, "and writes nothing to the old one") ;
  logdir_abandon(&other) ;
  tap_int(logdir_write(&d, &(struct logpart){ said, saidlen }, 1, &now), 1, "until that one has ended") ;
  tap_ok(has_all("replaced"), "nothing is lost") ;
  logdir_close(&d, &now) ;
}

 /* The processor of the old directory is nobody's affair any more, but for its process. */

static void test_replaced_processing (void)
{
  struct logdir d ;
  begin() ;
  settings.processor = "exec sleep 100" ;
  settings.isshell = 1 ;
  open_dir(&d, "busy") ;
  say(&d, LINE) ;
  logdir_rotate(&d) ;
  for (unsigned int i = 0 ; i < 2 ; i++) logdir_turn(&d, &now) ;
  if (d.processing != LOGDIR_RUNNING) tap_bail("no processor") ;
  rename("busy", "left") ;
  mkdir("busy", 0700) ;
  saidlen = 0 ;
  pass(1001) ;
  tap_int(say(&d, LINE), 1, "another directory, while a processor is at work") ;
  tap_ok(has_all("busy"), "it is written to") ;
  tap_int(d.processing, LOGDIR_IDLE, "and no processor is at work there") ;
  if (d.left <= 0) tap_bail("no process") ;
  kill(d.left, SIGKILL) ;
  for (unsigned int i = 0 ; d.left && i < 1000 ; i++, usleep(10000)) logdir_turn(&d, &now) ;
  tap_int(d.left, 0, "the one of the old directory leaves no zombie") ;
  logdir_close(&d, &now) ;
}

static void test_rotations (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished ;
  tain when = tain_infinite ;
  begin() ;
  settings.every = 60 ;
  open_dir(&d, "rotations") ;
  logdir_rotate(&d) ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 0, "asked for, and empty: nothing") ;
  say(&d, LINE) ;
  logdir_rotate(&d) ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 1, "asked for") ;
  say(&d, LINE) ;
  logdir_next(&d, &when) ;
  pass(59000) ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 1, "R: not yet") ;
  tap_ok(!tain_less(&when, &now.now), "it says when") ;
  pass(1000) ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 2, "R: after so many seconds") ;
  pass(60000) ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 2, "but not an empty one") ;
  logdir_close(&d, &now) ;
  settings.every = 3600 ;
  settings.offset = 600 ;
  settings.isaligned = 1 ;
  open_dir(&d, "rotations") ;
  when = tain_infinite ;
  logdir_next(&d, &when) ;
  tap_int((intmax_t)((now.wall.tv_sec + (time_t)(tai_sec(tain_secp(&when)) - tai_sec(tain_secp(&now.now)))) % 3600), 600, "R with an offset") ;
  say(&d, LINE) ;
  pass((unsigned int)(tai_sec(tain_secp(&when)) - tai_sec(tain_secp(&now.now))) * 1000) ;
  now.wall.tv_sec -= 10 ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 2, "not while the clock is behind") ;
  when = tain_infinite ;
  logdir_next(&d, &when) ;
  pass(9999) ;
  logdir_turn(&d, &now) ;
  tap_ok(!tain_less(&when, &now.now), "it looks again then") ;
  now.wall.tv_sec++ ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 3, "but when it is there") ;
  say(&d, LINE) ;
  now.wall.tv_sec += 3600 ;
  logdir_turn(&d, &now) ;
  tap_int(count("rotations", &largest, &unfinished), 4, "and when it is set forward") ;
  logdir_close(&d, &now) ;
}

 /* A file may grow to so many bytes only: what does not fit is written later, and no line
    is torn by it. */

static void limit_files (rlim_t most)
{
  struct rlimit r ;
  getrlimit(RLIMIT_FSIZE, &r) ;
  r.rlim_cur = most ;
  setrlimit(RLIMIT_FSIZE, &r) ;
}

static void say_half (struct logdir *d, struct logpart *rest)
{
  int isdone ;
  say(d, LINE) ;
  limit_files(LINE + LINE / 2) ;
  rest->s = said + saidlen ;
  rest->len = LINE ;
  memset(said + saidlen, 'y', LINE - 1) ;
  said[saidlen + LINE - 1] = '\n' ;
  saidlen += LINE ;
  isdone = logdir_write(d, rest, 1, &now) ;
  limit_files(RLIM_INFINITY) ;  /* stdout may be a file, too */
  tap_int(isdone, 0, "no room") ;
  tap_int((intmax_t)rest->len, LINE / 2, "half of it was taken") ;
}

static void test_full (void)
{
  struct logdir d ;
  struct logpart rest ;
  tain when = tain_infinite ;
  begin() ;
  open_dir(&d, "full") ;
  say_half(&d, &rest) ;
  logdir_next(&d, &when) ;
  tap_ok(tain_less(&when, &tain_infinite), "it says when to try again") ;
  tap_int(logdir_write(&d, &rest, 1, &now), 0, "not before") ;
  pass(20) ;
  logdir_rotate(&d) ;
  tap_int(logdir_write(&d, &rest, 1, &now), 1, "then the rest") ;
  logdir_turn(&d, &now) ;
  tap_ok(has_all("full"), "all is there, and the line is whole") ;
  logdir_close(&d, &now) ;
}

 /* The disk is full, and another one is put in its place: what was not written goes there. */

static void test_full_and_replaced (void)
{
  struct logdir d ;
  struct logpart rest ;
  begin() ;
  open_dir(&d, "narrow") ;
  say_half(&d, &rest) ;
  rename("narrow", "halved") ;
  mkdir("narrow", 0700) ;
  pass(1001) ;
  tap_int(logdir_write(&d, &rest, 1, &now), 1, "another directory: it takes the rest") ;
  tap_int(mode_of("halved", "current"), 0644, "the old one is not finished") ;
  tap_int(size_of("halved", "current"), LINE + LINE / 2, "and has its half") ;
  memmove(said, said + saidlen - LINE / 2, LINE / 2) ;
  saidlen = LINE / 2 ;
  tap_ok(has_all("narrow"), "the other one has the other half") ;
  logdir_close(&d, &now) ;
}

 /* Killed between two lines, again and again. */

static void test_kills (void)
{
  struct logdir d ;
  unsigned int wrong = 0 ;
  begin() ;
  srand(1) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    if (!open_dir(&d, "kills")) tap_bail("open") ;
    for (int j = rand() % 30 ; j-- ; pass(1)) wrong += !say(&d, 20 + (size_t)rand() % 300) ;
    if (rand() % 4 == 0) logdir_rotate(&d) ;
    if (rand() % 3) logdir_abandon(&d) ;
    else wrong += !logdir_close(&d, &now) ;
    if (saidlen > TEXT_MAX / 2) break ;
  }
  tap_int(wrong, 0, "killed and closed, %u times", ROUNDS) ;
  tap_ok(has_all("kills"), "every line is there once, in order") ;
}

int main (void)
{
  signal(SIGXFSZ, SIG_IGN) ;
  umask(022) ;
  now.wall.tv_sec = START ;
  if (!tain_now_set_stopwatch_g()) tap_bail("the clock") ;
  now.now = STAMP ;
  test_new() ;
  test_sizes() ;
  test_backlog() ;
  test_trim() ;
  test_left_over() ;
  test_processed() ;
  test_removed() ;
  test_replaced() ;
  test_replaced_processing() ;
  test_rotations() ;
  test_full() ;
  test_full_and_replaced() ;
  test_kills() ;
  return tap_done() ;
}
