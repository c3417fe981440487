/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libsockets/ucspi.h"

#include "libdaemon/nowait.h"

#define USAGE "s6-ioconnect [ -t timeout ] [ -r fdr ] [ -w fdw ] [ -0 ] [ -1 ] [ -6 ] [ -7 ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum
{
  FLOW_BUFSIZE = 65536,
  FLOWS = 2,
  SILENCE_MS = 1000  /* after SIGTERM: the other end has nothing more to say */
} ;

 /*
   One direction. Descriptors are shared with other processes, so their
   O_NONBLOCK is never touched: sockets are asked not to wait call by
   call, and the others are written to by libdaemon's nowait.

   from open            reading, whenever the buffer is empty
   from closed, len > 0 flushing what is left
   from closed, len = 0 done: to is closed as well

   The side that is written to is watched all the time, so that a reader
   who goes away is seen when there is nothing to write, too.
 */

struct flow
{
  int from ;  /* -1 at the end of its input */
  int to ;  /* -1 when all is written, or when nobody reads it any more */
  struct nowait out ;  /* how to is written to */
  unsigned int from_socket : 1 ;
  unsigned int to_socket : 1 ;
  size_t start ;
  size_t len ;
  char buf[FLOW_BUFSIZE] ;
} ;

static int is_gone (int e)
{
  return e == EPIPE || e == ECONNRESET ;
}

static int may_wait (int e)
{
  return e == EAGAIN || e == EWOULDBLOCK || e == EINTR ;
}

static void close_from (struct flow *flow)
{
  if (flow->from == -1) return ;
  if (flow->from_socket) shutdown(flow->from, SHUT_RD) ;
  close(flow->from) ;
  flow->from = -1 ;
}

static void close_to (struct flow *flow)
{
  if (flow->to == -1) return ;
  nowait_free(&flow->out) ;
  if (flow->to_socket) shutdown(flow->to, SHUT_WR) ;
  close(flow->to) ;
  flow->to = -1 ;
}

 /* What was read is still written. */

static void end_input (struct flow *flow)
{
  close_from(flow) ;
  if (!flow->len) close_to(flow) ;
}

 /* Nobody reads it any more. */

static void end_output (struct flow *flow)
{
  flow->len = 0 ;
  close_to(flow) ;
  close_from(flow) ;
}

static void flow_read (struct flow *flow)
{
  ssize_t r = flow->from_socket ? recv(flow->from, flow->buf, FLOW_BUFSIZE, MSG_DONTWAIT) : read(flow->from, flow->buf, FLOW_BUFSIZE) ;
  if (r > 0)
  {
    flow->start = 0 ;
    flow->len = r ;
    return ;
  }
  if (r == -1)
  {
    if (may_wait(errno)) return ;
    if (!is_gone(errno)) strerr_diefusys(EXITCODE_SYSTEM, "read") ;
  }
  end_input(flow) ;
}

static void flow_write (struct flow *flow)
{
  ssize_t w = nowait_write(&flow->out, flow->buf + flow->start, flow->len) ;
  if (w >= 0)
  {
    flow->start += w ;
    flow->len -= w ;
    if (flow->from == -1) end_input(flow) ;
    return ;
  }
  if (may_wait(errno)) return ;
  if (!is_gone(errno)) strerr_diefusys(EXITCODE_SYSTEM, "write") ;
  end_output(flow) ;
}

static int is_socket (int fd)
{
  struct stat st ;
  char fmt[INT_FMT] ;
  if (fstat(fd, &st) == 0) return S_ISSOCK(st.st_mode) ;
  fmt[int_fmt(fmt, fd)] = 0 ;
  strerr_diefu(EXITCODE_SYSTEM, "use descriptor ", fmt, ": ", strerror(errno), errno == EBADF ? " (s6-tcpclient and s6-ipcclient open 6 and 7; -r and -w name others)" : "") ;
}

struct watched
{
  struct pollfd from[FLOWS] ;
  struct pollfd to[FLOWS] ;
  struct pollfd signals ;
} ;

static int watch (struct flow const *flows, struct watched *x, int signals, int timeout)
{
  for (unsigned int i = 0 ; i < FLOWS ; i++)
  {
    x->from[i] = (struct pollfd){ .fd = flows[i].len ? -1 : flows[i].from, .events = POLLIN } ;
    x->to[i] = (struct pollfd){ .fd = flows[i].to, .events = flows[i].len ? POLLOUT : 0 } ;
  }
  x->signals = (struct pollfd){ .fd = signals, .events = POLLIN } ;
  return poll((struct pollfd *)x, sizeof(*x) / sizeof(struct pollfd), timeout) ;
}

static void move (struct flow *flow, int from, int to)
{
  if (to & (POLLERR | POLLHUP | POLLNVAL)) end_output(flow) ;
  else if (to) flow_write(flow) ;
  if (from && flow->from != -1) flow_read(flow) ;
}

 /* The first SIGTERM ends our input, and lets the other end answer; the second one ends all. */

static unsigned int obey (struct flow *flows, unsigned int terminated)
{
  while (selfpipe_read() > 0) terminated++ ;
  if (terminated > 1) _exit(flows[0].len || flows[1].len ? EXITCODE_DENIED : EXITCODE_OK) ;
  end_input(flows) ;
  return terminated ;
}

static void transfer (struct flow *flows, int signals, int timeout)
{
  struct watched x ;
  unsigned int terminated = 0 ;
  while (flows[0].to != -1 || flows[1].to != -1)
  {
    int silent = terminated && !flows[0].len && !flows[1].len ;
    int r = watch(flows, &x, signals, silent && (timeout == -1 || timeout > SILENCE_MS) ? SILENCE_MS : timeout) ;
    if (r == -1 && errno != EINTR) strerr_diefusys(EXITCODE_SYSTEM, "poll") ;
    if (r == -1) continue ;
    if (r == 0)
    {
      if (!silent) _exit(EXITCODE_DENIED) ;
      end_input(flows + 1) ;
      continue ;
    }
    if (x.signals.revents) terminated = obey(flows, terminated) ;
    for (unsigned int i = 0 ; i < FLOWS ; i++) move(flows + i, x.from[i].revents, x.to[i].revents) ;
  }
}

 /* Comes last: it takes a descriptor, which must be none that was named. */

static int catch_signals (void)
{
  struct sigaction ignored = { .sa_handler = SIG_IGN } ;
  int fd = selfpipe_init() ;
  if (fd == -1 || !selfpipe_trap(SIGTERM)) strerr_diefusys(EXITCODE_SYSTEM, "catch signals") ;
  sigaction(SIGPIPE, &ignored, 0) ;
  return fd ;
}

int main (int argc, char const *const *argv)
{
  static struct flow flows[FLOWS] ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int timeout = 0, fdr = UCSPI_READ, fdw = UCSPI_WRITE ;
  PROG = "s6-ioconnect" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "0167t:r:w:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case '0' : case '1' : case '6' : case '7' : break ;
      case 't' : if (!uint0_scan(l.arg, &timeout)) dieusage() ; break ;
      case 'r' : if (!uint0_scan(l.arg, &fdr) || fdr > INT_MAX) dieusage() ; break ;
      case 'w' : if (!uint0_scan(l.arg, &fdw) || fdw > INT_MAX) dieusage() ; break ;
      default : dieusage() ;
    }
  }
   /* 0 and 1 are what this is about: closed, they are an error */
  if (!fd_ensure_open(2, 1)) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (timeout > INT_MAX) timeout = INT_MAX ;
  if (fdr < 2 || fdw < 2) dieusage() ;
  if (fdr == fdw)
  {
    int fd = dup(fdr) ;
    if (fd == -1) strerr_diefusys(EXITCODE_SYSTEM, "dup") ;
    fdr = fd ;
  }
  flows[0].from = 0 ; flows[0].to = fdw ; flows[1].from = fdr ; flows[1].to = 1 ;
  for (unsigned int i = 0 ; i < FLOWS ; i++)
  {
    flows[i].from_socket = is_socket(flows[i].from) ;
    flows[i].to_socket = is_socket(flows[i].to) ;
    nowait_init(&flows[i].out, flows[i].to) ;
  }
  transfer(flows, catch_signals(), timeout ? (int)timeout : -1) ;
  return EXITCODE_OK ;
}
