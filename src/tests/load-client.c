/* ISC license. */

 /*
   usage: load-client PATH RATE COUNT

   Connects COUNT times to the Unix socket at PATH, or until SIGTERM, RATE
   times a second (0: the next one when the one before has ended), sends a
   line and wants a line back. Prints
     sent N answered N refused N cut N late N p99 MS outage MS
   cut: the connection ended without an answer; late: there was none in
   30 s; outage: the longest time without an answer. Exits 1 if any
   connection was lost.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { AT_ONCE = 4096, PATIENCE_US = 30 * 1000 * 1000 } ;

struct connection
{
  int fd ;
  int64_t begin ;  /* microseconds */
} ;

static struct connection connections[AT_ONCE] ;
static struct pollfd x[AT_ONCE] ;
static unsigned int len = 0 ;
static unsigned int sent = 0, answered = 0, refused = 0, cut = 0, late = 0 ;
static int64_t *latencies ;
static int64_t last = 0, outage = 0 ;

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
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 ;
}

static void begin (struct sockaddr_un const *address)
{
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) ;
  if (fd < 0)
  {
    perror("load-client: socket") ;
    exit(111) ;
  }
  sent++ ;
  if (len == AT_ONCE || connect(fd, (struct sockaddr const *)address, sizeof(*address)) == -1)
  {
    refused++ ;
    close(fd) ;
    return ;
  }
  if (send(fd, "hello\n", 6, MSG_NOSIGNAL) < 6)
  {
    cut++ ;
    close(fd) ;
    return ;
  }
  connections[len].fd = fd ;
  connections[len++].begin = now() ;
}

static void drop (unsigned int i)
{
  close(connections[i].fd) ;
  connections[i] = connections[--len] ;
}

static void hear (unsigned int i)
{
  char line[64] ;
  int64_t t = now() ;
  ssize_t r = recv(connections[i].fd, line, sizeof(line), MSG_DONTWAIT) ;
  if (r < 0 && errno == EAGAIN) return ;
  if (r > 0 && line[r - 1] == '\n')
  {
    latencies[answered++] = t - connections[i].begin ;
    if (t - last > outage) outage = t - last ;
    last = t ;
  }
  else cut++ ;
  drop(i) ;
}

static void wait_until (int64_t next)
{
  int64_t left = next - now() ;
  if (left < 0) left = 0 ;
  for (unsigned int i = 0 ; i < len ; i++)
  {
    x[i].fd = connections[i].fd ;
    x[i].events = POLLIN ;
  }
  if (poll(x, len, (int)((left + 999) / 1000)) <= 0) return ;
  /* from the last one: what is dropped is replaced by one that was looked at */
  for (unsigned int i = len ; i-- ;) if (x[i].revents) hear(i) ;
}

static void lose_late (void)
{
  for (unsigned int i = len ; i-- ;)
    if (now() - connections[i].begin > PATIENCE_US)
    {
      late++ ;
      drop(i) ;
    }
}

static int compare (void const *a, void const *b)
{
  int64_t const *left = a ;
  int64_t const *right = b ;
  return *left < *right ? -1 : *left > *right ;
}

int main (int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  unsigned int rate, count ;
  int64_t start = now() ;
  if (argc != 4 || strlen(argv[1]) >= sizeof(address.sun_path)) return 100 ;
  strcpy(address.sun_path, argv[1]) ;
  rate = (unsigned int)atoi(argv[2]) ;
  count = (unsigned int)atoi(argv[3]) ;
  latencies = calloc(count + 1, sizeof(int64_t)) ;
  if (!latencies) return 111 ;
  signal(SIGTERM, &on_term) ;
  last = start ;
  while (sent < count || len)
  {
    int64_t next = rate && sent < count ? start + (int64_t)sent * 1000000 / (int64_t)rate : now() + 1000000 ;
    if (sent < count && (rate ? next <= now() : !len)) begin(&address) ;
    else wait_until(next) ;
    lose_late() ;
    if (isending) count = sent ;
  }
  qsort(latencies, answered, sizeof(int64_t), &compare) ;
  printf("sent %u answered %u refused %u cut %u late %u p99 %lld outage %lld\n", sent, answered, refused, cut, late,
    answered ? (long long)latencies[answered * 99 / 100] / 1000 : -1, (long long)outage / 1000) ;
  return answered == sent ? 0 : 1 ;
}
