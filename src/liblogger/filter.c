/* ISC license. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "liblogger/filter.h"

enum { OUT = 65536 } ;

struct filter
{
  filter_line_func *f ;
  void *data ;
  char in[FILTER_LINE] ;
  size_t len ;
  char out[OUT] ;
  size_t outlen ;
  int isinside ;  /* of a line, whose beginning was written */
  int isbroken ;  /* what is written fails: errno */
} ;

 /* Others may have made it one that does not wait. */

static int wait_for (int fd, short events)
{
  struct pollfd x = { .fd = fd, .events = events } ;
  return poll(&x, 1, -1) >= 0 || errno == EINTR ;
}

static int is_patience_wanted (int fd, short events)
{
  if (errno == EINTR) return 1 ;
  return (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(fd, events) ;
}

static void write_all (struct filter *x, char const *s, size_t len)
{
  while (len && !x->isbroken)
  {
    ssize_t r = write(1, s, len) ;
    if (r == -1 && is_patience_wanted(1, POLLOUT)) continue ;
    if (r == -1) x->isbroken = 1 ;
    else
    {
      s += r ;
      len -= (size_t)r ;
    }
  }
}

static void flush (struct filter *x)
{
  write_all(x, x->out, x->outlen) ;
  x->outlen = 0 ;
}

static void put (struct filter *x, char const *s, size_t len)
{
  if (len > OUT - x->outlen) flush(x) ;
  memcpy(x->out + x->outlen, s, len) ;
  x->outlen += len ;
}

 /* A line, or what there is of it. */

static void pass (struct filter *x, char const *s, size_t len, int isended)
{
  if (!x->isinside)
  {
    char head[FILTER_HEAD] ;
    size_t headlen = 0 ;
    size_t replaced = (*x->f)(x->data, s, len, head, &headlen) ;
    put(x, head, headlen) ;
    s += replaced ;
    len -= replaced ;
  }
  put(x, s, len) ;
  x->isinside = !isended ;
}

 /* What is new may end what was there before. The beginning of a line waits for its end, as
    long as there is room. */

static void pass_lines (struct filter *x, size_t fresh)
{
  size_t at = 0 ;
  size_t from = x->len - fresh ;
  char const *newline ;
  while ((newline = memchr(x->in + from, '\n', x->len - from)))
  {
    from = (size_t)(newline - x->in) + 1 ;
    pass(x, x->in + at, from - at, 1) ;
    at = from ;
  }
  if (at < x->len && (x->isinside || x->len - at == FILTER_LINE))
  {
    pass(x, x->in + at, x->len - at, 0) ;
    at = x->len ;
  }
  memmove(x->in, x->in + at, x->len - at) ;
  x->len -= at ;
}

static ssize_t read_some (struct filter *x)
{
  ssize_t r ;
  size_t room = x->len < FILTER_LINE ? FILTER_LINE - x->len : 0 ;  /* never 0: a full line is passed on */
  do r = read(0, x->in + x->len, room) ;
  while (r == -1 && is_patience_wanted(0, POLLIN)) ;
  return r ;
}

enum filter_end filter_run (filter_line_func *f, void *data, int iscompleting)
{
  static struct filter x ;
  ssize_t r ;
  x.f = f ;
  x.data = data ;
  while ((r = read_some(&x)) > 0)
  {
    x.len += (size_t)r ;
    pass_lines(&x, (size_t)r) ;
    flush(&x) ;
    if (x.isbroken) return FILTER_CANNOT_WRITE ;
  }
  int e = errno ;
  if (x.len) pass(&x, x.in, x.len, 0) ;
  if (x.isinside && iscompleting) put(&x, "\n", 1) ;
  flush(&x) ;
  if (x.isbroken) return FILTER_CANNOT_WRITE ;
  errno = e ;
  return r ? FILTER_CANNOT_READ : FILTER_OK ;
}
