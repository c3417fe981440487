/* ISC license. */

#include <skalibs/nonposix.h>

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <skalibs/sig.h>
#include <skalibs/types.h>

#include "libdaemon/log.h"
#include "libdaemon/shortage.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/wholefile.h"

enum { LINE_MAX_BYTES = 64, NAME_MAX_BYTES = 15 } ;

static int warn (struct log *log, char const *file, char const *what)
{
  log_line(log, LOG_WARNING, file, ": ", what, ": ignored") ;
  return 0 ;
}

static int keep (struct log *log, char const *file)
{
  log_line(log, LOG_WARNING, file, ": ", strerror(errno), ": what it said last holds") ;
  return SERVICEFILES_KEPT ;
}

 /* What stands in it, without blanks at its end: no more than one line can be meant. */

static int read_word (char const *file, char *s, size_t max, struct log *log)
{
  off_t size ;
  ssize_t r = wholefile_read(file, s, max, &size) ;
  size_t len ;
  if (r < 0)
  {
    if (errno == ENOENT) return 0 ;
    if (is_shortage(errno)) return -1 ;
    if (errno == EIO) return keep(log, file) ;
    return warn(log, file, errno == EINVAL ? "not a regular file" : strerror(errno)) ;
  }
  if (size > (off_t)max) return warn(log, file, "longer than a line") ;
  for (len = (size_t)r ; len && isspace((unsigned char)s[len-1]) ; len--) ;
  s[len] = 0 ;
  return strlen(s) == len || warn(log, file, "not a text") ;
}

int servicefiles_number (char const *file, unsigned int min, unsigned int max, unsigned int *n, struct log *log)
{
  char s[LINE_MAX_BYTES + 1] ;
  unsigned int found ;
  int r = read_word(file, s, LINE_MAX_BYTES, log) ;
  if (r != 1) return r ;
  if (!uint0_scan(s, &found)) return warn(log, file, "not a number") ;
  if (found < min || found > max) return warn(log, file, found < min ? "number too small" : "number too large") ;
  *n = found ;
  return 1 ;
}

int servicefiles_scansignal (char const *s)
{
  unsigned int n ;
  char name[NAME_MAX_BYTES + 1] ;
  size_t i = 0 ;
  if (!strncasecmp(s, "SIG", 3)) s += 3 ;
  if (uint0_scan(s, &n)) return n && n < NSIG ? (int)n : 0 ;
  for (; s[i] && i < NAME_MAX_BYTES ; i++) name[i] = (char)toupper((unsigned char)s[i]) ;
  name[i] = 0 ;
  if (s[i] || isdigit((unsigned char)name[0])) return 0 ;  /* sig_number takes numbers, any */
  return sig_number(name) ;
}

int servicefiles_signal (char const *file, int *sig, struct log *log)
{
  char s[LINE_MAX_BYTES + 1] ;
  int found ;
  int r = read_word(file, s, LINE_MAX_BYTES, log) ;
  if (r != 1) return r ;
  found = servicefiles_scansignal(s) ;
  if (!found) return warn(log, file, "not a signal") ;
  *sig = found ;
  return 1 ;
}

int servicefiles_path (char const *file, char *s, struct log *log)
{
  int r = read_word(file, s, SERVICEPATH_MAX - 1, log) ;
  if (r != 1) return r ;
  return *s ? 1 : warn(log, file, "empty") ;
}

int servicefiles_isthere (char const *file, struct log *log)
{
  if (access(file, F_OK) == 0) return 1 ;
  if (errno == ENOENT) return 0 ;
  if (errno == EIO) return keep(log, file) ;
  return is_shortage(errno) ? -1 : warn(log, file, strerror(errno)) ;
}
