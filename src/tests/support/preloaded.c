/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "preloaded.h"
#include "tap.h"

void preloaded_need_loader (void)
{
  char program[4096] ;
  ElfW(Ehdr) head ;
  ElfW(Phdr) part ;
  int fd ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  fd = open(program, O_RDONLY | O_CLOEXEC) ;
  if (fd < 0 || read(fd, &head, sizeof(head)) != sizeof(head)) tap_bail(program) ;
  for (unsigned int i = 0 ; i < head.e_phnum ; i++)
  {
    if (pread(fd, &part, sizeof(part), (off_t)(head.e_phoff + i * sizeof(part))) != sizeof(part)) tap_bail(program) ;
    if (part.p_type != PT_INTERP) continue ;
    close(fd) ;
    return ;
  }
  tap_skip_all("static programs take no preloaded shim") ;
}

void preloaded_shim (char *path, size_t room)
{
  char self[4096] ;
  ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  preloaded_need_loader() ;
  if (len <= 0) tap_bail("readlink") ;
  self[len] = 0 ;
  *strrchr(self, '/') = 0 ;
  snprintf(path, room, "%s/preload-faults.so", self) ;
}

struct faults *preloaded_begin (void)
{
  char wrapper[8192] ;
  char shim[4200] ;
  if (testdaemon_isslow()) tap_skip_all("takes no preloaded shim under wrappers and sanitizers") ;
  preloaded_shim(shim, sizeof(shim)) ;
  snprintf(wrapper, sizeof(wrapper), "env FAULTS=faults LD_PRELOAD=%s", shim) ;
  setenv("DAEMON_WRAPPER", wrapper, 1) ;
  return faults_new("faults") ;
}

long preloaded_cpu (struct testdaemon const *d)
{
  char path[64] ;
  long user, system ;
  FILE *file ;
  int n ;
  snprintf(path, sizeof(path), "/proc/%d/stat", (int)d->pid) ;
  file = fopen(path, "r") ;
  if (!file) tap_bail(path) ;
  n = fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) ;
  fclose(file) ;
  if (n != 2) tap_bail(path) ;
  return (user + system) * 1000 / sysconf(_SC_CLK_TCK) ;
}

void preloaded_log_to (char const *path)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666) ;
  if (fd == -1 || dup2(fd, 2) == -1) tap_bail(path) ;
  close(fd) ;
}

unsigned int preloaded_count_lines (char const *path, char const *word)
{
  char line[8192] ;
  unsigned int n = 0 ;
  FILE *file = fopen(path, "r") ;
  if (!file) return 0 ;
  while (fgets(line, sizeof(line), file)) n += !!strstr(line, word) ;
  fclose(file) ;
  return n ;
}

void preloaded_need (char const *program)
{
  char command[256] ;
  snprintf(command, sizeof(command), "command -v %s >/dev/null", program) ;
  if (!system(command)) return ;
  snprintf(command, sizeof(command), "no program %s", program) ;
  tap_skip_all(command) ;
}
