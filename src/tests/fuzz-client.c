/* ISC license. */

/* Any bytes, with descriptors, as what a daemon answers to each call of the
   library, in both dialects and in any pieces: what the call returns is
   sound, and no descriptor is left open. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include <s6-activation/fdholder.h>

#include "../libs6activation/fdclient.h"
#include "support/fuzz.h"

enum { CALLS = 8, ENTRIES = 300, SEND_BUFFER = 1 << 20 } ;

struct script
{
  uint8_t const *s ;
  size_t len ;
} ;

static int null = -1 ;

static void must (int condition)
{
  if (!condition) abort() ;
}

static uint8_t next (struct script *script)
{
  if (!script->len) return 0 ;
  script->len-- ;
  return *script->s++ ;
}

static void answer (int fd, struct script *script)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ; } control ;
  unsigned int n = next(script) ;
  struct iovec v = { .iov_base = (char *)script->s, .iov_len = next(script) } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  v.iov_base = (char *)script->s ;
  if (v.iov_len > script->len) v.iov_len = script->len ;
  if (n < 200) n %= 3 ;
  if (n > WIRE_FDS_MAX) n = WIRE_FDS_MAX ;
  if (n)
  {
    memset(&control, 0, CMSG_SPACE(n * sizeof(int))) ;
    control.align.cmsg_level = SOL_SOCKET ;
    control.align.cmsg_type = SCM_RIGHTS ;
    control.align.cmsg_len = CMSG_LEN(n * sizeof(int)) ;
    for (unsigned int i = 0 ; i < n ; i++) memcpy(CMSG_DATA(&control.align) + i * sizeof(int), &null, sizeof(int)) ;
    msg.msg_control = control.s ;
    msg.msg_controllen = CMSG_SPACE(n * sizeof(int)) ;
  }
  if (v.iov_len) sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) ;
  script->s += v.iov_len ;
  script->len -= v.iov_len ;
}

static void call_list (fdholder *h, tain const *deadline)
{
  stralloc ids = STRALLOC_ZERO ;
  size_t n = 0 ;
  if (fdholder_list_g(h, &ids, &n, deadline))
    for (size_t i = 0 ; i < ids.len ; i += strlen(ids.s + i) + 1) must(n-- && ids.s[i]) ;
  must(!n) ;
  stralloc_free(&ids) ;
}

static void call_getdump (fdholder *h, tain const *deadline)
{
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  if (fdholder_getdump_g(h, &dump, deadline))
    for (size_t i = 0 ; i < fdholder_dump_count(&dump) ; i++)
    {
      fdholder_entry const *e = fdholder_dump_entries(&dump) + i ;
      must(e->id[0] && strlen(e->id) <= FDHOLDER_ID_MAX && fcntl(e->fd, F_GETFD) == FD_CLOEXEC) ;
    }
  else must(!fdholder_dump_count(&dump) && !dump.ids.s) ;
  fdholder_dump_free(&dump) ;
}

static void call_setdump (fdholder *h, size_t n, tain const *deadline)
{
  fdholder_entry entries[ENTRIES] ;
  for (size_t i = 0 ; i < n ; i++)
  {
    entries[i].id = "x" ;
    entries[i].fd = null ;
    entries[i].expires = 0 ;
  }
  fdholder_setdump_g(h, entries, n, deadline) ;
}

static void call (fdholder *h, uint8_t which, tain const *deadline)
{
  int fd = -1 ;
  switch (which % CALLS)
  {
    case 0 : fdholder_store_g(h, null, "x", 0, deadline) ; break ;
    case 1 : fdholder_delete_g(h, "x", deadline) ; break ;
    case 2 : fd = fdholder_retrieve_g(h, "x", deadline) ; break ;
    case 3 : fd = fdholder_retrieve_delete_g(h, "x", deadline) ; break ;
    case 4 : call_list(h, deadline) ; break ;
    case 5 : call_getdump(h, deadline) ; break ;
    case 6 : call_setdump(h, which, deadline) ; break ;
    default : call_setdump(h, ENTRIES, deadline) ;
  }
  if (fd < 0) return ;
  must(fcntl(fd, F_GETFD) == FD_CLOEXEC) ;
  close(fd) ;
}

static void converse (int ours, int theirs, struct script *script)
{
  uint8_t first = next(script), second = next(script) ;
  tain deadline ;
  fdholder h = FDHOLDER_ZERO ;
  fdclient_init_s6(&h, ours) ;
  h.s6 = first >> 7 ;
  h.connected = 1 ;
  while (script->len) answer(theirs, script) ;
  shutdown(theirs, SHUT_WR) ;
  tain_now_g() ;
  tain_addsec_g(&deadline, 10) ;
  call(&h, first & 127, &deadline) ;
  call(&h, second, &deadline) ;
  must(tain_less(&STAMP, &deadline)) ;
  fdholder_end(&h) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  struct script script = { .s = input, .len = len } ;
  int size = SEND_BUFFER ;
  int fd[2], after ;
  PROG = "fuzz-client" ;
  if (null < 0) null = open("/dev/null", O_RDWR | O_CLOEXEC) ;
  must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd)) ;
  must(!setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size))) ;
  converse(fd[0], fd[1], &script) ;
  close(fd[1]) ;
  after = dup(0) ;
  must(after == fd[0]) ;
  close(after) ;
  return 0 ;
}

FUZZ_MAIN()
