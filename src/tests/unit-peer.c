/* ISC license. */

 /* peer.h: each transition of its table, over a socketpair, with a clock
    that the test owns. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "frame.h"
#include "peer.h"
#include "support/tap.h"
#include "verbs.h"
#include "wire.h"

static struct holder holder = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
static struct peer *peer ;
static int client ;  /* our end */
static tain timeout ;

static tain at (unsigned int seconds)
{
  tain t ;
  tain_addsec(&t, &tain_zero, (int)seconds) ;
  tain_add(&t, &STAMP, &t) ;
  return t ;
}

static void give (char const *path, char const *text)
{
  if (!openwritenclose_unsafe(path, text, strlen(text))) tap_bail(path) ;
}

static void make_holder (void)
{
  static char const *const flags[] = { "rules/uid/self/env/S6_FDHOLDER_LIST", "rules/uid/self/env/S6_FDHOLDER_GETDUMP", "rules/uid/self/env/S6_FDHOLDER_SETDUMP" } ;
  mkdir("rules", 0755) ;
  mkdir("rules/uid", 0755) ;
  mkdir("rules/uid/self", 0755) ;
  mkdir("rules/uid/self/env", 0755) ;
  give("rules/uid/self/allow", "") ;
  give("rules/uid/self/env/S6_FDHOLDER_STORE_REGEX", "^x") ;
  give("rules/uid/self/env/S6_FDHOLDER_RETRIEVE_REGEX", "^x") ;
  for (unsigned int i = 0 ; i < 3 ; i++) give(flags[i], "\n") ;
  if (!policy_init_dir(&holder.policy, "rules", &holder.log)) tap_bail("policy") ;
  budget_fit(&holder.budget, 16, 100, 1000) ;
  store_init(&holder.store, &holder.fdtable, 100) ;
}

static void begin (void)
{
  struct rights rights ;
  int fd[2] ;
  tain now = at(0) ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1) tap_bail("socketpair") ;
  if (!policy_admit(&holder.policy, &rights, geteuid(), getegid(), &now)) tap_bail("policy_admit") ;
  client = fd[0] ;
  peer = peer_new(&holder, fd[1], &rights, getpid(), &timeout, &now) ;
  if (!peer) tap_bail("peer_new") ;
}

static void end (void)
{
  close(client) ;
  peer_free(peer) ;
}

static void send_with (char const *s, size_t len, int fd)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(sizeof(int))] ; } control = { .align = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) } } ;
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  tain now = at(0) ;
  if (fd >= 0)
  {
    memcpy(CMSG_DATA(&control.align), &fd, sizeof(int)) ;
    msg.msg_control = &control ;
    msg.msg_controllen = sizeof(control) ;
  }
  if (sendmsg(client, &msg, 0) != (ssize_t)len) tap_bail("sendmsg") ;
  peer_read(peer, &now) ;
}

static void request (char const *body, size_t len, int fd)
{
  char s[FRAME_S6_HEADER + WIRE_DUMPFRAME_MAX] ;
  size_t header = peer->in.dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  uint32_pack_big(s, len) ;
  if (header == FRAME_S6_HEADER) uint16_pack_big(s + 4, fd >= 0) ;
  memcpy(s + header, body, len) ;
  send_with(s, header + len, fd) ;
}

static int answer_is (char const *expected, size_t len)
{
  char s[4096] ;
  size_t header = peer->in.dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  ssize_t r = read(client, s, sizeof(s)) ;
  return r == (ssize_t)(header + len) && !memcmp(s + header, expected, len) ;
}

static int error_is (int e)
{
  char c = (char)e ;
  return answer_is(&c, 1) ;
}

static void handshake (int isnative)
{
  char s[64] ;
  begin() ;
  if (!isnative) peer->in.dialect = FRAME_S6 ;  /* what request() writes; sniffing finds it out again */
  else
  {
    uint32_pack_big(s, WIRE_BANNER_LEN) ;
    memcpy(s + 4, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN) ;
    send_with(s, 4 + WIRE_BANNER_LEN, -1) ;
    if (read(client, s, sizeof(s)) != (ssize_t)(1 + 4 + WIRE_BANNER_LEN)) tap_bail("handshake") ;
  }
}

static void put (char const *id)
{
  char s[WIRE_REQUEST_MAX] ;
  int fd = open("/dev/null", O_RDONLY) ;
  request(s, wire_pack_store(s, &tain_infinite, id, strlen(id)), fd) ;
  close(fd) ;
}

static void sniffing (void)
{
  begin() ;
  tap_ok(peer->state == PEER_SNIFF && !peer_isbusy(peer), "a new connection sniffs, and is idle") ;
  send_with("\0\0\0\1", 4, -1) ;
  tap_ok(peer->state == PEER_SNIFF && peer_isbusy(peer), "four bytes tell nothing, but it is busy") ;
  send_with("\0\0L", 3, -1) ;
  tap_ok(peer->state == PEER_OPEN && peer->in.dialect == FRAME_S6 && answer_is("\0\0\0\0\0", 5), "a fifth byte of 0 opens the s6 dialect") ;
  end() ;
  begin() ;
  send_with("\0\0\0\4nope", 8, -1) ;
  tap_ok(peer_isdead(peer), "a banner that is none ends the connection") ;
  end() ;
  handshake(1) ;
  tap_ok(peer->state == PEER_OPEN && peer->channel >= 0 && holder.connection_fds == 2, "a banner opens the native dialect, with its channel") ;
  request("W", 1, -1) ;
  tap_ok(error_is(ENOSYS) && peer->state == PEER_OPEN, "an unknown letter is ENOSYS there, and nothing ends") ;
  end() ;
  handshake(0) ;
  request("W", 1, -1) ;
  tap_ok(error_is(EPROTO) && peer_isdead(peer), "in the s6 dialect it is EPROTO, and the end") ;
  end() ;
}

static void taking (void)
{
  char s[WIRE_REQUEST_MAX] ;
  handshake(1) ;
  put("x1") ;
  tap_ok(error_is(0), "a descriptor is stored") ;
  request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  tap_ok(error_is(0) && peer->state == PEER_TAKING && peer_isbusy(peer) && store_get(&holder.store, "x1"), "a retrieve-and-delete waits for its acknowledgement") ;
  request("L", 1, -1) ;
  tap_ok(peer->state == PEER_OPEN && !store_get(&holder.store, "x1")->taken, "any other message removes the mark") ;
  read(client, s, sizeof(s)) ;
  request("A", 1, -1) ;
  tap_ok(error_is(ENOENT), "an acknowledgement of nothing is ENOENT") ;
  request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  read(client, s, sizeof(s)) ;
  request("A", 1, -1) ;
  tap_ok(error_is(0) && peer->state == PEER_OPEN && !store_get(&holder.store, "x1"), "an acknowledgement completes it") ;
  end() ;
  handshake(0) ;
  put("x2") ;
  read(client, s, sizeof(s)) ;
  request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x2", 2), -1) ;
  tap_ok(error_is(0) && peer->state == PEER_OPEN && !store_get(&holder.store, "x2"), "s6 dialect: it is complete when its answer has left") ;
  end() ;
}

static void staging (void)
{
  char s[WIRE_REQUEST_MAX] ;
  int fd = open("/dev/null", O_RDONLY) ;
  handshake(1) ;
  request(s, wire_pack_setdump(s, 2), -1) ;
  tap_ok(answer_is("\0\0\0\0\1", 5) && peer->state == PEER_STAGING && holder.budget.reserved == 2, "a dump that is admitted is staged") ;
  *s = WIRE_DUMPFRAME ;
  request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x1", 2), fd) ;
  tap_ok(error_is(EAGAIN) && !store_get(&holder.store, "x1") && holder.budget.reserved == 1, "a part of it is in the stage, not in the store") ;
  request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x2", 2), fd) ;
  tap_ok(error_is(0) && peer->state == PEER_OPEN && store_count(&holder.store) == 2 && !holder.budget.reserved, "the last frame applies all of it") ;
  request(s, wire_pack_setdump(s, 2), -1) ;
  read(client, s, sizeof(s)) ;
  *s = WIRE_DUMPFRAME ;
  request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x3", 2), fd) ;
  read(client, s, sizeof(s)) ;
  request("L", 1, -1) ;
  tap_ok(error_is(EPROTO) && peer_isdead(peer) && store_count(&holder.store) == 2 && !holder.budget.reserved, "another letter within a dump ends it, and the connection") ;
  end() ;
  close(fd) ;
}

static void ends (void)
{
  char s[WIRE_REQUEST_MAX] ;
  tain later = at(11) ;
  handshake(1) ;
  peer_tick(peer, &later) ;
  tap_ok(!peer_isdead(peer), "an idle connection has no deadline") ;
  send_with("\0\0", 2, -1) ;
  peer_tick(peer, &later) ;
  tap_ok(peer_isdead(peer), "a half-sent request has one") ;
  end() ;
  handshake(1) ;
  request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  peer_lameduck(peer, &later) ;
  tap_ok(!peer_isdead(peer), "lame duck waits for what is under way") ;
  request("A", 1, -1) ;
  tap_ok(peer_isdead(peer) && !store_get(&holder.store, "x1"), "and ends when it is done") ;
  end() ;
  handshake(1) ;
  peer_lameduck(peer, &later) ;
  tap_ok(peer_isdead(peer), "lame duck ends an idle connection at once") ;
  end() ;
  handshake(1) ;
  shutdown(client, SHUT_WR) ;
  peer_read(peer, &later) ;
  tap_ok(peer_isdead(peer), "EOF ends it") ;
  end() ;
}

 /* Requests go on, nothing is read: the answers that wait have a deadline
    of their own, unless some of them leave. */

static void unread (void)
{
  char s[4096] ;
  tain now ;
  for (unsigned int isread = 0 ; isread < 2 ; isread++)
  {
    handshake(1) ;
    while (frame_out_isempty(&peer->out)) request("L", 1, -1) ;
    for (unsigned int i = 1 ; i < 15 && !peer_isdead(peer) ; i++)
    {
      now = at(i) ;
      if (isread && read(client, s, sizeof(s)) > 0) peer_write(peer, &now) ;
      do
      {
        if (send(client, "\0\0\0\1L", 5, MSG_NOSIGNAL) != 5) tap_bail("send") ;
        peer_read(peer, &now) ;
      }
      while (!peer_isdead(peer) && frame_out_isempty(&peer->out)) ;
      peer_tick(peer, &now) ;
    }
    tap_ok(peer_isdead(peer) == !isread, "who asks on and reads %s", isread ? "stays" : "nothing does not") ;
    end() ;
  }
}

 /* What the daemon logs at -v 2 for one request. */

static char const *logged (char const *body, size_t len)
{
  static char s[512] ;
  ssize_t r ;
  int fd[2] ;
  if (pipe(fd) == -1) tap_bail("pipe") ;
  holder.log.fd = fd[1] ;
  holder.log.verbosity = 2 ;
  request(body, len, -1) ;
  holder.log.verbosity = 0 ;
  holder.log.fd = 2 ;
  close(fd[1]) ;
  r = read(fd[0], s, sizeof(s) - 1) ;
  s[r > 0 ? r : 0] = 0 ;
  close(fd[0]) ;
  return s ;
}

static void logging (void)
{
  char s[WIRE_REQUEST_MAX] ;
  handshake(1) ;
  put("x9") ;
  tap_ok(!!strstr(logged(s, wire_pack_setdump(s, 0)), "setdump: done"), "an empty dump is logged") ;
  request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x9", 2), -1) ;
  tap_ok(!!strstr(logged("A", 1), "retrieve-and-delete \"x9\": done"), "an acknowledgement is logged with its id") ;
  tap_ok(!strstr(logged("A", 1), "x9"), "and one of nothing without") ;
  end() ;
}

enum { MANY = 3000 } ;

static void lameduck (void)
{
  char s[4096] ;
  tain now = at(0) ;
  handshake(1) ;
  for (unsigned int i = 0 ; i < MANY && frame_out_isempty(&peer->out) ; i++) request("L", 1, -1) ;
  peer_lameduck(peer, &now) ;
  tap_ok(peer->state == PEER_DRAIN && !(peer_events(peer) & POLLIN), "lame duck reads no further requests") ;
  while (!peer_isdead(peer) && read(client, s, sizeof(s)) > 0) peer_write(peer, &now) ;
  tap_ok(peer_isdead(peer) && frame_out_isempty(&peer->out), "and sends the answers to those it has") ;
  end() ;
}

int main (void)
{
  PROG = "unit-peer" ;
  holder.log.verbosity = 0 ;
  if (!tain_now_set_stopwatch_g()) tap_bail("clock") ;
  tain_addsec(&timeout, &tain_zero, 10) ;
  make_holder() ;
  sniffing() ;
  taking() ;
  staging() ;
  ends() ;
  unread() ;
  lameduck() ;
  logging() ;
  tap_ok(!holder.connection_fds && holder.fdtable.count == store_count(&holder.store), "nothing is left but what is held") ;
  store_free(&holder.store) ;
  policy_free(&holder.policy) ;
  fdtable_free(&holder.fdtable) ;
  return tap_done() ;
}
