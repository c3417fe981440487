/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/fuse.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lingering.h"
#include "rawclient.h"
#include "stuckfile.h"
#include "tap.h"

#define MOUNTPOINT "stuck"

static pid_t server ;
static unsigned int *flushes ;

static void answer (int fuse, struct fuse_in_header const *in, void const *body, size_t len)
{
  char s[1024] ;
  struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + len), .unique = in->unique } ;
  memcpy(s, &out, sizeof(out)) ;
  memcpy(s + sizeof(out), body, len) ;
  if (write(fuse, s, sizeof(out) + len) == -1) return ;  /* it has been given up */
}

static void refuse (int fuse, struct fuse_in_header const *in)
{
  struct fuse_out_header out = { .len = sizeof(out), .error = -ENOSYS, .unique = in->unique } ;
  if (write(fuse, &out, sizeof(out)) == -1) return ;
}

static void serve_one (int fuse, struct fuse_in_header const *in)
{
  struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096 } ;
  struct fuse_attr_out attributes = { .attr_valid = 3600, .attr = { .ino = FUSE_ROOT_ID, .mode = S_IFREG | 0666, .nlink = 1 } } ;
  struct fuse_open_out opened = { .fh = 1 } ;
  switch (in->opcode)
  {
    case FUSE_INIT : answer(fuse, in, &init, sizeof(init)) ; break ;
    case FUSE_GETATTR : answer(fuse, in, &attributes, sizeof(attributes)) ; break ;
    case FUSE_OPEN : answer(fuse, in, &opened, sizeof(opened)) ; break ;
    case FUSE_FLUSH : __atomic_add_fetch(flushes, 1, __ATOMIC_SEQ_CST) ; break ;
    case FUSE_FORGET : case FUSE_BATCH_FORGET : case FUSE_INTERRUPT : break ;
    default : refuse(fuse, in) ; break ;
  }
}

static void serve (int fuse)
{
  static union { struct fuse_in_header in ; char s[FUSE_MIN_READ_BUFFER + 4096] ; } request ;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ;
  for (;;)
  {
    ssize_t r = read(fuse, &request, sizeof(request)) ;
    if (r >= (ssize_t)sizeof(request.in)) serve_one(fuse, &request.in) ;
    else if (r == -1 && errno != EINTR && errno != ENOENT) _exit(0) ;
  }
}

 /* Only the server has the descriptor of /dev/fuse in the end. */

static int mount_it (char const **why)
{
  char options[128] ;
  int fuse, file ;
  if (geteuid()) return *why = "mounting needs root", 0 ;
  fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC) ;
  if (fuse < 0) return *why = "/dev/fuse cannot be opened", 0 ;
  file = open(MOUNTPOINT, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) ;
  if (file < 0) tap_bail(MOUNTPOINT) ;
  close(file) ;
  snprintf(options, sizeof(options), "fd=%d,rootmode=100666,user_id=0,group_id=0,allow_other", fuse) ;
  if (unshare(CLONE_NEWNS) == -1 || mount("none", "/", 0, MS_REC | MS_PRIVATE, 0) == -1
   || mount("stuck", MOUNTPOINT, "fuse", MS_NOSUID | MS_NODEV, options) == -1)
  {
    close(fuse) ;
    return *why = "no FUSE file system can be mounted", 0 ;
  }
  server = fork() ;
  if (server == -1) tap_bail("fork") ;
  if (!server) serve(fuse) ;
  close(fuse) ;
  return 1 ;
}

int stuckfile_begin (char const **why)
{
  flushes = mmap(0, sizeof(*flushes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (flushes == MAP_FAILED) tap_bail("mmap") ;
  if (!mount_it(why)) return 0 ;
  atexit(&stuckfile_end) ;
  return 1 ;
}

int stuckfile_open (void)
{
  int fd = open(MOUNTPOINT, O_RDWR | O_CLOEXEC) ;
  if (fd < 0) tap_bail("open a file of FUSE") ;
  return fd ;
}

unsigned int stuckfile_waiting (void)
{
  return __atomic_load_n(flushes, __ATOMIC_SEQ_CST) ;
}

void stuckfile_end (void)
{
  if (!server) return ;
  kill(server, SIGKILL) ;
  waitpid(server, 0, 0) ;
  server = 0 ;
  umount2(MOUNTPOINT, MNT_DETACH) ;
  unlink(MOUNTPOINT) ;
}

int stuckfile_parcel (int *other)
{
  int pair[2] ;
  int fd = lingering_socket(other) ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) tap_bail("socketpair") ;
  if (raw_send(pair[1], "", 1, &fd, 1) != 1) tap_bail("send") ;
  close(fd) ;
  close(pair[1]) ;
  return pair[0] ;
}
