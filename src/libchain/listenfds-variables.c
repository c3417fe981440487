/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "libchain/listenfds.h"
#include "libdaemon/procfd.h"
#include "libsockets/inetaddress.h"

enum { PIDFS = 0x50494446 } ;

static int put_number (stralloc *sa, unsigned int number)
{
  char s[UINT_FMT] ;
  return stralloc_catb(sa, s, uint_fmt(s, number)) ;
}

static int put_count (stralloc *sa, char const *name, unsigned int n)
{
  return stralloc_cats(sa, name) && put_number(sa, n) && stralloc_0(sa) ;
}

static int put_systemd (stralloc *sa, char const *const *names, unsigned int n)
{
  if (!put_count(sa, "LISTEN_FDS=", n) || !stralloc_cats(sa, "LISTEN_FDNAMES=")) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
    if ((i && !stralloc_append(sa, ':')) || !stralloc_cats(sa, names[i])) return 0 ;
  return stralloc_0(sa) ;
}

static int put_nginx (stralloc *sa, unsigned int n)
{
  if (!stralloc_cats(sa, "NGINX=")) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (!put_number(sa, LISTENFDS_FIRST + i) || !stralloc_append(sa, ';')) return 0 ;
  return stralloc_0(sa) ;
}

static int put_einhorn (stralloc *sa, unsigned int n)
{
  if (!put_count(sa, "EINHORN_FD_COUNT=", n)) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (!stralloc_cats(sa, "EINHORN_FD_") || !put_number(sa, i) || !put_count(sa, "=", LISTENFDS_FIRST + i)) return 0 ;
  return 1 ;
}

static int put_inet (stralloc *sa, struct sockaddr_storage const *address)
{
  char s[INETADDRESS_TEXT] ;
  int is6 ;
  inetaddress_format(s, address) ;
  is6 = !!strchr(s, ':') ;
  return (!is6 || stralloc_append(sa, '[')) && stralloc_cats(sa, s) && (!is6 || stralloc_append(sa, ']'))
   && stralloc_append(sa, ':') && put_number(sa, inetaddress_port(address)) ;
}

 /* It is a label only, in a list that is split at semicolons and at the first =. */

static int put_path (stralloc *sa, struct sockaddr_un const *address, socklen_t len)
{
  size_t max = len - offsetof(struct sockaddr_un, sun_path) ;
  char const *path = address->sun_path ;
  if (!path[0] && !stralloc_append(sa, '@')) return 0 ;
  for (size_t i = !path[0] ; i < max && path[i] ; i++)
    if (!stralloc_append(sa, strchr(";=", path[i]) ? '_' : path[i])) return 0 ;
  return 1 ;
}

static int put_address (stralloc *sa, int fd)
{
  union { struct sockaddr_storage storage ; struct sockaddr_un un ; } address ;
  socklen_t len = sizeof(address) ;
  if (getsockname(fd, (struct sockaddr *)&address.storage, &len) == -1) return 0 ;
  switch (address.storage.ss_family)
  {
    case AF_INET :
    case AF_INET6 : return put_inet(sa, &address.storage) ;
    case AF_UNIX :
      if (len > offsetof(struct sockaddr_un, sun_path)) return put_path(sa, &address.un, len) ;
      break ;
    default : break ;
  }
  return (errno = EADDRNOTAVAIL, 0) ;
}

static int put_server_starter (stralloc *sa, unsigned int n)
{
  if (!stralloc_cats(sa, "SERVER_STARTER_PORT=")) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    int fd = LISTENFDS_FIRST + (int)i ;
    if (i && !stralloc_append(sa, ';')) return 0 ;
    if (!put_address(sa, fd) || !stralloc_append(sa, '=') || !put_number(sa, fd)) return 0 ;
  }
  return stralloc_0(sa) && put_count(sa, "SERVER_STARTER_GENERATION=", 1) ;
}

int listenfds_variables (stralloc *sa, enum listenfds_dialect dialect, char const *const *names, unsigned int n)
{
  if (!stralloc_catb(sa, LISTENFDS_UNSET, sizeof(LISTENFDS_UNSET))) return 0 ;
  switch (dialect)
  {
    case LISTENFDS_NGINX : return put_nginx(sa, n) ;
    case LISTENFDS_EINHORN : return put_einhorn(sa, n) ;
    case LISTENFDS_SERVER_STARTER : return put_server_starter(sa, n) ;
    default : return put_systemd(sa, names, n) ;
  }
}

unsigned long long listenfds_pidfdid (void)
{
  unsigned long long id = 0 ;
#ifdef __linux__
  struct statfs fs ;
  struct stat st ;
  int e = errno ;
  int fd = procfd_open(getpid()) ;
  if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PIDFS && fstat(fd, &st) == 0) id = st.st_ino ;
  if (fd >= 0) fd_close(fd) ;
  errno = e ;
#endif
  return id ;
}

 /* Where there is no such number, the variable is unset by what listenfds_variables wrote. */

size_t listenfds_process (char *s)
{
  unsigned long long id = listenfds_pidfdid() ;
  size_t len = strlen(strcpy(s, "LISTEN_PID=")) ;
  len += pid_fmt(s + len, getpid()) ;
  s[len++] = 0 ;
  if (!id) return len ;
  len += strlen(strcpy(s + len, "LISTEN_PIDFDID=")) ;
  len += uint64_fmt(s + len, (uint64_t)id) ;
  s[len++] = 0 ;
  return len ;
}
