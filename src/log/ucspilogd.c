/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "liblogger/lines.h"
#include "liblogger/stamp.h"
#include "liblogger/syslogline.h"

#define USAGE "ucspilogd [ -D text ] [ var... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { BATCH = 65536, LABEL_AND_SPACE = STAMP_LABEL + 1 } ;

 /* Others write to the same stdout: what is at most PIPE_BUF bytes they do not come
    between, so whole lines go out together as far as that. */

struct output
{
  size_t len ;
  char s[PIPE_BUF] ;
} ;

struct input
{
  size_t len ;  /* of the beginning of a line, whose end is not there yet */
  int isheadless ;  /* what it began with has gone out */
  char s[BATCH] ;
} ;

 /* Somebody may have made it non-blocking, it is not ours alone. */

static void wait_for (int fd, short events)
{
  struct pollfd p = { .fd = fd, .events = events } ;
  if (poll(&p, 1, -1) == -1 && errno != EINTR) strerr_diefusys(EXITCODE_SYSTEM, "poll") ;
}

static int is_transient (int e)
{
  return e == EINTR || e == EAGAIN || e == EWOULDBLOCK ;
}

static void write_all (char const *s, size_t len)
{
  while (len)
  {
    ssize_t r = write(1, s, len) ;
    if (r >= 0)
    {
      s += r ;
      len -= (size_t)r ;
      continue ;
    }
    if (!is_transient(errno)) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
    if (errno != EINTR) wait_for(1, POLLOUT) ;
  }
}

static void flush (struct output *out)
{
  write_all(out->s, out->len) ;
  out->len = 0 ;
}

static void put (struct output *out, char const *s, size_t len)
{
  if (out->len + len > sizeof(out->s)) flush(out) ;
  if (len > sizeof(out->s))
  {
    write_all(s, len) ;
    return ;
  }
  memcpy(out->s + out->len, s, len) ;
  out->len += len ;
}

 /* What stands before the text. Returns how much of the line it has taken the place of. */

static size_t put_head (struct output *out, char const *const *values, char const *line, size_t len)
{
  char name[SYSLOGLINE_NAME] ;
  size_t at = len >= LABEL_AND_SPACE && line[0] == '@' && line[STAMP_LABEL] == ' ' && !memchr(line, ' ', STAMP_LABEL) ? LABEL_AND_SPACE : 0 ;
  size_t used, namelen ;
  put(out, line, at) ;
  for (; *values ; values++)
  {
    put(out, *values, strlen(*values)) ;
    put(out, ": ", 2) ;
  }
  namelen = syslogline_priority(name, line + at, len - at, &used) ;
  if (!namelen) return at ;
  put(out, name, namelen) ;
  return at + used ;
}

 /* Room for the whole of it comes first: it is not to go out in two writes for nothing. */

static void put_line (struct output *out, char const *const *values, size_t valueslen, char const *line, size_t len, int isheadless)
{
  size_t at = 0 ;
  if (out->len + valueslen + SYSLOGLINE_NAME + len + 1 > sizeof(out->s)) flush(out) ;
  if (!isheadless) at = put_head(out, values, line, len) ;
  put(out, line + at, len - at) ;
}

 /* What is there of a line that does not end goes out: memory is bounded. */

static void put_lines (struct input *in, struct output *out, char const *const *values, size_t valueslen, int islast)
{
  struct lines lines ;
  char const *line ;
  size_t len ;
  lines_init(&lines, in->s, in->len, 0) ;
  for (; lines_next(&lines, &line, &len) ; in->isheadless = 0)
  {
    put_line(out, values, valueslen, line, len, in->isheadless) ;
    put(out, "\n", 1) ;
  }
  in->len -= lines.at ;
  memmove(in->s, in->s + lines.at, in->len) ;
  if (in->len == sizeof(in->s) || (islast && in->len))
  {
    put_line(out, values, valueslen, in->s, in->len, in->isheadless) ;
    in->isheadless = 1 ;
    in->len = 0 ;
  }
  if (islast && in->isheadless) put(out, "\n", 1) ;
}

static void filter (char const *const *values, size_t valueslen)
{
  static struct input in ;
  static struct output out ;
  for (;;)
  {
    size_t room = in.len < sizeof(in.s) ? sizeof(in.s) - in.len : 0 ;  /* never 0: a full one is put out */
    ssize_t r = read(0, in.s + in.len, room) ;
    if (r == -1)
    {
      if (!is_transient(errno)) strerr_diefusys(EXITCODE_SYSTEM, "read from stdin") ;
      if (errno != EINTR) wait_for(0, POLLIN) ;
      continue ;
    }
    in.len += (size_t)r ;
    put_lines(&in, &out, values, valueslen, !r) ;
    flush(&out) ;
    if (!r) return ;
  }
}

int main (int argc, char const *const *argv)
{
  char const *undefined = "<undefined>" ;
  subgetopt l = SUBGETOPT_ZERO ;
  size_t valueslen = 0 ;
  char const **values ;
  PROG = "ucspilogd" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "D:", &l) ;
    if (opt == -1) break ;
    if (opt != 'D') dieusage() ;
    undefined = l.arg ;
  }
  argc -= l.ind ;
  argv += l.ind ;
  values = calloc((size_t)argc + 1, sizeof(*values)) ;
  if (!values) strerr_diefusys(EXITCODE_SYSTEM, "keep the values of variables") ;
  for (int i = 0 ; i < argc ; i++)
  {
    values[i] = getenv(argv[i]) ;
    if (!values[i]) values[i] = undefined ;
    valueslen += strlen(values[i]) + 2 ;
  }
  filter(values, valueslen) ;
  return EXITCODE_OK ;
}
