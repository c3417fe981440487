/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/types.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "ucspi.h"

#define USAGE "s6-ioconnect [ -t timeout ] [ -r fdr ] [ -w fdw ] [ -0 ] [ -1 ] [ -6 ] [ -7 ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { FLOW_BUFSIZE = 65536 } ;

 /*
   One direction. Descriptors are shared with other processes, so their
   O_NONBLOCK is never touched: sockets are asked not to wait call by
   call, the others get no more than what poll(2) promises.

   from open            reading, whenever the buffer is empty
   from closed, len > 0 flushing what is left
   from closed, len = 0 done: to is closed as well
 */

struct flow
{
  int from ;  /* -1 at the end of its input */
  int to ;  /* -1 when all is written, or when nobody reads it any more */
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
  if (flow->to_socket) shutdown(flow->to, SHUT_WR) ;
  close(flow->to) ;
  flow->to = -1 ;
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
  close_from(flow) ;
  close_to(flow) ;
}

static void flow_write (struct flow *flow)
{
  char const *s = flow->buf + flow->start ;
  ssize_t w = flow->to_socket ? send(flow->to, s, flow->len, MSG_DONTWAIT | MSG_NOSIGNAL) :
    write(flow->to, s, flow->len < PIPE_BUF ? flow->len : PIPE_BUF) ;
  if (w >= 0)
  {
    flow->start += w ;
    flow->len -= w ;
    return ;
  }
  if (may_wait(errno)) return ;
  if (!is_gone(errno)) strerr_diefusys(EXITCODE_SYSTEM, "write") ;
  flow->len = 0 ;
  close_to(flow) ;
  close_from(flow) ;
}

static int is_socket (int fd)
{
  struct stat st ;
  char fmt[INT_FMT] ;
  if (fstat(fd, &st) == 0) return S_ISSOCK(st.st_mode) ;
  fmt[int_fmt(fmt, fd)] = 0 ;
  strerr_diefusys(EXITCODE_SYSTEM, "fstat fd ", fmt) ;
}

static int poll_all (struct flow *flows, struct pollfd *x, int timeout)
{
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    x[i].fd = flows[i].len ? flows[i].to : flows[i].from ;
    x[i].events = flows[i].len ? POLLOUT : POLLIN ;
    x[i].revents = 0 ;
  }
  return poll(x, 2, timeout) ;
}

static void transfer (struct flow *flows, unsigned int timeout)
{
  struct pollfd x[2] ;
  while (flows[0].to != -1 || flows[1].to != -1)
  {
    int r = poll_all(flows, x, timeout ? (int)timeout : -1) ;
    if (r == -1 && errno != EINTR) strerr_diefusys(EXITCODE_SYSTEM, "poll") ;
    if (r == 0) _exit(EXITCODE_DENIED) ;
    for (unsigned int i = 0 ; r > 0 && i < 2 ; i++) if (x[i].revents)
    {
      if (flows[i].len) flow_write(flows + i) ;
      else flow_read(flows + i) ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  static struct flow flows[2] ;
  struct sigaction ignored = { .sa_handler = SIG_IGN } ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int timeout = 0 ;
  unsigned int fdr = UCSPI_READ ;
  unsigned int fdw = UCSPI_WRITE ;
  PROG = "s6-ioconnect" ;
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
  if (timeout > INT_MAX) timeout = INT_MAX ;
  if (fdr < 2 || fdw < 2) dieusage() ;
  if (fdr == fdw)
  {
    int fd = dup(fdr) ;
    if (fd == -1) strerr_diefusys(EXITCODE_SYSTEM, "dup") ;
    fdr = fd ;
  }
  flows[0].from = 0 ; flows[0].to = fdw ;
  flows[1].from = fdr ; flows[1].to = 1 ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    flows[i].from_socket = is_socket(flows[i].from) ;
    flows[i].to_socket = is_socket(flows[i].to) ;
  }
  sigaction(SIGPIPE, &ignored, 0) ;
  transfer(flows, timeout) ;
  return EXITCODE_OK ;
}
