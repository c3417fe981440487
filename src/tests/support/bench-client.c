/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/tai.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "bench.h"
#include "libfdwire/frame.h"
#include "tap.h"
#include "libfdwire/wire.h"

#define header_size(d) ((d) == BENCH_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER)

void bench_send (int s, char const *bytes, size_t len, int fd)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(sizeof(int))] ; } control = { .align = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) } } ;
  struct iovec v = { .iov_base = (char *)bytes, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (fd >= 0)
  {
    memcpy(CMSG_DATA(&control.align), &fd, sizeof(int)) ;
    msg.msg_control = &control ;
    msg.msg_controllen = sizeof(control) ;
  }
  if (sendmsg(s, &msg, MSG_NOSIGNAL) != (ssize_t)len) tap_bail("sendmsg") ;
}

size_t bench_receive (int s, char *bytes, size_t max, int *fds, unsigned int *nfds)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ; } control ;
  struct iovec v = { .iov_base = bytes, .iov_len = max } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = CMSG_SPACE(*nfds * sizeof(int)) } ;
  ssize_t r = recvmsg(s, &msg, 0) ;
  struct cmsghdr *c = CMSG_FIRSTHDR(&msg) ;
  *nfds = 0 ;
  if (r == -1) tap_bail("recvmsg") ;
  if (!r) return 0 ;
  if (c && c->cmsg_type == SCM_RIGHTS)
  {
    *nfds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) ;
    memcpy(fds, CMSG_DATA(c), *nfds * sizeof(int)) ;
  }
  return r ;
}

static void request (int s, enum bench_dialect d, char const *body, size_t len, int fd)
{
  char frame[FRAME_S6_HEADER + WIRE_REQUEST_MAX] ;
  uint32_pack_big(frame, len) ;
  if (d == BENCH_S6) uint16_pack_big(frame + 4, fd >= 0) ;
  memcpy(frame + header_size(d), body, len) ;
  bench_send(s, frame, header_size(d) + len, fd) ;
}

 /* A small answer comes in one piece, its descriptor with it. */

static void answer (int s, enum bench_dialect d, unsigned int wanted)
{
  char frame[64] ;
  int fd ;
  unsigned int n = 1 ;
  size_t len = bench_receive(s, frame, sizeof(frame), &fd, &n) ;
  if (n) close(fd) ;
  if (len != (size_t)header_size(d) + 1 || frame[len - 1] || n != wanted)
  {
    errno = frame[len - 1] ;
    tap_bail("unexpected answer") ;
  }
}

int bench_connect (struct bench_daemon const *b, enum bench_dialect d)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  char frame[64] ;
  int fd ;
  unsigned int n = 1 ;
  size_t len = 0 ;
  int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  strcpy(address.sun_path, b->socket) ;
  if (connect(s, (struct sockaddr *)&address, sizeof(address)) == -1) tap_bail("connect") ;
  if (d == BENCH_S6) return s ;
  request(s, d, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, -1) ;
  while (len < 1 + FRAME_NATIVE_HEADER + WIRE_BANNER_LEN)
  {
    size_t r = bench_receive(s, frame, sizeof(frame), &fd, &n) ;
    if (!r) tap_bail("handshake") ;
    len += r ;
    if (n) close(fd) ;
    n = 1 ;
  }
  return s ;
}

void bench_store (int s, enum bench_dialect d, int fd, char const *id, int limited)
{
  char body[WIRE_REQUEST_MAX] ;
  tain limit = tain_infinite ;
  if (limited) tain_addsec(&limit, &STAMP, 100000) ;
  request(s, d, body, wire_pack_store(body, &limit, id, strlen(id)), fd) ;
  answer(s, d, 0) ;
}

void bench_delete (int s, enum bench_dialect d, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  request(s, d, body, wire_pack_delete(body, id, strlen(id)), -1) ;
  answer(s, d, 0) ;
}

void bench_retrieve (int s, enum bench_dialect d, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  request(s, d, body, wire_pack_retrieve(body, 0, id, strlen(id)), -1) ;
  answer(s, d, 1) ;
}

 /* Reads on until so many bytes of frames, and descriptors, are there. */

static unsigned int drink (int s, size_t len)
{
  static char buffer[65536] ;
  int fds[WIRE_FDS_MAX] ;
  unsigned int total = 0 ;
  while (len)
  {
    unsigned int n = WIRE_FDS_MAX ;
    size_t r = bench_receive(s, buffer, len < sizeof(buffer) ? len : sizeof(buffer), fds, &n) ;
    if (!r) break ;
    total += n ;
    while (n) close(fds[--n]) ;
    len -= r ;
  }
  return total ;
}

static uint32_t read_header (int s, enum bench_dialect d, unsigned int *fdcount)
{
  char header[FRAME_S6_HEADER] ;
  int fds[WIRE_FDS_MAX] ;
  unsigned int n = WIRE_FDS_MAX ;
  uint32_t len ;
  if (bench_receive(s, header, header_size(d), fds, &n) != (size_t)header_size(d)) return 0 ;
  *fdcount += n ;
  while (n) close(fds[--n]) ;
  uint32_unpack_big(header, &len) ;
  return len ;
}

size_t bench_list (int s, enum bench_dialect d)
{
  unsigned int n = 0 ;
  uint32_t len ;
  request(s, d, "L", 1, -1) ;
  len = read_header(s, d, &n) ;
  drink(s, len) ;
  return len ;
}

unsigned int bench_getdump (int s, enum bench_dialect d)
{
  char body[WIRE_GETDUMP_REPLY_PACK] ;
  int fd ;
  unsigned int n = 0, none = 1 ;
  uint32_t frames ;
  request(s, d, "?", 1, -1) ;
  if (read_header(s, d, &n) != sizeof(body) || bench_receive(s, body, sizeof(body), &fd, &none) != sizeof(body)) tap_bail("getdump") ;
  uint32_unpack_big(body + 1, &frames) ;
  while (frames--)
  {
    uint32_t len = read_header(s, d, &n) ;
    if (!len) break ;
    n += drink(s, len) ;
  }
  return n ;
}
