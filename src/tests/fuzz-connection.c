/* ISC license. */

/* Up to four clients of a daemon within the process, in both dialects. The
   input is a list of what they do: connect, send bytes with descriptors or
   sound requests, whole or in two parts, read, leave, let time pass. After
   each turn the daemon's books agree, and every held descriptor is the file
   that it was; in the end nothing is left open. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire.h"
#include "support/fuzz.h"
#include "support/fuzzholder.h"

enum { CLIENTS = 4, SEND_MAX = 1024, FEW = 8, MANY = 600 } ;

enum act { ACT_CONNECT, ACT_RAW, ACT_REQUEST, ACT_READ, ACT_LEAVE, ACT_WAIT, ACT_DUMPFRAME, ACT_SHRINK } ;

struct client
{
  int fd ;  /* -1: not connected */
  enum frame_dialect dialect ;
} ;

static struct fuzzholder *daemon_within = 0 ;

static void send_part (struct client const *c, char const *s, size_t len, unsigned int nfds, unsigned int which)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ; } control ;
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (nfds)
  {
    memset(&control, 0, CMSG_SPACE(nfds * sizeof(int))) ;
    control.align.cmsg_level = SOL_SOCKET ;
    control.align.cmsg_type = SCM_RIGHTS ;
    control.align.cmsg_len = CMSG_LEN(nfds * sizeof(int)) ;
    for (unsigned int i = 0 ; i < nfds ; i++)
      memcpy(CMSG_DATA(&control.align) + i * sizeof(int), daemon_within->files + (which + i) % FUZZ_FILES, sizeof(int)) ;
    msg.msg_control = control.s ;
    msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int)) ;
  }
  if (len) sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) ;
}

 /* The descriptors go with the first part. */

static void send_frame (struct client const *c, char const *body, size_t len, unsigned int nfds, unsigned int claimed, uint8_t how)
{
  static char s[FRAME_S6_HEADER + WIRE_DUMPFRAME_MAX] ;
  size_t header = c->dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  size_t first ;
  uint32_pack_big(s, len) ;
  if (c->dialect == FRAME_S6) uint16_pack_big(s + 4, claimed) ;
  memcpy(s + header, body, len) ;
  len += header ;
  first = how < 64 ? len : 1 + (how - 64) % len ;
  send_part(c, s, first, nfds, how) ;
  if (first == len) return ;
  fuzzholder_turn(daemon_within) ;
  send_part(c, s + first, len - first, 0, 0) ;
}

static void start_client (struct client *c, struct fuzz_script *script)
{
  uint8_t how = fuzz_next(script) ;
  int fd[2] ;
  if (c->fd >= 0) return ;
  fuzz_must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd)) ;
  c->fd = fd[0] ;
  c->dialect = how & 4 ? FRAME_NATIVE : FRAME_S6 ;
  fuzzholder_connect(daemon_within, fd[1], FUZZ_UID_ALL + (how & 3)) ;
  if (c->dialect == FRAME_NATIVE && !(how & 8)) send_frame(c, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, 0, 0, how & 16 ? 64 + how : 0) ;
}

static void send_raw (struct client const *c, struct fuzz_script *script)
{
  uint8_t nfds = fuzz_next(script) ;
  uint8_t which = fuzz_next(script) ;
  size_t len = fuzz_next(script) ;
  if (len > script->len) len = script->len ;
  if (nfds < 192) nfds %= 3 ;
  send_part(c, (char const *)script->s, len, nfds > WIRE_FDS_MAX ? WIRE_FDS_MAX : nfds, which) ;
  script->s += len ;
  script->len -= len ;
}

static void choose (struct fuzz_script *script, char const **id, size_t *idlen, tain *limit)
{
  static char longest[WIRE_ID_MAX + 1] = "" ;
  static char const *const ids[] = { "a", "b", "ab", "c\n", longest } ;
  uint8_t how = fuzz_next(script) ;
  tain left = tain_infinite_relative ;
  if (!longest[0]) memset(longest, 'a', WIRE_ID_MAX) ;
  *id = ids[how % (sizeof(ids) / sizeof(*ids))] ;
  *idlen = strlen(*id) ;
  if (how & 32) tain_from_millisecs(&left, how) ;
  fuzz_must(tain_wallclock_read(limit)) ;
  if (how & 64) tain_sub(limit, limit, &left) ; else tain_add(limit, limit, &left) ;
}

static size_t pack_watch (char *body, uint8_t kind, char const *id, size_t idlen)
{
  static char const glob[] = "[ab]*" ;
  if (kind & 64) return wire_pack_watch(body, glob, kind & 128 ? 1 : sizeof(glob) - 1) ;
  return wire_pack_watch(body, id, kind & 128 ? 0 : idlen) ;
}

static size_t pack_simple (char *body, uint8_t kind)
{
  static char const simple[] = { WIRE_LIST, WIRE_GETDUMP, WIRE_ACKNOWLEDGE, 'x' } ;
  return wire_pack_verb(body, simple[kind >> 3 & 3]) ;
}

static void send_request (struct client const *c, struct fuzz_script *script)
{
  char body[WIRE_REQUEST_MAX] ;
  uint8_t kind = fuzz_next(script) ;
  uint8_t wait = kind & 8 ? WIRE_RETRIEVE_WAIT : 0 ;
  unsigned int nfds = 0 ;
  char const *id ;
  size_t idlen, len ;
  tain limit ;
  choose(script, &id, &idlen, &limit) ;
  switch (kind & 7)
  {
    case 0 : case 1 : len = (kind & 8 ? wire_pack_replace : wire_pack_store)(body, &limit, id, idlen) ; nfds = 1 ; break ;
    case 2 : len = wire_pack_delete(body, id, idlen) ; break ;
    case 3 : len = wire_pack_retrieve(body, wait, id, idlen) ; break ;
    case 4 : len = wire_pack_retrieve(body, wait | WIRE_RETRIEVE_DELETE, id, idlen) ; break ;
    case 5 : len = wire_pack_setdump(body, kind & 8 ? kind : kind >> 4, kind >> 6 & 1) ; break ;
    case 6 : len = wire_pack_verb(body, WIRE_PUTBACK) ; break ;
    default : len = kind & 32 ? pack_watch(body, kind, id, idlen) : pack_simple(body, kind) ;
  }
  send_frame(c, body, len, nfds, nfds, fuzz_next(script)) ;
}

static void send_dumpframe (struct client const *c, struct fuzz_script *script)
{
  static char body[WIRE_DUMPFRAME_MAX] ;
  uint8_t n = fuzz_next(script) ;
  uint8_t extra = fuzz_next(script) ;
  size_t len = 1 ;
  if (n > WIRE_FDS_MAX) n = WIRE_FDS_MAX ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    char const *id ;
    size_t idlen ;
    tain limit ;
    char number[2] = { 'a' + i / 16, 'a' + i % 16 } ;
    choose(script, &id, &idlen, &limit) ;
    if (n > FEW) { id = number ; idlen = 2 ; }
    len += wire_pack_entry(body + len, &limit, id, idlen) ;
  }
  send_frame(c, body, len, n, extra < 64 ? n : extra, fuzz_next(script)) ;
}

 /* What arrives is a file that a client could have stored, or the event pipe. */

static void read_some (struct client const *c, size_t max)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ; } control ;
  char s[SEND_MAX] ;
  struct iovec v = { .iov_base = s, .iov_len = max } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = sizeof(control.s) } ;
  if (recvmsg(c->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0 || !msg.msg_controllen) return ;
  for (struct cmsghdr *m = CMSG_FIRSTHDR(&msg) ; m ; m = CMSG_NXTHDR(&msg, m))
    for (size_t i = 0 ; i < (m->cmsg_len - CMSG_LEN(0)) / sizeof(int) ; i++)
    {
      int fd ;
      memcpy(&fd, CMSG_DATA(m) + i * sizeof(int), sizeof(int)) ;
      fuzz_must(s[0] == WIRE_CHANNEL_BYTE || fuzzholder_knows(daemon_within, fd)) ;
      close(fd) ;
    }
}

static void leave (struct client *c)
{
  fd_close(c->fd) ;
  c->fd = -1 ;
}

static void act (struct client *c, enum act what, struct fuzz_script *script)
{
  tain pause ;
  int size ;
  if (what == ACT_CONNECT)
  {
    start_client(c, script) ;
    return ;
  }
  if (c->fd < 0) return ;
  switch (what)
  {
    case ACT_RAW : send_raw(c, script) ; return ;
    case ACT_REQUEST : send_request(c, script) ; return ;
    case ACT_DUMPFRAME : send_dumpframe(c, script) ; return ;
    case ACT_READ : read_some(c, 1 + fuzz_next(script) * 4) ; return ;
    case ACT_LEAVE : leave(c) ; return ;
    case ACT_WAIT :
      tain_from_millisecs(&pause, fuzz_next(script) * 50) ;
      tain_add(&daemon_within->now, &daemon_within->now, &pause) ;
      return ;
    default :
      size = fuzz_next(script) ;
      setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) ;
  }
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  struct client clients[CLIENTS] ;
  struct fuzz_script script = { .s = input, .len = len } ;
  uint8_t settings = fuzz_next(&script) ;
  if (!daemon_within) daemon_within = fuzzholder_new() ;
  daemon_within->holder.log.verbosity = settings & 2 ;
  fuzzholder_begin(daemon_within, settings & 1 ? MANY : FEW) ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++) clients[i].fd = -1 ;
  while (script.len)
  {
    uint8_t what = fuzz_next(&script) ;
    act(clients + (what >> 3 & 3), what & 7, &script) ;
    if (!(what & 128)) fuzzholder_turn(daemon_within) ;
  }
  for (unsigned int i = 0 ; i < CLIENTS ; i++) if (clients[i].fd >= 0) leave(clients + i) ;
  fuzzholder_end(daemon_within) ;
  return 0 ;
}

FUZZ_MAIN()
