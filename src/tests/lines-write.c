/* ISC license. */

/* lines-write DIR MICROSECONDS: writes lines "NAME N", N from 1, to stdout, and after each
   of them N to DIR/NAME, which outlives kill -9: so many have been written, or one more.
   NAME is the process's number, and how many there were of that number. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>

int main (int argc, char const *const *argv)
{
  char path[4096] ;
  char name[32] ;
  char line[64] ;
  uint32_t volatile *count ;
  unsigned int i = 0 ;
  int fd ;
  if (argc < 3) return 100 ;
  do
  {
    snprintf(name, sizeof(name), "%d.%u", (int)getpid(), i++) ;
    snprintf(path, sizeof(path), "%s/%s", argv[1], name) ;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644) ;
  }
  while (fd == -1 && errno == EEXIST) ;
  if (fd == -1 || ftruncate(fd, sizeof(*count)) == -1) return 111 ;
  count = mmap(0, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ;
  if (count == MAP_FAILED) return 111 ;
  for (uint32_t n = 1 ; n ; n++)
  {
    int len = snprintf(line, sizeof(line), "%s %lu\n", name, (unsigned long)n) ;
    if (write(1, line, (size_t)len) != len) return 1 ;
    *count = n ;
    usleep((useconds_t)atoi(argv[2])) ;
  }
  return 0 ;
}
