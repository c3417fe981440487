/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <skalibs/stralloc.h>

#include "libdaemon/signals.h"
#include "liblogger/reader-internal.h"

enum { SHORT_MS = 10 } ;

char const reader_stdout[] = "stdout" ;

static void note_signal (void *data, int sig, pid_t pid)
{
  struct reader *r = data ;
  (void)sig ;
  (void)pid ;
  r->isending = 1 ;
}

 /* For news, if there are to be some; for stdout, that it has room, or that nobody reads it. */

static int wait_for (struct reader *r, int isnews, int isroom, int ms)
{
  struct pollfd x[3] =
  {
    { .fd = r->signals, .events = POLLIN },
    { .fd = 1, .events = (short)(isroom ? POLLOUT : 0) },
    { .fd = isnews ? r->news.fd : -1, .events = POLLIN }
  } ;
  if (poll(x, 3, ms) == -1) return errno == EINTR ;
  if (x[0].revents && !signals_take(r->signals, &note_signal, r)) return 0 ;
  if (!isroom && x[1].revents & (POLLERR | POLLHUP)) r->isclosed = 1 ;
  return 1 ;
}

int reader_hear (struct reader *r, int iswaiting)
{
  if (!r->options.isfollowing) return 1 ;
  if (!wait_for(r, 1, 0, iswaiting ? news_patience(&r->news) : 0)) return 0 ;
  news_take(&r->news) ;
  for (unsigned int i = 0 ; i < r->n ; i++) r->isidle[i] = 0 ;
  return 1 ;
}

 /* Who follows hears signals, and is not to wait; who does not is ended by them. */

static ssize_t write_some (struct reader *r, char const *s, size_t len)
{
  return r->options.isfollowing ? nowait_write(&r->out, s, len) : write(1, s, len) ;
}

 /* Somebody may share stdout, and a signal is heard while it is full: what it has not taken
    then is shown another time. If there is no room though poll has seen some, descriptors
    are short, and asking again at once would be no use. */

static int write_batch (struct reader *r)
{
  size_t at = 0 ;
  unsigned int misses = 0 ;
  while (at < r->batch.len)
  {
    ssize_t n = write_some(r, r->batch.s + at, r->batch.len - at) ;
    int isshort = misses & 1 ;
    misses = n > 0 ? 0 : misses + 1 ;
    if (n > 0) at += (size_t)n ;
    else if (n == 0) return (errno = ENOSPC, 0) ;
    else if (errno != EAGAIN) { if (errno != EINTR) return 0 ; }
    else if (r->isending) return (errno = EINTR, 0) ;
    else if (!wait_for(r, 0, !isshort, isshort ? SHORT_MS : -1)) return 0 ;
  }
  r->batch.len = 0 ;
  if (r->batch.a > 4 * READER_BATCH) stralloc_free(&r->batch) ;
  return 1 ;
}

static int save (struct reader *r, int issafe)
{
  struct cursor_place *places = r->places ;
  for (unsigned int i = 0 ; i < r->n ; i++) places[i] = r->trails[i].done ;
  return cursor_fmt(&r->saved, places, r->paths, r->n)
    && cursor_write(r->options.cursor, r->saved.s, r->saved.len, issafe) ;
}

int reader_flush (struct reader *r, int issafe, struct reader_trouble *trouble)
{
  trouble->what = "write to " ;
  trouble->where = reader_stdout ;
  if (!write_batch(r)) return 0 ;
  trouble->where = r->options.cursor ;
  if (!r->options.cursor || (!r->ismoved && !issafe)) return 1 ;
  if (!save(r, issafe)) return 0 ;
  r->ismoved = 0 ;
  return 1 ;
}
