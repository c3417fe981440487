/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libdaemon/procfd.h"
#include "libsupervise/child.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/wholefile.h"

enum
{
  LINE_MAX_BYTES = 256,
  STAT_MAX = 1024,
  FIELDS_TO_START = 19  /* of /proc/PID/stat: from the one behind the name to the time of its start */
} ;

static char const finish_word[] = "finish" ;

void child_init (struct child_file *c)
{
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC) ;
  ssize_t r = fd < 0 ? -1 : read(fd, c->boot, CHILD_BOOT) ;
  if (fd >= 0) fd_close(fd) ;
  c->boot[r == CHILD_BOOT ? CHILD_BOOT : 0] = 0 ;
}

 /* The time of its start, in ticks since boot, as a word; its length. 0: it is not known. */

static size_t get_start (char const *path, char *word, size_t max)
{
  char s[STAT_MAX + 1] ;
  char *at ;
  size_t len ;
  int fd = open(path, O_RDONLY | O_CLOEXEC) ;
  ssize_t r = fd < 0 ? -1 : read(fd, s, STAT_MAX) ;
  if (fd >= 0) fd_close(fd) ;
  if (r <= 0) return 0 ;
  s[r] = 0 ;
  at = strrchr(s, ')') ;  /* the name may have anything in it */
  if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X') return 0 ;  /* dead, and not yet taken notice of */
  at += 2 ;
  for (unsigned int i = 0 ; i < FIELDS_TO_START ; i++)
  {
    at = strchr(at, ' ') ;
    if (!at++) return 0 ;
  }
  len = strcspn(at, " ") ;
  if (!len || len >= max) return 0 ;
  memcpy(word, at, len) ;
  word[len] = 0 ;
  return len ;
}

int child_write (struct child_file const *c, int isfinish)
{
  char line[LINE_MAX_BYTES] ;
  size_t len, startlen ;
  if (!c->boot[0]) return 1 ;
  len = uint64_fmt(line, (uint64_t)getpid()) ;
  line[len++] = ' ' ;
  startlen = get_start("/proc/self/stat", line + len, UINT64_FMT) ;
  if (!startlen) return (errno = ENOENT, 0) ;
  len += startlen ;
  line[len++] = ' ' ;
  memcpy(line + len, c->boot, CHILD_BOOT) ;
  len += CHILD_BOOT ;
  if (isfinish)
  {
    line[len++] = ' ' ;
    memcpy(line + len, finish_word, sizeof(finish_word) - 1) ;
    len += sizeof(finish_word) - 1 ;
  }
  line[len++] = '\n' ;
  return wholefile_replace(SERVICE_CHILD, line, len) ;
}

struct found
{
  pid_t pid ;
  int isfinish ;
  char start[UINT64_FMT] ;
} ;

 /* What is written there, if it is of this boot. */

static int parse (struct child_file const *c, char const *s, struct found *f)
{
  uint64_t pid ;
  size_t len = uint64_scan(s, &pid) ;
  size_t startlen ;
  f->pid = (pid_t)pid ;
  if (!len || s[len] != ' ' || f->pid <= 0 || (uint64_t)f->pid != pid) return 0 ;
  s += len + 1 ;
  startlen = strcspn(s, " ") ;
  if (!startlen || startlen >= sizeof(f->start) || !s[startlen]) return 0 ;
  memcpy(f->start, s, startlen) ;
  f->start[startlen] = 0 ;
  s += startlen + 1 ;
  if (strncmp(s, c->boot, CHILD_BOOT)) return 0 ;
  s += CHILD_BOOT ;
  f->isfinish = s[0] == ' ' && !strncmp(s + 1, finish_word, sizeof(finish_word) - 1) ;
  return f->isfinish || s[0] == '\n' || !s[0] ;
}

static int load (struct child_file const *c, struct found *f)
{
  char s[LINE_MAX_BYTES + 1] ;
  ssize_t r = c->boot[0] ? wholefile_read(SERVICE_CHILD, s, LINE_MAX_BYTES, 0) : -1 ;
  if (r <= 0) return 0 ;
  s[r] = 0 ;
  return parse(c, s, f) ;
}

static int is_same (struct found const *f)
{
  char path[sizeof("/proc//stat") + UINT64_FMT] = "/proc/" ;
  char start[UINT64_FMT] ;
  size_t len = strlen(path) ;
  len += uint64_fmt(path + len, (uint64_t)f->pid) ;
  memcpy(path + len, "/stat", sizeof("/stat")) ;
  return get_start(path, start, sizeof(start)) && !strcmp(start, f->start) ;
}

int child_find (struct child_file const *c, pid_t *pid, int *isfinish)
{
  struct found f ;
  int fd ;
  *pid = 0 ;
  if (!load(c, &f) || !is_same(&f)) return -1 ;
  fd = procfd_open(f.pid) ;
  if (fd < 0 && errno != ENOSYS) return -1 ;
  if (!is_same(&f) || (fd >= 0 && procfd_hasended(fd)))  /* its number may have gone to another in between */
  {
    if (fd >= 0) fd_close(fd) ;
    return -1 ;
  }
  *pid = f.pid ;
  *isfinish = f.isfinish ;
  return fd ;
}

int child_lives (struct child_file const *c, pid_t pid)
{
  struct found f ;
  return load(c, &f) && f.pid == pid && is_same(&f) ;
}
