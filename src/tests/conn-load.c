/* ISC license. */

 /*
   usage: conn-load ADDRESS TOTAL ATONCE

   Makes TOTAL connections to a server that echoes, ATONCE of them at the
   same time, each with its own number as its message, and judges what
   comes back. ADDRESS is the path of a Unix socket, or a port of
   127.0.0.1. Prints "answered N empty N wrong N failed N seconds S":
   empty is an answer of nothing at all, from a child that was killed;
   wrong is anything but the message, once. Exits 1 if any was wrong or
   failed.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { ANSWER_SIZE = 64 } ;

struct connection
{
  int fd ;  /* -1: none */
  unsigned int number ;
  size_t len ;
  char answer[ANSWER_SIZE] ;
} ;

struct tally
{
  unsigned int answered ;
  unsigned int empty ;
  unsigned int wrong ;
  unsigned int failed ;
} ;

static struct sockaddr_storage address ;
static socklen_t address_len ;

static void scan_address (char const *s)
{
  if (strspn(s, "0123456789") == strlen(s))
  {
    struct sockaddr_in *ip = (struct sockaddr_in *)&address ;
    ip->sin_family = AF_INET ;
    ip->sin_port = htons(atoi(s)) ;
    ip->sin_addr.s_addr = htonl(INADDR_LOOPBACK) ;
    address_len = sizeof(*ip) ;
  }
  else
  {
    struct sockaddr_un *path = (struct sockaddr_un *)&address ;
    path->sun_family = AF_UNIX ;
    strncpy(path->sun_path, s, sizeof(path->sun_path) - 1) ;
    address_len = sizeof(*path) ;
  }
}

 /* The connect itself may wait, while the backlog is full. 0: it failed. */

static int begin (struct connection *c, unsigned int number)
{
  char message[ANSWER_SIZE] ;
  int len = snprintf(message, sizeof(message), "%u\n", number) ;
  c->fd = socket(address.ss_family, SOCK_STREAM, 0) ;
  if (c->fd == -1 || connect(c->fd, (struct sockaddr *)&address, address_len) == -1) goto fail ;
  if (send(c->fd, message, len, MSG_NOSIGNAL) != len && errno != EPIPE && errno != ECONNRESET) goto fail ;
  shutdown(c->fd, SHUT_WR) ;
  c->number = number ;
  c->len = 0 ;
  return 1 ;

 fail:
  perror("conn-load: connect") ;
  if (c->fd >= 0) close(c->fd) ;
  c->fd = -1 ;
  return 0 ;
}

static void judge (struct connection *c, struct tally *tally)
{
  char message[ANSWER_SIZE] ;
  size_t len = snprintf(message, sizeof(message), "%u\n", c->number) ;
  if (!c->len) tally->empty++ ;
  else if (c->len == len && !memcmp(c->answer, message, len)) tally->answered++ ;
  else tally->wrong++ ;
  close(c->fd) ;
  c->fd = -1 ;
}

static void receive (struct connection *c, struct tally *tally)
{
  ssize_t r = c->len < ANSWER_SIZE ? recv(c->fd, c->answer + c->len, ANSWER_SIZE - c->len, MSG_DONTWAIT) : 0 ;
  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return ;
  if (r > 0) c->len += r ;
  else judge(c, tally) ;
}

 /* 1 when all is done, 0 and errno when poll fails. */

static int drive (struct connection *c, struct pollfd *x, unsigned int total, unsigned int atonce, struct tally *tally)
{
  unsigned int next = 0 ;
  unsigned int open = 0 ;
  while (next < total || open)
  {
    for (unsigned int i = 0 ; i < atonce ; i++)
    {
      if (c[i].fd == -1 && next < total)
      {
        if (begin(c + i, next)) open++ ;
        else tally->failed++ ;
        next++ ;
      }
      x[i].fd = c[i].fd ;
      x[i].events = POLLIN ;
    }
    if (poll(x, atonce, -1) == -1) return 0 ;
    for (unsigned int i = 0 ; i < atonce ; i++) if (c[i].fd >= 0 && x[i].revents)
    {
      receive(c + i, tally) ;
      if (c[i].fd == -1) open-- ;
    }
  }
  return 1 ;
}

int main (int argc, char const *const *argv)
{
  struct tally tally = { .answered = 0 } ;
  struct timespec from ;
  struct timespec to ;
  unsigned int total ;
  unsigned int atonce ;
  if (argc != 4 || !(total = atoi(argv[2])) || !(atonce = atoi(argv[3])))
  {
    fprintf(stderr, "usage: conn-load address total atonce\n") ;
    return 100 ;
  }
  scan_address(argv[1]) ;
  struct connection *c = calloc(atonce, sizeof(*c)) ;
  struct pollfd *x = calloc(atonce, sizeof(*x)) ;
  if (!c || !x) return 111 ;
  for (unsigned int i = 0 ; i < atonce ; i++) c[i].fd = -1 ;
  clock_gettime(CLOCK_MONOTONIC, &from) ;
  if (!drive(c, x, total, atonce, &tally)) return 111 ;
  clock_gettime(CLOCK_MONOTONIC, &to) ;
  printf("answered %u empty %u wrong %u failed %u seconds %.2f\n", tally.answered, tally.empty, tally.wrong, tally.failed,
    to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9) ;
  return tally.wrong || tally.failed ? 1 : 0 ;
}
