/* ISC license. */

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/env.h>
#include <skalibs/exec.h>
#include <skalibs/stralloc.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsockets/unixsocket.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-ipcclient [ -q | -Q | -v ] [ -p bindpath ] [ -l localname ] path prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void bind_local (int fd, char const *path)
{
  struct unixbinding binding = { .flags = UNIXBINDING_REPLACE | UNIXBINDING_EXCLUSIVE, .permissions = 0777 } ;
  if (!unixsocket_bind(fd, path, &binding))
    strerr_diefusys(EXITCODE_SYSTEM, binding.failed, path, errno == EADDRINUSE ? " (it is taken: choose another path)" : binding.remedy) ;
}

static void connect_to (int fd, char const *path, char const *localpath)
{
  struct sockaddr_un address ;
  socklen_t len = unixaddress_fill(&address, path) ;
  if (len && connect(fd, (struct sockaddr *)&address, len) == 0) return ;
  if (localpath) unixsocket_unlink(localpath) ;
  strerr_diefu(EXITCODE_SYSTEM, "connect to ", path, ": ", strerror(errno), unixsocket_remedy(errno)) ;
}

static void build_environment (stralloc *variables, char const *localname)
{
  for (char const *const *name = ucspi_ipc_variables ; *name ; name++)
    if (!env_addmodif(variables, *name, 0)) strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
  if (!env_addmodif(variables, "PROTO", "IPC")
   || !env_addmodif(variables, "IPCLOCALPATH", localname))
    strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
}

int main (int argc, char const *const *argv)
{
  stralloc variables = STRALLOC_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  char const *localpath = 0 ;
  char const *localname = 0 ;
  unsigned int verbosity = 1 ;
  int fd ;
  PROG = "s6-ipcclient" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "qQvp:l:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'q' : verbosity = 0 ; break ;
      case 'Q' : verbosity = 1 ; break ;
      case 'v' : verbosity = 2 ; break ;
      case 'p' : localpath = l.arg ; break ;
      case 'l' : localname = l.arg ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;

  fd = socket(AF_UNIX, SOCK_STREAM, 0) ;
  if (fd == -1) strerr_diefusys(EXITCODE_SYSTEM, "create socket") ;
  if (localpath) bind_local(fd, localpath) ;
  connect_to(fd, argv[0], localpath) ;
  if (verbosity >= 2) strerr_warni("connected to ", argv[0]) ;
  if (!ucspi_client_move(fd)) strerr_diefusys(EXITCODE_SYSTEM, "move the socket to descriptors 6 and 7") ;
  build_environment(&variables, localname ? localname : localpath ? localpath : "") ;
  mexec_m(argv + 1, variables.s, variables.len) ;
  if (localpath) unixsocket_unlink(localpath) ;
  strerr_dieexec(errno == ENOENT ? 127 : 126, argv[1]) ;
}
