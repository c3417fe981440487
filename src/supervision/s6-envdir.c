/* ISC license. */

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"

#define USAGE "s6-envdir [ -I | -i ] [ -n ] [ -f ] [ -L ] [ -c nullis ] dir prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { VALUE_MAX = 4095, BUFFER = 4096 } ;

struct options
{
  int isloose ;
  int isunchomped ;
  int isverbatim ;
  int isunlimited ;
  char nullis ;
} ;

 /* Of a file: all of it, or as much as a value may have. 0 and errno. */

static int read_file (stralloc *to, int dir, char const *name, size_t max)
{
  char s[BUFFER] ;
  ssize_t r ;
  int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) ;
  if (fd < 0) return 0 ;
  while (max && (r = read(fd, s, max < sizeof(s) ? max : sizeof(s))) != 0)
  {
    if (r < 0 && errno == EINTR) continue ;
    if (r < 0 || !stralloc_catb(to, s, (size_t)r))
    {
      int e = r < 0 ? errno : ENOMEM ;
      fd_close(fd) ;
      return (errno = e, 0) ;
    }
    max -= (size_t)r ;
  }
  fd_close(fd) ;
  return 1 ;
}

 /* A carriage return, too: the file may come from an editor of another system. */

static int is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' ;
}

 /* How much of what is there is the value. */

static size_t trim (char const *s, size_t len, struct options const *o)
{
  char const *newline = memchr(s, '\n', len) ;
  if (o->isverbatim) return len && s[len - 1] == '\n' && !o->isunchomped ? len - 1 : len ;
  if (newline) len = (size_t)(newline - s) ;
  if (!o->isunchomped) while (len && is_blank(s[len - 1])) len-- ;
  return len ;
}

 /* One variable, as it is given to exec: with a value, or alone, which unsets it. */

static int add_file (stralloc *modifs, int dir, char const *name, struct options const *o)
{
  size_t begin, len ;
  if (!stralloc_cats(modifs, name) || !stralloc_catb(modifs, "=", 1)) return 0 ;
  begin = modifs->len ;
  if (!read_file(modifs, dir, name, o->isunlimited ? (size_t)-1 : VALUE_MAX)) return 0 ;
  if (modifs->len == begin)
  {
    modifs->s[modifs->len - 1] = 0 ;
    return 1 ;
  }
  len = trim(modifs->s + begin, modifs->len - begin, o) ;
  modifs->len = begin + len ;
  for (size_t i = 0 ; i < len ; i++) if (!modifs->s[begin + i]) modifs->s[begin + i] = o->nullis ;
  return stralloc_catb(modifs, "", 1) ;
}

static void add_all (stralloc *modifs, char const *path, struct options const *o)
{
  struct dirent *entry ;
  DIR *dir = opendir(path) ;
  if (!dir)
  {
    if (errno == ENOENT && o->isloose) return ;
    strerr_diefusys(EXITCODE_SYSTEM, "read the directory ", path) ;
  }
  while ((errno = 0, entry = readdir(dir)))
    if (entry->d_name[0] != '.' && !strchr(entry->d_name, '=') && !add_file(modifs, dirfd(dir), entry->d_name, o))
      strerr_diefusys(EXITCODE_SYSTEM, "read ", path, "/", entry->d_name) ;
  if (errno) strerr_diefusys(EXITCODE_SYSTEM, "read the directory ", path) ;
  closedir(dir) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .nullis = '\n' } ;
  stralloc modifs = STRALLOC_ZERO ;
  PROG = "s6-envdir" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "IinfLc:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'I' : o.isloose = 1 ; break ;
      case 'i' : o.isloose = 0 ; break ;
      case 'n' : o.isunchomped = 1 ; break ;
      case 'f' : o.isverbatim = 1 ; break ;
      case 'L' : o.isunlimited = 1 ; break ;
      case 'c' :
        if (!l.arg[0]) dieusage() ;
        o.nullis = l.arg[0] ;
        break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  chain_cover_standard() ;
  add_all(&modifs, argv[0], &o) ;
  xmexec_m(argv + 1, modifs.s, modifs.len) ;
}
