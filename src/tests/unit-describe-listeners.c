/* ISC license. */

 /* describe.h: all Unix sockets that listen are asked for in one question, however
    many there are; and of half an answer nothing is believed. */

#include <skalibs/nonposix.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "probed.h"
#include "libfdholderd/describe.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 1500, FEW = 100, QUEUED = 2, BACKLOG = 5, MAX = 1 << 20 } ;

#ifdef S6_ACTIVATION_HAS_UNIX_DIAG

#include <linux/netlink.h>

static struct describe_listeners listeners = DESCRIBE_LISTENERS_ZERO ;
static int fds[MANY] ;
static unsigned int sent, received, spoiled ;

enum spoil
{
  SPOIL_NOTHING,
  SPOIL_ERROR,  /* recv fails */
  SPOIL_SILENCE,  /* the end never comes */
  SPOIL_INTERRUPTED,
  SPOIL_NLMSG_ERROR,
  SPOIL_DONE,  /* it ends with an error */
  SPOIL_SHORT,  /* a message that is cut */
  SPOIL_TRUNCATED,  /* one that is longer than what there is room for */
  SPOIL_MEMORY
} ;

static enum spoil spoil ;

 /* In the place of the library's. */

ssize_t send (int fd, void const *s, size_t len, int flags)
{
  sent++ ;
  return sendto(fd, s, len, flags, 0, 0) ;
}

static ssize_t change (struct nlmsghdr *header, size_t size, ssize_t r)
{
  static int const error = -ENOMEM ;
  switch (spoil)
  {
    case SPOIL_INTERRUPTED : header->nlmsg_flags |= NLM_F_DUMP_INTR ; break ;
    case SPOIL_NLMSG_ERROR : header->nlmsg_type = NLMSG_ERROR ; break ;
    case SPOIL_SHORT : header->nlmsg_len = (uint32_t)r + 4 ; break ;
    case SPOIL_TRUNCATED : r = (ssize_t)size + 1 ; break ;
    case SPOIL_DONE :
      header->nlmsg_type = NLMSG_DONE ;
      memcpy(NLMSG_DATA(header), &error, sizeof(error)) ;
      break ;
    default : spoiled-- ; break ;
  }
  spoiled++ ;
  return r ;
}

 /* The second message is spoiled: there is something to forget. */

ssize_t recv (int fd, void *s, size_t len, int flags)
{
  ssize_t r ;
  if (received++ && (spoil == SPOIL_ERROR || spoil == SPOIL_SILENCE))
  {
    spoiled++ ;
    return (errno = spoil == SPOIL_ERROR ? ENOBUFS : EAGAIN, -1) ;
  }
  r = recvfrom(fd, s, len, flags, 0, 0) ;
  return received > 1 && r > 0 ? change(s, len, r) : r ;
}

void *realloc (void *s, size_t len)
{
  static void *(*original) (void *, size_t) ;
  if (!original)
  {
    void *found = dlsym(RTLD_NEXT, "realloc") ;
    memcpy(&original, &found, sizeof(original)) ;
  }
  if (spoil != SPOIL_MEMORY || !s) return (*original)(s, len) ;
  spoiled++ ;
  return (errno = ENOMEM, (void *)0) ;
}

 /* At a name that the kernel chooses. */

static int listener (void)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa.sun_family)) == -1 || listen(fd, BACKLOG) == -1) tap_bail("listener") ;
  return fd ;
}

static void connect_to (int fd)
{
  struct sockaddr_un sa ;
  socklen_t len = sizeof(sa) ;
  int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  if (getsockname(fd, (struct sockaddr *)&sa, &len) == -1 || client < 0 || connect(client, (struct sockaddr *)&sa, len) == -1) tap_bail("connect") ;
  close(client) ;
}

static int ask (uint32_t max)
{
  describe_listeners_free(&listeners) ;
  sent = received = spoiled = 0 ;
  return describe_listeners_ask(&listeners, max) ;
}

static void point (int fd, char const *queue, char const *backlog, char const *name)
{
  struct description d ;
  describe_fd(&d, fd, 1, &listeners, DESCRIBE_DEEP) ;
  tap_string(d.queue, queue, "%s: who waits", name) ;
  tap_string(d.backlog, backlog, "%s: who may", name) ;
}

static void check_all (void)
{
  unsigned int good = 0 ;
  int pair[2], late ;
  tap_ok(ask(MAX), "many are asked for") ;
  tap_int(sent, 1, "in one question") ;
  tap_least(received, 2, "the answer is of many parts") ;
  tap_least(listeners.n, MANY, "which tell of all") ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    struct description d ;
    describe_fd(&d, fds[i], 1, &listeners, DESCRIBE_DEEP) ;
    good += !strcmp(d.queue, i == MANY / 2 ? "2" : "0") && !strcmp(d.backlog, "5") ;
  }
  tap_int(good, MANY, "each one gets what is its own") ;
  late = listener() ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) tap_bail("socketpair") ;
  point(late, "", "", "one that listens since then") ;
  point(pair[0], "", "", "one that does not listen") ;
  tap_int(sent, 1, "nothing more is asked") ;
  close(pair[0]) ;
  close(pair[1]) ;
  close(late) ;
}

static void check_spoiled (enum spoil how, char const *name)
{
  spoil = how ;
  tap_ok(!ask(MAX), "%s: there is no answer", name) ;
  spoil = SPOIL_NOTHING ;
  tap_least(spoiled, 1, "%s: that has come", name) ;
  tap_int(listeners.n, 0, "%s: nothing is known", name) ;
  point(fds[0], "", "", name) ;
}

static void check_bound (void)
{
  tap_ok(!ask(FEW), "more than may be") ;
  tap_error(errno, EOVERFLOW, "are too many") ;
  point(fds[0], "", "", "none of them") ;
}

 /* The socket that is asked by is not open any longer, whatever came. */

static void check_closed (int next)
{
  int fd = dup(0) ;
  tap_int(fd, next, "nothing is left open") ;
  close(fd) ;
}

int main (void)
{
  struct rlimit limit = { .rlim_cur = MANY + FEW, .rlim_max = MANY + FEW } ;
  int next ;
  if (!describe_listeners_ask(&listeners, MAX)) tap_skip_all("the kernel does not tell of Unix sockets here") ;
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) tap_skip_all("so many descriptors are not to be had") ;
  for (unsigned int i = 0 ; i < MANY ; i++) fds[i] = listener() ;
  next = dup(0) ;
  close(next) ;
  for (unsigned int i = 0 ; i < QUEUED ; i++) connect_to(fds[MANY / 2]) ;
  check_all() ;
  check_spoiled(SPOIL_ERROR, "what overruns") ;
  check_spoiled(SPOIL_SILENCE, "what does not end") ;
  check_spoiled(SPOIL_INTERRUPTED, "what was interrupted") ;
  check_spoiled(SPOIL_NLMSG_ERROR, "an error") ;
  check_spoiled(SPOIL_DONE, "an end with an error") ;
  check_spoiled(SPOIL_SHORT, "what is cut short") ;
  check_spoiled(SPOIL_TRUNCATED, "what there is no room for") ;
  check_spoiled(SPOIL_MEMORY, "what there is no memory for") ;
  check_bound() ;
  check_closed(next) ;
  check_all() ;
  describe_listeners_free(&listeners) ;
  return tap_done() ;
}

#else

int main (void)
{
  tap_skip_all("the kernel does not tell of Unix sockets here") ;
}

#endif
