/* ISC license. */

#include <skalibs/nonposix.h>

#include <unistd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <linux/capability.h>
#endif

#include "libfdholderd/flight.h"

#ifdef __linux__

 /* Root of another namespace is nobody here, whatever capabilities it has;
    where that is not known, so is nobody else. The number is the kernel's,
    and never changes (PROC_USER_INIT_INO). */

static int is_initial_namespace (void)
{
  static ino_t const initial = 0xEFFFFFFDU ;
  struct stat st ;
  return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == initial ;
}

static int has_capability (struct __user_cap_data_struct const *data, unsigned int capability)
{
  return !!(data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) ;
}

 /* The kernel asks for either of them, and not who it is: a container's root
    often has neither. */

static int is_exempt (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 } ;
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] ;
  if (syscall(SYS_capget, &header, data) == -1) return 0 ;
  return (has_capability(data, CAP_SYS_RESOURCE) || has_capability(data, CAP_SYS_ADMIN)) && is_initial_namespace() ;
}

#else

static int is_exempt (void)
{
  return !geteuid() ;
}

#endif

uint64_t flight_bound (void)
{
  struct rlimit rl ;
  if (is_exempt() || getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur == RLIM_INFINITY) return 0 ;
  return rl.rlim_cur ;
}
