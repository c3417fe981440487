/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/types.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/exec.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/unixsocket.h"

#define USAGE "s6-ipcserver-socketbinder [ -d | -D ] [ -b backlog ] [ -M | -m | -S ] [ -a perms ] [ -o uid:gid ] [ -e ] [ -B ] path prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

struct options
{
  struct unixbinding binding ;
  unsigned int backlog ;
  int type ;
  unsigned int haspermissions : 1 ;
  unsigned int blocking : 1 ;
} ;

static int parse_options (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "dDb:MmSa:o:eB", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'd' : o->binding.flags |= UNIXBINDING_REPLACE ; break ;
      case 'D' : o->binding.flags &= ~UNIXBINDING_REPLACE ; break ;
      case 'b' : if (!uint0_scan(l.arg, &o->backlog)) dieusage() ; break ;
      case 'M' : o->type = SOCK_STREAM ; break ;
      case 'm' : o->type = SOCK_DGRAM ; break ;
      case 'S' : o->type = SOCK_SEQPACKET ; break ;
      case 'a' :
        if (!unixbinding_scan_permissions(&o->binding, l.arg)) dieusage() ;
        o->haspermissions = 1 ;
        break ;
      case 'o' : if (!unixbinding_scan_owner(&o->binding, l.arg)) dieusage() ; break ;
      case 'e' : o->binding.flags |= UNIXBINDING_EXCLUSIVE ; break ;
      case 'B' : o->blocking = 1 ; break ;
      default : dieusage() ;
    }
  }
  return l.ind ;
}

 /* Frees 0, so that the kernel gives it to the socket. */

static void open_socket (struct options *o, char const *path)
{
  int fd ;
  close(0) ;
  fd = unixsocket_make(o->type | (o->blocking ? 0 : SOCK_NONBLOCK), path, o->backlog, &o->binding) ;
  if (fd == -1) strerr_diefusys(EXITCODE_SYSTEM, o->binding.failed, path, o->binding.remedy) ;
  if (fd) strerr_dief(EXITCODE_BUG, "the new socket is not stdin") ;
}

int main (int argc, char const *const *argv)
{
  struct options o = { .binding = { .flags = UNIXBINDING_REPLACE, .permissions = 0777 }, .backlog = CHAIN_LONGEST_BACKLOG, .type = SOCK_STREAM } ;
  int e ;
  PROG = "s6-ipcserver-socketbinder" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse_options(argc, argv, &o) ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  if (unixaddress_isabstract(argv[0]) && (o.haspermissions || o.binding.flags & UNIXBINDING_OWNER))
    strerr_dief(EXITCODE_USAGE, "an abstract socket has no permissions and no owner: -a and -o need a path in the file system") ;

  open_socket(&o, argv[0]) ;
  exec(argv + 1) ;
  e = errno ;
  unixsocket_unlink(argv[0]) ;
  errno = e ;
  strerr_dieexec(e == ENOENT ? 127 : 126, argv[1]) ;
}
