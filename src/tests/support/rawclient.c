/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "libfdwire/rights.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"

enum { PATIENCE_SECONDS = 30 } ;

 /* Only for the time of a connect(2): its credentials are those of that moment. */

static void become (uid_t uid)
{
  if (uid ? setegid(uid) == -1 || seteuid(uid) == -1 : seteuid(0) == -1 || setegid(0) == -1) tap_bail("seteuid") ;
}

int raw_socket (char const *path, uid_t uid)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  struct timeval const patience = { .tv_sec = PATIENCE_SECONDS } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  if (fd == -1) tap_bail("socket") ;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == -1
   || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == -1) tap_bail("setsockopt") ;
  memcpy(address.sun_path, path, strlen(path) + 1) ;
  if (uid != (uid_t)-1) become(uid) ;
  if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1) tap_bail("connect") ;
  if (uid != (uid_t)-1) become(0) ;
  return fd ;
}

ssize_t raw_send (int fd, char const *s, size_t len, int const *fds, unsigned int n)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(RAW_FDS_MAX * sizeof(int))] ; } control ;
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (n)
  {
    memset(&control, 0, sizeof(control)) ;
    control.align.cmsg_level = SOL_SOCKET ;
    control.align.cmsg_type = SCM_RIGHTS ;
    control.align.cmsg_len = CMSG_LEN(n * sizeof(int)) ;
    memcpy(CMSG_DATA(&control.align), fds, n * sizeof(int)) ;
    msg.msg_control = control.s ;
    msg.msg_controllen = CMSG_SPACE(n * sizeof(int)) ;
  }
  return rights_sendmsg(fd, &msg, MSG_NOSIGNAL) ;
}

size_t raw_frame (enum frame_dialect dialect, char *to, char const *body, size_t len, unsigned int claimed)
{
  size_t header = dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  memmove(to + header, body, len) ;
  uint32_pack_big(to, (uint32_t)len) ;
  if (dialect == FRAME_S6) uint16_pack_big(to + 4, (uint16_t)claimed) ;
  return header + len ;
}

void raw_wait_until_read (int fd)
{
  int unread = 1 ;
  while (ioctl(fd, TIOCOUTQ, &unread) != -1 && unread) sched_yield() ;
}

static int drip (int fd, char const *s, size_t len, int const *fds, unsigned int n)
{
  for (size_t i = 0 ; i < len ; i++)
  {
    if (raw_send(fd, s + i, 1, fds, i ? 0 : n) != 1) return 0 ;
    raw_wait_until_read(fd) ;
  }
  return 1 ;
}

int raw_put (struct rawclient const *c, char const *body, size_t len, int const *fds, unsigned int n)
{
  static char frame[FRAME_S6_HEADER + WIRE_DUMPFRAME_MAX] ;
  size_t total = raw_frame(c->dialect, frame, body, len, n) ;
  return c->isdripping ? drip(c->fd, frame, total, fds, n) : raw_send(c->fd, frame, total, fds, n) == (ssize_t)total ;
}

void raw_drop_fds (struct rawclient *c)
{
  while (c->nfds) close(c->fds[--c->nfds]) ;
}

static void take_rights (struct rawclient *c, struct msghdr *msg)
{
  for (struct cmsghdr *m = CMSG_FIRSTHDR(msg) ; m ; m = CMSG_NXTHDR(msg, m))
    if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SCM_RIGHTS)
      for (size_t i = 0 ; i < (m->cmsg_len - CMSG_LEN(0)) / sizeof(int) ; i++)
      {
        int fd ;
        memcpy(&fd, CMSG_DATA(m) + i * sizeof(int), sizeof(int)) ;
        if (c->nfds < RAW_FDS_MAX) c->fds[c->nfds++] = fd ;
        else close(fd) ;
      }
}

 /* All of it: 1; 0 at the end of file, or after 30 seconds. */

static int receive (struct rawclient *c, char *s, size_t len)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(RAW_FDS_MAX * sizeof(int))] ; } control ;
  while (len)
  {
    struct iovec v = { .iov_base = s, .iov_len = c->bite && c->bite < len ? c->bite : len } ;
    struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = sizeof(control.s) } ;
    ssize_t r = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC) ;
    if (r == -1 && errno == EINTR) continue ;
    if (r <= 0) return 0 ;
    take_rights(c, &msg) ;
    s += r ;
    len -= r ;
  }
  return 1 ;
}

static void make_room (struct rawclient *c, size_t len)
{
  if (c->room >= len) return ;
  c->s = realloc(c->s, len) ;
  if (!c->s) tap_bail("realloc") ;
  c->room = len ;
}

int raw_receive (struct rawclient *c)
{
  char header[FRAME_S6_HEADER] ;
  uint32_t len ;
  uint16_t claimed ;
  c->nfds = 0 ;
  c->len = 0 ;
  if (!receive(c, header, c->dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER)) return RAW_CLOSED ;
  uint32_unpack_big(header, &len) ;
  make_room(c, len) ;
  if (len && !receive(c, c->s, len)) return RAW_CLOSED ;
  c->len = len ;
  if (c->dialect != FRAME_S6) return 0 ;
  uint16_unpack_big(header + 4, &claimed) ;
  return claimed == c->nfds ? 0 : RAW_MALFORMED ;
}

 /* Also after it was turned away. */

int raw_isclosed (struct rawclient *c)
{
  char byte = 0 ;
  ssize_t r ;
  do r = recv(c->fd, &byte, 1, 0) ;
  while ((r == -1 && errno == EINTR) || (r == 1 && byte == WIRE_CROWDED_BYTE)) ;
  return !r || (r == -1 && errno == ECONNRESET) ;
}

int raw_isended (int fd, double until)
{
  char byte ;
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  int left = (int)((until - test_seconds()) * 1000) ;
  return poll(&x, 1, left > 0 ? left : 0) == 1 && read(fd, &byte, 1) <= 0 ;
}

int raw_islistened (char const *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  int r ;
  memcpy(address.sun_path, path, strlen(path) + 1) ;
  r = connect(fd, (struct sockaddr *)&address, sizeof(address)) ;
  close(fd) ;
  return r == 0 ;
}

static int handshake (struct rawclient *c)
{
  char byte ;
  if (!raw_put(c, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, 0, 0)) return 0 ;
  if (!receive(c, &byte, 1) || byte != WIRE_CHANNEL_BYTE || c->nfds != 1) return 0 ;
  c->channel = c->fds[0] ;
  return !raw_receive(c) && c->len == WIRE_BANNER_LEN && !memcmp(c->s, WIRE_BANNER_SERVER, WIRE_BANNER_LEN) ;
}

static void begin_on (struct rawclient *c, int fd, enum frame_dialect dialect)
{
  memset(c, 0, sizeof(*c)) ;
  c->channel = -1 ;
  c->dialect = dialect ;
  c->fd = fd ;
}

static void begin (struct rawclient *c, char const *path, uid_t uid, enum frame_dialect dialect)
{
  begin_on(c, raw_socket(path, uid), dialect) ;
}

int raw_connect_on (struct rawclient *c, int fd, enum frame_dialect dialect)
{
  begin_on(c, fd, dialect) ;
  return dialect == FRAME_S6 || handshake(c) ;
}

int raw_connect (struct rawclient *c, char const *path, uid_t uid, enum frame_dialect dialect)
{
  begin(c, path, uid, dialect) ;
  return dialect == FRAME_S6 || handshake(c) ;
}

int raw_connect_dripping (struct rawclient *c, char const *path, enum frame_dialect dialect)
{
  begin(c, path, (uid_t)-1, dialect) ;
  c->isdripping = 1 ;
  c->bite = 1 ;
  return dialect == FRAME_S6 || handshake(c) ;
}

void raw_close (struct rawclient *c)
{
  if (c->fd >= 0) close(c->fd) ;
  if (c->channel >= 0) close(c->channel) ;
  free(c->s) ;
  memset(c, 0, sizeof(*c)) ;
  c->fd = c->channel = -1 ;
}
