/* ISC license. */

/* H8: SO_PASSCRED and its like on the listening socket, or other control
   messages beside the descriptors, change nothing. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76  /* Linux 6.5 */
#endif

enum { DENIED = 5, PATIENCE = 100 } ;

static struct testdaemon holder ;

static void set (int fd, int option, char const *name)
{
  int on = 1 ;
  if (setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) == -1) tap_diag("this kernel has no %s", name) ;
}

 /* The whole of a store, sent before the daemon can have done anything to the connection. */

static int store_at_once (char const *id, int file, int iswithcredentials)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))] ; } control ;
  struct ucred self = { .pid = getpid(), .uid = getuid(), .gid = getgid() } ;
  char body[WIRE_REQUEST_MAX], frame[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct iovec v = { .iov_base = frame } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = CMSG_SPACE(sizeof(int)) } ;
  struct rawclient c ;
  struct cmsghdr *m ;
  tain never ;
  int e ;
  raw_never(&never) ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  v.iov_len = raw_frame(FRAME_S6, frame, body, wire_pack_store(body, &never, id, strlen(id)), 1) ;
  memset(&control, 0, sizeof(control)) ;
  if (iswithcredentials) msg.msg_controllen = sizeof(control) ;
  m = CMSG_FIRSTHDR(&msg) ;
  if (iswithcredentials)
  {
    m->cmsg_level = SOL_SOCKET ;
    m->cmsg_type = SCM_CREDENTIALS ;
    m->cmsg_len = CMSG_LEN(sizeof(self)) ;
    memcpy(CMSG_DATA(m), &self, sizeof(self)) ;
    m = CMSG_NXTHDR(&msg, m) ;
  }
  m->cmsg_level = SOL_SOCKET ;
  m->cmsg_type = SCM_RIGHTS ;
  m->cmsg_len = CMSG_LEN(sizeof(int)) ;
  memcpy(CMSG_DATA(m), &file, sizeof(int)) ;
  e = sendmsg(c.fd, &msg, MSG_NOSIGNAL) == (ssize_t)v.iov_len ? raw_answer(&c) : RAW_CLOSED ;
  raw_close(&c) ;
  return e ;
}

 /* What a denied user has sent is thrown away, with whatever the kernel puts beside it. */

static void check_denied (struct rawclient *c)
{
  unsigned int before = testdaemon_count_fds(&holder) ;
  unsigned int after = 0 ;
  testdaemon_deny("uid/65531") ;
  for (unsigned int i = 0 ; i < DENIED ; i++)
  {
    int fd ;
    kill(holder.pid, SIGSTOP) ;
    fd = raw_socket("s", 65531) ;
    if (fd < 0 || raw_send(fd, "x", 1, 0, 0) != 1) tap_bail("send") ;
    kill(holder.pid, SIGCONT) ;
    raw_list(c) ;
    close(fd) ;
  }
  for (unsigned int i = 0 ; i < PATIENCE && (after = testdaemon_count_fds(&holder)) != before ; i++) test_sleep(10) ;
  tap_int(after, before, "H8: nothing stays open of who is denied") ;
}

int main (void)
{
  struct rawclient c ;
  char const *ids[] = { "d", "e" } ;
  int file = testfile() ;
  int files[2] = { file, file } ;
  int listener ;
  unsigned int before ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  listener = testdaemon_listen("s") ;
  set(listener, SO_PASSCRED, "SO_PASSCRED") ;
  set(listener, SO_PASSSEC, "SO_PASSSEC") ;
  set(listener, SO_PASSPIDFD, "SO_PASSPIDFD") ;
  testdaemon_start_on(&holder, listener, "s", 0) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
   /* an answer, so that its turn with the handshake is over */
  raw_list(&c) ;
  before = testdaemon_count_fds(&holder) ;
  tap_error(store_at_once("a", file, 0), 0, "H8: a store works") ;
  tap_error(store_at_once("b", file, 1), 0, "H8: and one with credentials beside the descriptor") ;
  tap_error(raw_store(&c, "c", 0, file), 0, "H8: and a native one") ;
  raw_point_retrieve(&c, 0, "a", file, "H8: what was stored first") ;
  raw_point_dump(&c, 2, ids, files, 2, 0, "H8: a dump works") ;
  tap_error(raw_list(&c), 0, "H8: the connection is good") ;
  tap_int(testdaemon_count_fds(&holder), before + 5, "H8: the daemon has nothing open but what is held") ;
  if (testdaemon_isroot()) check_denied(&c) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
