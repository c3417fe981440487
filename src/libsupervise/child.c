/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libdaemon/procfd.h"
#include "libdaemon/shortage.h"
#include "libsupervise/child.h"
#include "libsupervise/procstat.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/wholefile.h"

enum
{
  LINE_MAX_BYTES = 256,
  FILE_BYTES = 128,  /* a line, and newlines: always as many, so that it can be written over */
  INFO_MAX = 512
} ;

#define FINISH_WORD "finish"
#define ENDING_LINE "\nending\n"
#define LEAVING_LINE "leaving\n"

static char const *const words[] = { [CHILD_RUN] = "\n", [CHILD_ENDING] = ENDING_LINE, [CHILD_FINISH] = " " FINISH_WORD "\n" } ;

int child_init (struct child_file *c)
{
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC) ;
  ssize_t r = fd < 0 ? -1 : read(fd, c->boot, CHILD_BOOT) ;
  int e = errno ;
  if (fd >= 0) fd_close(fd) ;
  c->boot[r == CHILD_BOOT ? CHILD_BOOT : 0] = 0 ;
  return r >= 0 || !is_shortage(e) || (errno = e, 0) ;
}

 /* The number that /proc has for who has that descriptor; 0: none. -1 and errno: who knows? */

static long number_in_proc (int fd, pid_t pid)
{
  static char const key[] = "\nPid:\t" ;
  char path[sizeof("/proc/self/fdinfo/") + UINT_FMT] ;
  char s[INFO_MAX + 1] ;
  char const *at ;
  unsigned int n ;
  ssize_t r ;
  snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd) ;
  r = wholefile_read(path, s, INFO_MAX, 0) ;
  if (r < 0) return is_shortage(errno) ? -1 : (long)pid ;
  s[r] = 0 ;
  at = strstr(s, key) ;
  if (!at) return (long)pid ;  /* it tells nothing of that */
  return uint_scan(at + sizeof(key) - 1, &n) ? (long)n : 0 ;
}

 /* Of a child of ours. */

static int read_child (struct procstat *p, pid_t pid)
{
  int fd = procfd_open(pid) ;
  long n = fd < 0 ? (long)pid : number_in_proc(fd, pid) ;
  int e = errno ;
  if (fd >= 0) fd_close(fd) ;
  errno = e ;
  return n > 0 && procstat_readpid(p, (unsigned long)n) ;
}

 /* As its supervisor numbers it, which is not as /proc does where that is of another PID
    namespace. Process 1 of one of its own knows no other number than that of /proc. */

int child_write (struct child_file const *c, pid_t pid, struct child_note const *note)
{
  char line[LINE_MAX_BYTES] ;
  struct procstat p ;
  int len ;
  if (!c->boot[0]) return 1 ;
  if (!(pid ? read_child(&p, pid) : procstat_read(&p, PROCSTAT_ME))) return 0 ;
  if (!pid) pid = getpid() ;
  if (pid != 1) p.pid[uint64_fmt(p.pid, (uint64_t)pid)] = 0 ;
  len = snprintf(line, sizeof(line), "%s %s %s%s", p.pid, p.start, c->boot, words[note->what]) ;
  if (note->what == CHILD_ENDING && note->when >= 0) len += snprintf(line + len, sizeof(line) - (size_t)len, "%llu\n", (unsigned long long)note->when) ;
  if (note->isleaving) len += snprintf(line + len, sizeof(line) - (size_t)len, LEAVING_LINE) ;
  memset(line + len, '\n', FILE_BYTES - (size_t)len) ;
  return (c->iswritten && wholefile_overwrite(SERVICE_CHILD, line, FILE_BYTES)) || wholefile_replace(SERVICE_CHILD, line, FILE_BYTES) ;
}

struct found
{
  pid_t pid ;
  struct child_note note ;
  char start[UINT64_FMT] ;
} ;

 /* A line of its own: releases that wrote none read no further. */

static int64_t scan_when (char const *s)
{
  uint64_t n ;
  size_t len = uint64_scan(s, &n) ;
  return len && s[len] == '\n' && n <= INT64_MAX ? (int64_t)n : -1 ;
}

 /* What is written there, if it is of this boot; otherwise pid is 0. */

static int parse (struct child_file const *c, char const *s, struct found *f)
{
  uint64_t pid ;
  size_t len = uint64_scan(s, &pid) ;
  f->pid = (pid_t)pid ;
  if (!len || s[len] != ' ' || f->pid <= 0 || (uint64_t)f->pid != pid) return 0 ;
  s += len + 1 ;
  if (!procstat_copyword(f->start, s)) return 0 ;
  s += strlen(f->start) ;
  if (*s++ != ' ') return 0 ;
  if (strncmp(s, c->boot, CHILD_BOOT)) return 0 ;
  s += CHILD_BOOT ;
  f->note.what = !strncmp(s, " " FINISH_WORD, sizeof(FINISH_WORD)) ? CHILD_FINISH
    : !strncmp(s, ENDING_LINE, sizeof(ENDING_LINE) - 1) ? CHILD_ENDING : CHILD_RUN ;
  f->note.when = f->note.what == CHILD_ENDING ? scan_when(s + sizeof(ENDING_LINE) - 1) : -1 ;
  f->note.isleaving = !!strstr(s, "\n" LEAVING_LINE) ;
  return f->note.what == CHILD_FINISH || s[0] == '\n' || !s[0] ;
}

 /* A disk that fails does not say that nobody lives: a second copy would be started. */

static int load (struct child_file const *c, struct found *f)
{
  char s[LINE_MAX_BYTES + 1] ;
  ssize_t r ;
  f->pid = f->note.dead = 0 ;
  if (!c->boot[0]) return 1 ;
  r = wholefile_read(SERVICE_CHILD, s, LINE_MAX_BYTES, 0) ;
  if (r < 0) return !is_shortage(errno) && errno != EIO ;
  s[r] = 0 ;
  if (!parse(c, s, f)) f->pid = 0 ;
  return 1 ;
}

 /* -1 and errno: who knows? */

static int is_same (char const *start, unsigned long pid)
{
  struct procstat p ;
  if (procstat_readpid(&p, pid)) return !strcmp(p.start, start) ;
  return is_shortage(errno) ? -1 : 0 ;
}

 /* By descriptor its number cannot go to another in between. */

static int is_it (struct found const *f, int fd)
{
  long n = fd < 0 ? (long)f->pid : number_in_proc(fd, f->pid) ;
  int r = n <= 0 ? (int)n : is_same(f->start, (unsigned long)n) ;
  return r > 0 && fd >= 0 && procfd_hasended(fd) ? 0 : r ;
}

 /* A system that has no descriptors of processes may say so in any way; some are forbidden
    to ask. */

static int lives (struct found const *f, int *fd)
{
  int r, e ;
  *fd = procfd_open(f->pid) ;
  if (*fd < 0 && errno == ESRCH) return 0 ;
  if (*fd < 0 && is_shortage(errno)) return -1 ;
  r = is_it(f, *fd) ;
  if (r > 0) return r ;
  e = errno ;
  if (*fd >= 0) fd_close(*fd) ;
  *fd = -1 ;
  return (errno = e, r) ;
}

 /* Process 1 of a container is younger than who lived there before it was started again: that
    was another time, as that of another boot is. */

static int is_of_now (struct found const *f)
{
  struct procstat first ;
  uint64_t then, start ;
  if (!procstat_readpid(&first, 1)) return 1 ;
  return !uint64_scan(first.start, &then) || !uint64_scan(f->start, &start) || then <= start ;
}

 /* Of who does not live. */

static int has_just_died (struct found const *f)
{
  struct procstat p ;
  if (procstat_readpid(&p, (unsigned long)f->pid) && strcmp(p.start, f->start)) return 0 ;
  return !f->note.isleaving && is_of_now(f) ;
}

int child_find (struct child_file *c, pid_t *pid, struct child_note *note, int *fd)
{
  struct found f ;
  int r ;
  *pid = 0 ;
  *fd = -1 ;
  note->dead = 0 ;
  if (!load(c, &f)) return 0 ;
  if (!f.pid) return 1 ;
  r = lives(&f, fd) ;
  if (r < 0) return 0 ;
  *note = f.note ;
  if (r)
  {
    strcpy(c->start, f.start) ;
    *pid = f.pid ;
  }
  else if (has_just_died(&f)) note->dead = f.pid ;
  return 1 ;
}

int child_lives (struct child_file const *c, pid_t pid)
{
  return !!is_same(c->start, (unsigned long)pid) ;
}
