/* ISC license. */

 /*
   usage: load-server [-d fd] [-w startms] [-s servems] [-n count] [-x code] [-h]

   A server as many are: it takes startms to start, then says so with a
   newline to fd, and accepts from the socket that is stdin. Each client
   sends a line, and gets "served by PID" servems later. SIGTERM, or count
   clients: it accepts no more, finishes what it has, and exits 0.
   -x: it is broken, and exits so instead of being ready; -h: it hangs, and
   never is.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>

enum { AT_ONCE = 1024 } ;

struct client
{
  int fd ;
  int64_t due ;  /* 0: it has not asked yet */
} ;

static struct client clients[AT_ONCE] ;
static unsigned int len = 0 ;
static int volatile isending = 0 ;

static void on_term (int sig)
{
  (void)sig ;
  isending = 1 ;
}

static int64_t now (void)
{
  struct timespec t ;
  clock_gettime(CLOCK_MONOTONIC, &t) ;
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 ;
}

static void drop (unsigned int i)
{
  close(clients[i].fd) ;
  clients[i] = clients[--len] ;
}

static void answer (void)
{
  for (unsigned int i = 0 ; i < len ;)
    if (clients[i].due && clients[i].due <= now())
    {
      dprintf(clients[i].fd, "served by %ld\n", (long)getpid()) ;
      drop(i) ;
    }
    else i++ ;
}

static void hear (unsigned int i, long servems)
{
  char line[64] ;
  ssize_t r = recv(clients[i].fd, line, sizeof(line), MSG_DONTWAIT) ;
  if (r > 0) clients[i].due = now() + servems ;
  else if (!r || errno != EAGAIN) drop(i) ;
}

static int time_left (void)
{
  int64_t least = -1 ;
  for (unsigned int i = 0 ; i < len ; i++)
    if (clients[i].due)
    {
      int64_t left = clients[i].due - now() ;
      if (left < 0) left = 0 ;
      if (least < 0 || left < least) least = left ;
    }
  return (int)least ;
}

static void serve (long servems, long count)
{
  struct pollfd x[AT_ONCE + 1] ;
  sigset_t term, before ;
  sigemptyset(&term) ;
  sigaddset(&term, SIGTERM) ;
  sigprocmask(SIG_BLOCK, &term, &before) ;
  while (!isending || len)
  {
    unsigned int n = len ;
    int ms = time_left() ;
    struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L } ;
    for (unsigned int i = 0 ; i < n ; i++)
    {
      x[i].fd = clients[i].due ? -1 : clients[i].fd ;
      x[i].events = POLLIN ;
    }
    x[n].fd = isending || n == AT_ONCE ? -1 : 0 ;
    x[n].events = POLLIN ;
    if (ppoll(x, n + 1, ms < 0 ? 0 : &wait, &before) < 0) continue ;
    /* from the last one: what is dropped is replaced by one that was looked at */
    for (unsigned int i = n ; i-- ;) if (x[i].fd >= 0 && x[i].revents) hear(i, servems) ;
    if (x[n].fd >= 0 && x[n].revents)
    {
      int fd = accept(0, 0, 0) ;
      if (fd >= 0) clients[len++].fd = fd ;
      if (fd >= 0) clients[len - 1].due = 0 ;
      if (fd >= 0 && !--count) isending = 1 ;
    }
    answer() ;
  }
}

int main (int argc, char **argv)
{
  long startms = 0, servems = 0, count = 0 ;
  int fd = -1, code = -1, ishanging = 0, opt ;
  while (opt = getopt(argc, argv, "d:w:s:n:x:h"), opt != -1)
    switch (opt)
    {
      case 'd' : fd = atoi(optarg) ; break ;
      case 'w' : startms = atol(optarg) ; break ;
      case 's' : servems = atol(optarg) ; break ;
      case 'n' : count = atol(optarg) ; break ;
      case 'x' : code = atoi(optarg) ; break ;
      case 'h' : ishanging = 1 ; break ;
      default : return 100 ;
    }
  usleep((useconds_t)startms * 1000) ;
  if (code >= 0) return code ;
  if (ishanging) for (;;) pause() ;
  signal(SIGTERM, &on_term) ;
  if (fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK) == -1) return 111 ;
  if (fd >= 0)
  {
    if (write(fd, "\n", 1) < 1) return 111 ;
    close(fd) ;
  }
  serve(servems, count) ;
  return 0 ;
}
