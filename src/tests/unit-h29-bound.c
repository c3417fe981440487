/* ISC license. */

/* H29: whether the kernel bounds what we have in flight is a matter of
   capabilities and namespaces, not of uid 0: for each kind of process,
   flight_bound() says what the kernel then does. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "libfdholderd/flight.h"
#include "support/rawclient.h"
#include "support/tap.h"

enum { NOBODY = 65530, FILES_MAX = 40, AT_ONCE = 20, MESSAGES = 8, CANNOT = 3 } ;

static int set_capabilities (uint32_t mask)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 } ;
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { .effective = mask, .permitted = mask } } ;
  return syscall(SYS_capset, &header, data) == 0 ;
}

static int remain (void)
{
  return 1 ;
}

static int drop (void)
{
  return set_capabilities(0) ;
}

static int become_nobody (void)
{
  return setgid(NOBODY) == 0 && setuid(NOBODY) == 0 ;
}

static int become_nobody_and_keep (void)
{
  return prctl(PR_SET_KEEPCAPS, 1) == 0 && become_nobody() && set_capabilities(CAP_TO_MASK(CAP_SYS_ADMIN)) ;
}

static int enter_namespace (void)
{
  return unshare(CLONE_NEWUSER) == 0 ;
}

struct kind
{
  char const *name ;
  int (*become) (void) ;
  int isbounded ;  /* -1: what the process that runs the tests is */
} ;

static struct kind const kinds[] =
{
  { "whoever runs this", &remain, -1 },
  { "uid 0 without capabilities", &drop, 1 },
  { "another uid", &become_nobody, 1 },
  { "another uid with CAP_SYS_ADMIN", &become_nobody_and_keep, 0 },
  { "root of a user namespace", &enter_namespace, 1 }
} ;

 /* Does sending more than FILES_MAX descriptors that nobody receives fail? */

static int kernel_bounds (void)
{
  int fds[AT_ONCE] ;
  int p[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p) == -1) _exit(CANNOT) ;
  for (unsigned int i = 0 ; i < AT_ONCE ; i++) fds[i] = 0 ;
  for (unsigned int i = 0 ; i < MESSAGES ; i++)
    if (raw_send(p[0], "x", 1, fds, AT_ONCE) != 1)
    {
      if (errno != ETOOMANYREFS) _exit(CANNOT) ;
      return 1 ;
    }
  return 0 ;
}

 /* The exit code: 1 what it said, 2 what the kernel did; CANNOT alone is not
    mistaken for both, which is 4 more. */

static int judge (struct kind const *kind)
{
  struct rlimit const limit = { .rlim_cur = FILES_MAX, .rlim_max = FILES_MAX } ;
  int status ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    uint64_t bound ;
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1 || !(*kind->become)()) _exit(CANNOT) ;
    bound = flight_bound() ;
    if (bound && bound != FILES_MAX) _exit(CANNOT) ;
    _exit(4 + !!bound + 2 * kernel_bounds()) ;
  }
  if (waitpid(pid, &status, 0) == -1 || !WIFEXITED(status)) tap_bail("waitpid") ;
  return WEXITSTATUS(status) ;
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  for (unsigned int i = 0 ; i < sizeof(kinds) / sizeof(*kinds) ; i++)
  {
    struct kind const *kind = kinds + i ;
    int r = judge(kind) ;
    int says = r & 1, does = !!(r & 2) ;
    if (r < 4) tap_ok(1, "H29: %s # SKIP cannot be made here", kind->name) ;
    else
    {
      tap_int(says, does, "H29: %s: what is said is what the kernel does", kind->name) ;
      if (kind->isbounded >= 0) tap_int(says, kind->isbounded, "H29: %s: and it is %s", kind->name, kind->isbounded ? "bounded" : "not bounded") ;
    }
  }
  return tap_done() ;
}
