/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "logdirs.h"
#include "tap.h"

enum { NAMES_MAX = 512, START = 1751328000 } ;

static struct log quiet = { .out = NOWAIT_ZERO(2), .verbosity = 0 } ;
struct script_settings logdirs_settings ;
struct logtime logdirs_now ;
char logdirs_said[LOGDIRS_TEXT_MAX] ;
size_t logdirs_saidlen ;
unsigned int logdirs_number ;

void logdirs_start (void)
{
  umask(022) ;
  logdirs_now.wall.tv_sec = START ;
  if (!tain_now_set_stopwatch_g()) tap_bail("the clock") ;
  logdirs_now.now = STAMP ;
}

void logdirs_begin (void)
{
  static struct script_settings const usual = { .archives = 1000, .size = LOGDIRS_SIZE, .tolerance = LOGDIRS_TOLERANCE, .retry = 10, .sync = SCRIPT_NEVER } ;
  logdirs_settings = usual ;
  logdirs_saidlen = 0 ;
}

void logdirs_pass (unsigned int milliseconds)
{
  tain span ;
  tain_from_millisecs(&span, (int)milliseconds) ;
  tain_add(&logdirs_now.now, &logdirs_now.now, &span) ;
  logdirs_now.wall.tv_sec += milliseconds / 1000 ;
}

struct logdir *logdirs_open (struct logdir *d, char const *path)
{
  return logdir_open(d, path, &logdirs_settings, &quiet, &logdirs_now) ? d : 0 ;
}

 /* A line of that length, with its number. */

int logdirs_say (struct logdir *d, size_t len)
{
  struct logpart part ;
  char *line = logdirs_said + logdirs_saidlen ;
  if (logdirs_saidlen + len > LOGDIRS_TEXT_MAX) tap_bail("too much was said") ;
  memset(line, 'x', len) ;
  snprintf(line, 12, "%010u", logdirs_number++) ;
  line[10] = 'x' ;
  line[len - 1] = '\n' ;
  part.s = line ;
  part.len = len ;
  logdirs_saidlen += len ;
  return logdir_write(d, &part, 1, &logdirs_now) ;
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
  r = read(fd, text + len, LOGDIRS_TEXT_MAX - len) ;
  close(fd) ;
  return r > 0 ? len + (size_t)r : len ;
}

off_t logdirs_size (char const *path, char const *name)
{
  struct stat st ;
  char full[256] ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  return stat(full, &st) == -1 ? -1 : st.st_size ;
}

unsigned int logdirs_mode (char const *path, char const *name)
{
  struct stat st ;
  char full[256] ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  return stat(full, &st) == -1 ? 0 : (unsigned int)(st.st_mode & 07777) ;
}

 /* Archives and current, one after the other. */

int logdirs_hasall (char const *path)
{
  static char text[LOGDIRS_TEXT_MAX] ;
  char *names[NAMES_MAX] ;
  unsigned int n = list(path, names) ;
  size_t len = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    len = append(text, len, path, names[i]) ;
    free(names[i]) ;
  }
  len = append(text, len, path, "current") ;
  return len == logdirs_saidlen && !memcmp(text, logdirs_said, len) ;
}

unsigned int logdirs_count (char const *path, off_t *largest, unsigned int *unfinished)
{
  char *names[NAMES_MAX] ;
  unsigned int n = list(path, names) ;
  *largest = 0 ;
  *unfinished = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    off_t size = logdirs_size(path, names[i]) ;
    if (size > *largest) *largest = size ;
    *unfinished += names[i][26] == 'u' ;
    free(names[i]) ;
  }
  return n ;
}

void logdirs_fill (struct logdir *d, unsigned int archives)
{
  for (unsigned int i = 0 ; i < archives ; i++)
  {
    logdirs_say(d, LOGDIRS_SIZE - LOGDIRS_TOLERANCE) ;
    logdirs_pass(1000) ;
  }
}

void logdirs_leave (char const *path, char const *name, mode_t mode, unsigned int lines)
{
  char full[256] ;
  int fd ;
  snprintf(full, sizeof(full), "%s/%s", path, name) ;
  fd = open(full, O_WRONLY | O_CREAT | O_EXCL, mode) ;
  if (fd < 0) tap_bail(full) ;
  for (; lines-- ; logdirs_number++)
  {
    int len = sprintf(logdirs_said + logdirs_saidlen, "%u\n", logdirs_number) ;
    if (write(fd, logdirs_said + logdirs_saidlen, (size_t)len) != len) tap_bail("write") ;
    logdirs_saidlen += (size_t)len ;
  }
  close(fd) ;
}
