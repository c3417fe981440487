/* ISC license. */

/* lines-write DIR MICROSECONDS: writes lines "PID N", N from 1, to stdout, and after each
   of them N to DIR/PID, which outlives kill -9: so many have been written, or one more. */

#define _GNU_SOURCE

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>

int main (int argc, char const *const *argv)
{
  char path[4096] ;
  char line[64] ;
  uint32_t volatile *count ;
  int fd ;
  if (argc < 3) return 100 ;
  snprintf(path, sizeof(path), "%s/%d", argv[1], (int)getpid()) ;
  fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) ;
  if (fd == -1 || ftruncate(fd, sizeof(*count)) == -1) return 111 ;
  count = mmap(0, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ;
  if (count == MAP_FAILED) return 111 ;
  for (uint32_t n = 1 ; n ; n++)
  {
    int len = snprintf(line, sizeof(line), "%d %lu\n", (int)getpid(), (unsigned long)n) ;
    if (write(1, line, (size_t)len) != len) return 1 ;
    *count = n ;
    usleep((useconds_t)atoi(argv[2])) ;
  }
  return 0 ;
}
