/* ISC license. */

#include <errno.h>
#include <unistd.h>
#include <stddef.h>
#include <string.h>

#include "libsockets/ucspi.h"

int ucspi_client_move (int fd)
{
  int ok = (fd == UCSPI_WRITE || dup2(fd, UCSPI_WRITE) != -1)
        && (fd == UCSPI_READ || dup2(fd, UCSPI_READ) != -1) ;
  int e = errno ;
  if (fd != UCSPI_READ && fd != UCSPI_WRITE) close(fd) ;
  errno = e ;
  return ok ;
}

int ucspi_name (char *full, char const *protocol, char const *name)
{
  size_t len = strlen(protocol) ;
  size_t namelen = strlen(name) ;
  if (len >= UCSPI_NAME_SIZE || namelen >= UCSPI_NAME_SIZE - len) return 0 ;
  memcpy(full, protocol, len) ;
  memcpy(full + len, name, namelen + 1) ;
  return 1 ;
}

char const *const ucspi_ipc_variables[] =
{
  "PROTO",
  "IPCREMOTEEUID", "IPCREMOTEEGID", "IPCREMOTEPATH",
  "IPCLOCALPATH",
  "IPCCONNNUM",
  NULL
} ;

char const *const ucspi_tcp_variables[] =
{
  "PROTO",
  "TCPREMOTEIP", "TCPREMOTEPORT", "TCPREMOTEHOST", "TCPREMOTEINFO",
  "TCPLOCALIP", "TCPLOCALPORT", "TCPLOCALHOST",
  "TCPCONNNUM",
  NULL
} ;
