/* ISC license. */

#include <stddef.h>

#include "ucspi.h"

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
