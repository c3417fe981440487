/* ISC license. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "libfdwire/frame.h"
#include "lonepeer.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"
#include "libfdwire/wire.h"

struct holder lonepeer_holder = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
struct loop lonepeer_loop ;
struct peer *peer ;
int client ;
static tain timeout ;

tain lonepeer_at (unsigned int seconds)
{
  tain t ;
  tain_addsec(&t, &tain_zero, (int)seconds) ;
  tain_add(&t, &STAMP, &t) ;
  return t ;
}

static void wake (void *owner, tain const *now)
{
  peer_resume(owner, now) ;
}

static int may (void *owner, tain const *now)
{
  return peer_mayhear(owner, now) ;
}

static void make_holder (void)
{
  testdaemon_allow("uid/self", "^x", "^x", "LIST GETDUMP SETDUMP") ;
  complaint_init(&lonepeer_holder.complaints, &lonepeer_holder.log) ;
  if (!policy_init_dir(&lonepeer_holder.policy, "rules", &lonepeer_holder.complaints)) tap_bail("policy") ;
  budget_fit(&lonepeer_holder.budget, 16, 100, 1000) ;
  store_init(&lonepeer_holder.store, &lonepeer_holder.fdtable, 100, &verbs_observe, &lonepeer_holder) ;
  if (!loop_init(&lonepeer_loop)) tap_bail("loop") ;
  watch_init(&lonepeer_holder.watch, &lonepeer_loop, &wake, &may) ;
}

void lonepeer_begin (void)
{
  struct rights rights ;
  int fd[2] ;
  tain now = lonepeer_at(0) ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1) tap_bail("socketpair") ;
  if (!policy_admit(&lonepeer_holder.policy, &rights, geteuid(), getegid(), &now)) tap_bail("policy_admit") ;
  client = fd[0] ;
  fdtable_open_connection(&lonepeer_holder.fdtable, fd[1]) ;
  peer = peer_new(&lonepeer_holder, fd[1], &rights, getpid(), &timeout, &now) ;
  if (!peer) tap_bail("peer_new") ;
  peer->owner = peer ;
}

void lonepeer_end (void)
{
  close(client) ;
  peer_free(peer, &STAMP) ;
}

void lonepeer_send (char const *s, size_t len, int fd)
{
  tain now = lonepeer_at(0) ;
  if (raw_send(client, s, len, &fd, fd >= 0) != (ssize_t)len) tap_bail("sendmsg") ;
  peer_read(peer, &now) ;
}

void lonepeer_request (char const *body, size_t len, int fd)
{
  char s[FRAME_S6_HEADER + WIRE_DUMPFRAME_MAX] ;
  size_t header = peer->in.dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  uint32_pack_big(s, len) ;
  if (header == FRAME_S6_HEADER) uint16_pack_big(s + 4, fd >= 0) ;
  memcpy(s + header, body, len) ;
  lonepeer_send(s, header + len, fd) ;
}

 /* The answer without its header; *len: 0 where there is none */

static char const *answer (size_t *len)
{
  static char s[4096] ;
  size_t header = peer->in.dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  ssize_t r = read(client, s, sizeof(s)) ;
  *len = r > (ssize_t)header ? r - header : 0 ;
  return s + header ;
}

int lonepeer_answer (char const *want, size_t wantlen, char const *name)
{
  size_t len ;
  char const *got = answer(&len) ;
  return tap_bytes(got, len, want, wantlen, "%s", name) ;
}

int lonepeer_error (int want, char const *name)
{
  size_t len ;
  char const *got = answer(&len) ;
  char wanted = (char)want ;
  if (len == 1) return tap_error((unsigned char)*got, want, "%s", name) ;
  return tap_bytes(got, len, &wanted, 1, "%s", name) ;
}

void lonepeer_handshake (int isnative)
{
  char s[64] ;
  lonepeer_begin() ;
  if (!isnative) peer->in.dialect = FRAME_S6 ;  /* what lonepeer_request() writes; sniffing finds it out again */
  else
  {
    uint32_pack_big(s, WIRE_BANNER_LEN) ;
    memcpy(s + 4, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN) ;
    lonepeer_send(s, 4 + WIRE_BANNER_LEN, -1) ;
    if (read(client, s, sizeof(s)) != (ssize_t)(1 + 4 + WIRE_BANNER_LEN)) tap_bail("handshake") ;
  }
}

void lonepeer_put (char const *id)
{
  char s[WIRE_REQUEST_MAX] ;
  int fd = open("/dev/null", O_RDONLY) ;
  lonepeer_request(s, wire_pack_store(s, &tain_infinite, id, strlen(id)), fd) ;
  close(fd) ;
}

void lonepeer_start (char const *name)
{
  PROG = name ;
  lonepeer_holder.log.verbosity = 0 ;
  if (!tain_now_set_stopwatch_g()) tap_bail("clock") ;
  tain_addsec(&timeout, &tain_zero, LONEPEER_TIMEOUT) ;
  make_holder() ;
}

int lonepeer_finish (void)
{
  tap_int(lonepeer_holder.fdtable.connections, 0, "no descriptor of a connection is left") ;
  tap_int(lonepeer_holder.fdtable.count, store_count(&lonepeer_holder.store), "nor any other than what is held") ;
  watch_free(&lonepeer_holder.watch) ;
  store_free(&lonepeer_holder.store) ;
  policy_free(&lonepeer_holder.policy) ;
  fdtable_free(&lonepeer_holder.fdtable) ;
  return tap_done() ;
}
