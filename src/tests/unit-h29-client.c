/* ISC license. */

/* H29 in the library: when the kernel counts too many descriptors of this user in
   flight, sending waits, without spinning, until there is room or the deadline comes. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "support/rawclient.h"
#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/users.h"

enum { NOBODY = 65534, FILES_MAX = 40, PARKED_AT_ONCE = 20, MESSAGES_MAX = 64, ROOM_AFTER = 400, STORE_SIZE = 20 } ;

static struct step const steps[] =
{
  STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), { STEP_READ, 0, STORE_SIZE, 0 }, SEND("\0\0\0\1\0", 0), STEP(STEP_WAITEOF), STEP(STEP_END)
} ;

 /* Nobody's limits: root has none here. */

static void drop_privileges (void)
{
  struct rlimit const limit = { .rlim_cur = FILES_MAX, .rlim_max = FILES_MAX } ;
  if (!getuid() && !users_several()) tap_skip_all("needs another user to be") ;
  if (!getuid() && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1)) tap_bail("setuid") ;
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("setrlimit") ;
}

 /* A socket in which as many descriptors wait as the kernel lets through. */

static void fill (int *p)
{
  int const fds[PARKED_AT_ONCE] = { 0 } ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1) tap_bail("socketpair") ;
  for (unsigned int i = 0 ; i < MESSAGES_MAX ; i++)
    if (raw_send(p[0], "x", 1, fds, PARKED_AT_ONCE) != 1)
    {
      if (errno != ETOOMANYREFS) tap_bail("sendmsg") ;
      return ;
    }
  tap_skip_all("this kernel does not count descriptors in flight") ;
}

static void hold_for (int const *p, unsigned int milliseconds)
{
  struct timespec const pause = { .tv_nsec = milliseconds * 1000000L } ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    nanosleep(&pause, 0) ;
    _exit(0) ;
  }
  close(p[0]) ;
  close(p[1]) ;
}

static void set_deadline (tain *deadline, unsigned int milliseconds)
{
  tain_now_g() ;
  tain_from_millisecs(deadline, milliseconds) ;
  tain_add_g(deadline, deadline) ;
}

 /* Of this process, in microseconds. */

static long processor_time (void)
{
  struct rusage usage ;
  getrusage(RUSAGE_SELF, &usage) ;
  return 1000000L * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec ;
}

int main (void)
{
  struct conversation c ;
  long before ;
  int p[2] ;
  conversation_start(&c, steps) ;
  drop_privileges() ;
  fill(p) ;
  set_deadline(&c.deadline, 150) ;
  conversation_result(fdholder_store_g(&c.h, 0, "x", 0, &c.deadline), ETIMEDOUT, "no room until the deadline") ;
  tap_error(c.h.error, 0, "the connection is still good: nothing has left") ;
  hold_for(p, ROOM_AFTER) ;
  set_deadline(&c.deadline, 5000) ;
  before = processor_time() ;
  conversation_result(fdholder_store_g(&c.h, 0, "x", 0, &c.deadline), 0, "room after a while") ;
  tap_most(processor_time() - before, ROOM_AFTER * 500L - 1, "it slept meanwhile: microseconds of processor time") ;
  conversation_end(&c, "the conversation") ;
  while (wait(0) > 0) ;
  return tap_done() ;
}
