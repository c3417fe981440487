/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>
#include <string.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <skalibs/types.h>

#include "libsockets/unixsocket.h"

 /*
   A datagram socket asks: a stream socket at the other end, listening or
   not, refuses it by its type and never sees it; nobody at the other end
   is ECONNREFUSED. What cannot be found out counts as held.
 */

int unixsocket_isheld (char const *path)
{
  struct sockaddr_un address ;
  socklen_t len = unixaddress_fill(&address, path) ;
  int fd = len ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1 ;
  int held = 1 ;
  if (fd == -1) return 1 ;
  if (connect(fd, (struct sockaddr *)&address, len) == -1)
    held = errno != ECONNREFUSED && errno != ENOENT ;
  close(fd) ;
  return held ;
}

#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#endif

#include "libsockets/unixsocket-internal.h"

#ifdef __linux__

enum { REPLY_MAX = 1024, FDINFO_MAX = 1024 } ;

static uint32_t find_inode (struct nlmsghdr *header)
{
  struct rtattr *attribute = (struct rtattr *)((char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct unix_diag_msg))) ;
  struct unix_diag_vfs vfs ;
  int left = (int)NLMSG_PAYLOAD(header, sizeof(struct unix_diag_msg)) ;
  for (; RTA_OK(attribute, left) ; attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == UNIX_DIAG_VFS && RTA_PAYLOAD(attribute) >= sizeof(vfs))
    {
      memcpy(&vfs, RTA_DATA(attribute), sizeof(vfs)) ;
      return vfs.udiag_vfs_ino ;
    }
  return 0 ;
}

static int ask (int fd, uint32_t socket_inode, void *reply, size_t max)
{
  struct { struct nlmsghdr header ; struct unix_diag_req request ; } message =
  {
    .header = { .nlmsg_len = sizeof(message), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST },
    .request = { .sdiag_family = AF_UNIX, .udiag_states = (uint32_t)-1, .udiag_ino = socket_inode, .udiag_show = UDIAG_SHOW_VFS, .udiag_cookie = { (uint32_t)-1, (uint32_t)-1 } }
  } ;
  struct nlmsghdr *header = reply ;
  ssize_t r ;
  if (send(fd, &message, sizeof(message), 0) != (ssize_t)sizeof(message)) return 0 ;
  r = recv(fd, reply, max, MSG_DONTWAIT) ;
  return r > 0 && NLMSG_OK(header, (size_t)r) && header->nlmsg_type == SOCK_DIAG_BY_FAMILY ;
}

 /* The inode of the file that the socket was bound as; 0: unknown. */

static uint32_t inode_of_binding (int sock)
{
  union { struct nlmsghdr align ; char s[REPLY_MAX] ; } reply ;
  struct stat st ;
  uint32_t inode = 0 ;
  int fd = fstat(sock, &st) == 0 ? socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG) : -1 ;
  if (fd == -1) return 0 ;
  if (ask(fd, (uint32_t)st.st_ino, &reply, sizeof(reply))) inode = find_inode(&reply.align) ;
  close(fd) ;
  return inode ;
}

 /* The inode of the file that is there now, as the kernel numbers it within:
    what stat says is another number where file systems lie over each other. */

static uint32_t inode_of_path (char const *path)
{
  char s[FDINFO_MAX] ;
  char name[UNIXSOCKET_PROCNAME_MAX] ;
  char const *field ;
  uint64_t inode = 0 ;
  ssize_t r = -1 ;
  int fd = open(path, O_PATH | O_CLOEXEC) ;
  int info ;
  if (fd == -1) return 0 ;
  unixsocket_procname(name, "fdinfo/", fd) ;
  info = open(name, O_RDONLY | O_CLOEXEC) ;
  if (info != -1)
  {
    r = read(info, s, sizeof(s) - 1) ;
    close(info) ;
  }
  close(fd) ;
  if (r < 0) return 0 ;
  s[r] = 0 ;
  field = strstr(s, "\nino:") ;
  if (!field) return 0 ;
  field += 5 ;
  uint64_scan(field + strspn(field, " \t"), &inode) ;
  return (uint32_t)inode ;
}

static int is_another (int fd, char const *path)
{
  uint32_t bound = inode_of_binding(fd) ;
  uint32_t there = bound ? inode_of_path(path) : 0 ;
  return there && there != bound ;
}

#else
#define is_another(fd, path) 0
#endif

 /* One of 108 bytes, which has no NUL, is not looked at. */

static int get_path (int fd, struct sockaddr_un *address)
{
  socklen_t len = sizeof(*address) - 1 ;
  int listening ;
  memset(address, 0, sizeof(*address)) ;
  if (getsockname(fd, (struct sockaddr *)address, &len) == -1 || len > sizeof(*address) || address->sun_family != AF_UNIX || address->sun_path[0] != '/') return 0 ;
  len = sizeof(int) ;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening ;
}

enum unixsocket_path unixsocket_path (int fd, struct sockaddr_un *address)
{
  struct stat st ;
  if (!get_path(fd, address)) return UNIXSOCKET_PATH_GOOD ;
  if (stat(address->sun_path, &st) == -1) return errno == ENOENT || errno == ENOTDIR ? UNIXSOCKET_PATH_GONE : UNIXSOCKET_PATH_GOOD ;
  return !S_ISSOCK(st.st_mode) || is_another(fd, address->sun_path) ? UNIXSOCKET_PATH_ANOTHER : UNIXSOCKET_PATH_GOOD ;
}
