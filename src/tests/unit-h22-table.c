/* ISC license. */

/* H22: while the table of descriptors cannot grow, a handshake waits, and
   leaves nothing open; and goes on when it can. A store whose descriptor
   finds no number in the daemon is told so, and not blamed. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { TABLE_FIRST = 64, PATIENCE = 500, ANSWER = 1 + FRAME_NATIVE_HEADER + WIRE_BANNER_LEN } ;

static struct faults *faults ;
static struct testdaemon holder ;

 /* Others may have left descriptors of high numbers to the daemon. */

static void mark (int fd, struct stat const *st, void *data)
{
  (void)st ;
  if (fd < TABLE_FIRST) ((char *)data)[fd] = 1 ;
}

static int lowest_free (void)
{
  char used[TABLE_FIRST + 1] = "" ;
  int fd = 0 ;
  testdaemon_each_fd(&holder, &mark, used) ;
  while (used[fd]) fd++ ;
  return fd ;
}

 /* How many there are, when it is so many or has not been for long. */

static unsigned int wait_for_fds (unsigned int n)
{
  unsigned int got = testdaemon_count_fds(&holder) ;
  for (unsigned int i = 0 ; i < PATIENCE && got != n ; i++)
  {
    test_sleep(10) ;
    got = testdaemon_count_fds(&holder) ;
  }
  return got ;
}

static unsigned int wait_for_failures (unsigned int n)
{
  for (unsigned int i = 0 ; i < PATIENCE && faults->failed < n ; i++) test_sleep(10) ;
  return faults->failed ;
}

 /* One place is left in the table: for the next connection, not for its pipe. */

static void fill_table (struct rawclient *c)
{
  int file = testfile() ;
  for (unsigned int i = 0 ; lowest_free() < TABLE_FIRST - 1 ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "%u", i) ;
    raw_must_store(c, id, file) ;
  }
  close(file) ;
}

static int send_banner (unsigned int before)
{
  char frame[FRAME_NATIVE_HEADER + WIRE_BANNER_LEN] ;
  int fd = raw_socket("s", (uid_t)-1) ;
  size_t len = raw_frame(FRAME_NATIVE, frame, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, 0) ;
  if (fd < 0 || wait_for_fds(before + 1) != before + 1) tap_bail("connect") ;
  faults_arm(faults, FAULT_REALLOC, 1, ~0U, ENOMEM) ;
  if (raw_send(fd, frame, len, 0, 0) != (ssize_t)len) tap_bail("send") ;
  return fd ;
}

static void check_no_number (void)
{
  struct rlimit limit, before ;
  struct rawclient c ;
  int file = testfile() ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  if (raw_list(&c)) tap_bail("list") ;
  limit.rlim_cur = limit.rlim_max = (rlim_t)lowest_free() ;
  if (prlimit(holder.pid, RLIMIT_NOFILE, 0, &before) == -1) tap_bail("prlimit") ;
  limit.rlim_max = before.rlim_max ;
  if (prlimit(holder.pid, RLIMIT_NOFILE, &limit, 0) == -1) tap_bail("prlimit") ;
  raw_point_closed(&c, raw_store(&c, "new", 0, file), ENFILE, "H22: no number for a descriptor") ;
  if (prlimit(holder.pid, RLIMIT_NOFILE, &before, 0) == -1) tap_bail("prlimit") ;
  raw_close(&c) ;
  close(file) ;
}

int main (void)
{
  struct rawclient c ;
  char answer[ANSWER] ;
  unsigned int before ;
  int fd ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  faults = preloaded_begin() ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-n", "200", 0 }) ;
  check_no_number() ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  fill_table(&c) ;
  before = testdaemon_count_fds(&holder) ;
  fd = send_banner(before) ;
  tap_least(wait_for_failures(3), 3, "H22: the table cannot grow: the handshake is tried again") ;
  tap_int(wait_for_fds(before + 1), before + 1, "H22: and leaves nothing open") ;
  raw_point_silent(fd, "H22: the client waits meanwhile") ;
  faults_disarm(faults) ;
  if (tap_int(recv(fd, answer, ANSWER, MSG_WAITALL), ANSWER, "H22: and is greeted when it can"))
    tap_int(answer[0], WIRE_CHANNEL_BYTE, "H22: by the first byte of a greeting") ;
  tap_int(wait_for_fds(before + 2), before + 2, "H22: which takes one descriptor, our end of its pipe") ;
  close(fd) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
