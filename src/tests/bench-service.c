/* ISC license. */

 /*
   The service of bench-supervision: a small static program. It tells that it
   is ready, where its supervisor wants to know (descriptor 3), then by the fifo
   beside the scan directory that it is up, with its pid and the number in its
   name, and waits.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/benchtree.h"

int main (int argc, char **argv)
{
  struct benchtree_up up = { .pid = getpid() } ;
  int fd ;
  if (argc < 2) return 100 ;
  up.number = (unsigned int)strtoul(argv[1] + 1, 0, 10) ;
  (void)!write(BENCHTREE_READY_FD, "\n", 1) ;
  fd = open("../../" BENCHTREE_FIFO, O_WRONLY) ;
  if (fd < 0 || write(fd, &up, sizeof(up)) != sizeof(up)) return 111 ;
  for (;;) pause() ;
}
