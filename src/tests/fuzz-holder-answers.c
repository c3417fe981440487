/* ISC license. */

/* Any bytes, with any descriptors, as what a daemon answers to a client of the
   library: no crash, errno set on failure, and no descriptor left open.
   Input: a byte for the operation (low bits) and the dialect (high bit); then
   messages of a byte for the number of descriptors, one for the length, and
   so many bytes. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/textmessage.h>

#include <s6-activation/fdholder.h>

#include "libs6activation/fdclient.h"
#include "support/fuzz.h"

enum { FDS_MAX = 253, DIALECT_BIT = 0x80 } ;

static void must (int condition)
{
  if (!condition) abort() ;
}

static int lowest_free (void)
{
  int fd = fcntl(2, F_DUPFD, 0) ;
  must(fd >= 0) ;
  close(fd) ;
  return fd ;
}

 /* 0, 1, 2 or 253 descriptors; 0 when the socket takes no more. */

static int send_message (int fd, uint8_t choice, uint8_t const *s, size_t len)
{
  static unsigned int const numbers[] = { 0, 1, 2, FDS_MAX } ;
  union { struct cmsghdr align ; char s[CMSG_SPACE(FDS_MAX * sizeof(int))] ; } control ;
  struct iovec v = { .iov_base = (uint8_t *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  size_t n = numbers[choice & 3] ;
  if (n)
  {
    memset(&control, 0, sizeof(control)) ;
    control.align.cmsg_level = SOL_SOCKET ;
    control.align.cmsg_type = SCM_RIGHTS ;
    control.align.cmsg_len = CMSG_LEN(n * sizeof(int)) ;
    for (size_t i = 0 ; i < n ; i++) memcpy(CMSG_DATA(&control.align) + i * sizeof(int), &fd, sizeof(int)) ;
    msg.msg_control = control.s ;
    msg.msg_controllen = CMSG_SPACE(n * sizeof(int)) ;
  }
  return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len ;
}

static void answer (int fd, uint8_t const *s, size_t len)
{
  while (len > 2)
  {
    size_t n = s[1] < len - 2 ? s[1] : len - 2 ;
    if (!n || !send_message(fd, s[0], s + 2, n)) break ;
    s += 2 + n ;
    len -= 2 + n ;
  }
  shutdown(fd, SHUT_WR) ;
}

static int operate (fdholder *h, uint8_t operation, tain const *deadline)
{
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  fdholder_entry const entry = { .id = "x", .fd = 2 } ;
  stralloc ids = STRALLOC_ZERO ;
  size_t count ;
  int r ;
  switch (operation & 7)
  {
    case 0 : return fdholder_delete_g(h, "x", deadline) ;
    case 1 :
    case 2 :
      r = operation & 1 ? fdholder_retrieve_g(h, "x", deadline) : fdholder_retrieve_delete_g(h, "x", deadline) ;
      if (r < 0) return 0 ;
      close(r) ;
      return operation & 1 || fdholder_putback_g(h, deadline) || errno ;
    case 3 :
      r = fdholder_list_g(h, &ids, &count, deadline) ;
      must(r || !ids.len) ;
      stralloc_free(&ids) ;
      return r ;
    case 4 : return fdholder_store_g(h, 2, "x", 0, deadline) ;
    case 7 :
      r = fdholder_inspect_g(h, &ids, &count, deadline) ;
      must(r || !ids.len) ;
      stralloc_free(&ids) ;
      return r ;
    case 5 : return fdholder_setdump_g(h, &entry, 1, deadline) ;
    default :
      r = fdholder_getdump_g(h, &dump, deadline) ;
      for (size_t i = 0 ; i < fdholder_dump_count(&dump) ; i++) must(fdholder_dump_entries(&dump)[i].fd >= 0) ;
      must(r || !fdholder_dump_count(&dump)) ;
      fdholder_dump_free(&dump) ;
      return r ;
  }
}

static void converse (int mine, int other, uint8_t const *input, size_t len)
{
  fdholder h = FDHOLDER_ZERO ;
  tain deadline ;
  fdclient_init(&h, mine, !!(input[0] & DIALECT_BIT)) ;
  answer(other, input + 1, len - 1) ;
  tain_now_g() ;
  tain_addsec_g(&deadline, 2) ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    errno = 0 ;
    must(operate(&h, input[0], &deadline) || errno) ;
  }
  fdholder_end(&h) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  static struct rlimit limit = { .rlim_cur = 0 } ;
  int p[2] ;
  int before ;
  if (!len) return 0 ;
  if (!limit.rlim_cur) getrlimit(RLIMIT_NOFILE, &limit) ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
  before = lowest_free() ;
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p) == 0) ;
  converse(p[0], p[1], input, len) ;
  close(p[1]) ;
  must(lowest_free() == before) ;
  return 0 ;
}

FUZZ_MAIN()
