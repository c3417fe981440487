/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/buffer.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libsupervise/servicepath.h"

#define USAGE "s6-svperms [ -v ] [ -u | -g group | -G group | -o | -O group ] [ -e | -E group ] servicedir..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { MODE_BITS = 07777, UNCHANGED = 0 } ;
#define OWNERS ((gid_t)-1)

enum which
{
  WHICH_STATUS,
  WHICH_CONTROL,
  WHICH_EVENTS,
  WHICH_COUNT
} ;

 /* The modes that say something: whoever is not the owner may do it as one of a
    group, or anybody may. */

enum whose
{
  WHOSE_OWNER,
  WHOSE_GROUP,
  WHOSE_PUBLIC,
  WHOSE_COUNT
} ;

static struct
{
  char const *file ;
  char const *name ;
  mode_t type ;
  char const *what ;  /* of that type */
  mode_t modes[WHOSE_COUNT] ;  /* 0: there is none */
} const places[WHICH_COUNT] =
{
  [WHICH_STATUS] = { SERVICE_SUPERVISE, "status", S_IFDIR, "a directory", { 0700, 0710, 0711 } },
  [WHICH_CONTROL] = { SERVICE_CONTROL, "control", S_IFIFO, "a fifo", { 0600, 0620, 0 } },
  [WHICH_EVENTS] = { SERVICE_EVENT, "events", S_IFDIR, "a directory", { 0, 03730, 01733 } }
} ;

 /* What is wanted of one of them. The group of what no group may do is the owner's. */

struct wish
{
  mode_t mode ;  /* UNCHANGED */
  gid_t gid ;  /* OWNERS */
} ;

 /* Looks at it. 0 and errno: EINVAL it is of another type. A control that is a link
    could lead root to anybody's file. */

static int look (char *path, struct stat *st, char const *dir, enum which which)
{
  if (!servicepath(path, dir, places[which].file)) return 0 ;
  if ((which == WHICH_CONTROL ? lstat(path, st) : stat(path, st)) == -1) return 0 ;
  return (st->st_mode & S_IFMT) == places[which].type ? 1 : (errno = EINVAL, 0) ;
}

 /* An owner without an account has no group: then it stays as it is. */

static gid_t group_of (uid_t uid, gid_t otherwise)
{
  struct passwd *pw = getpwuid(uid) ;
  return pw ? pw->pw_gid : otherwise ;
}

static void must_look (char *path, struct stat *st, char const *dir, enum which which)
{
  if (look(path, st, dir, which)) return ;
  if (errno == EINVAL) strerr_dief(EXITCODE_SYSTEM, path, " is not ", places[which].what) ;
  strerr_diefusys(EXITCODE_SYSTEM, "look at ", dir, "/", places[which].file) ;
}

 /* Nobody gets in by the group that was, nor by the new one too early. */

static int set (char const *path, struct stat const *st, mode_t mode, gid_t gid)
{
  int e ;
  if (chmod(path, mode & ~(mode_t)(S_IRWXG | S_IRWXO)) == -1) return 0 ;
  if (st->st_gid == gid || chown(path, (uid_t)-1, gid) == 0) return chmod(path, mode) == 0 ;
  e = errno ;
  chmod(path, st->st_mode & MODE_BITS) ;
  return (errno = e, 0) ;
}

static void change (char const *dir, enum which which, struct wish const *w)
{
  char path[SERVICEPATH_MAX] ;
  struct stat st ;
  gid_t gid ;
  must_look(path, &st, dir, which) ;
  gid = w->gid == OWNERS ? group_of(st.st_uid, st.st_gid) : w->gid ;
  if ((st.st_mode & MODE_BITS) == w->mode && st.st_gid == gid) return ;
  if (!set(path, &st, w->mode, gid)) strerr_diefusys(EXITCODE_SYSTEM, "change the permissions of ", path) ;
}

 /* Nothing is changed where something is missing. */

static void change_all (char const *dir, struct wish const *w)
{
  char path[SERVICEPATH_MAX] ;
  struct stat st ;
  for (enum which i = 0 ; i < WHICH_COUNT ; i++) if (w[i].mode != UNCHANGED) must_look(path, &st, dir, i) ;
  for (enum which i = 0 ; i < WHICH_COUNT ; i++) if (w[i].mode != UNCHANGED) change(dir, i, w + i) ;
}

static char const *group_name (char *fmt, gid_t gid)
{
  struct group *gr = getgrgid(gid) ;
  fmt[gid_fmt(fmt, gid)] = 0 ;
  return gr ? gr->gr_name : fmt ;
}

static void print (char const *dir, enum which which, enum whose whose, gid_t gid)
{
  static char const *const words[WHOSE_COUNT] = { "owner", "group ", "public" } ;
  char fmt[GID_FMT + 1] ;
  char const *const line[] = { dir, " ", places[which].name, ": ", words[whose], whose == WHOSE_GROUP ? group_name(fmt, gid) : "", "\n" } ;
  for (unsigned int i = 0 ; i < sizeof(line) / sizeof(*line) ; i++)
    if (buffer_puts(buffer_1, line[i]) == -1) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

static int show (char const *dir, enum which which)  /* 0: a warning instead of the line */
{
  char path[SERVICEPATH_MAX] ;
  struct stat st ;
  unsigned int whose = 0 ;
  char mode[UINT_OFMT] ;
  if (!look(path, &st, dir, which))
  {
    if (errno == EINVAL) strerr_warnw(path, " is not ", places[which].what) ;
    else strerr_warnwusys("look at ", dir, "/", places[which].file) ;
    return 0 ;
  }
  st.st_mode &= MODE_BITS ;
  while (whose < WHOSE_COUNT && (!places[which].modes[whose] || places[which].modes[whose] != st.st_mode)) whose++ ;
  mode[uint_ofmt(mode, (unsigned int)st.st_mode)] = 0 ;
  if (whose == WHOSE_COUNT) strerr_warnw(path, " has permissions that mean none of these: ", mode) ;
  else print(dir, which, whose, st.st_gid) ;
  return whose < WHOSE_COUNT ;
}

 /* Who may not look into supervise is told nothing of control, either. */

static int show_all (char const *dir)
{
  int ok = show(dir, WHICH_STATUS) && show(dir, WHICH_CONTROL) ;
  ok &= show(dir, WHICH_EVENTS) ;
  if (!buffer_flush(buffer_1)) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
  return ok ;
}

static gid_t scan_group (char const *s)
{
  gid_t gid ;
  struct group *gr ;
  if (s[0] == ':' && gid0_scan(s + 1, &gid) && gid != OWNERS) return gid ;
  if (s[0] == ':') dieusage() ;
  errno = 0 ;
  gr = getgrnam(s) ;
  if (gr) return gr->gr_gid ;
  if (errno && errno != ENOENT && errno != ESRCH) strerr_diefusys(EXITCODE_SYSTEM, "read the group database") ;
  strerr_dief(EXITCODE_USAGE, "no such group: ", s) ;
}

static void wish (struct wish *w, enum which which, enum whose whose, char const *group)
{
  w[which].mode = places[which].modes[whose] ;
  w[which].gid = whose == WHOSE_GROUP ? scan_group(group) : OWNERS ;
}

static struct
{
  char letter ;
  enum whose status ;
  enum whose control ;
} const meanings[] =
{
  { 'u', WHOSE_OWNER, WHOSE_OWNER },
  { 'g', WHOSE_GROUP, WHOSE_OWNER },
  { 'G', WHOSE_GROUP, WHOSE_GROUP },
  { 'o', WHOSE_PUBLIC, WHOSE_OWNER },
  { 'O', WHOSE_PUBLIC, WHOSE_GROUP },
  { 0, 0, 0 }
} ;

static void wish_by_letter (struct wish *w, int letter, char const *group)
{
  unsigned int i = 0 ;
  while (meanings[i].letter && meanings[i].letter != letter) i++ ;
  if (!meanings[i].letter) dieusage() ;
  wish(w, WHICH_STATUS, meanings[i].status, group) ;
  wish(w, WHICH_CONTROL, meanings[i].control, group) ;
}

static int parse (int argc, char const *const *argv, subgetopt *l, struct wish *w)
{
  int isverbose = 0 ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "vug:G:oO:eE:", l) ;
    switch (opt)
    {
      case -1 : return isverbose ;
      case 'v' : isverbose = 1 ; break ;
      case 'e' : wish(w, WHICH_EVENTS, WHOSE_PUBLIC, 0) ; break ;
      case 'E' : wish(w, WHICH_EVENTS, WHOSE_GROUP, l->arg) ; break ;
      default : wish_by_letter(w, opt, l->arg) ; break ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct wish wishes[WHICH_COUNT] = { { .mode = UNCHANGED } } ;
  int isverbose, ok = 1 ;
  PROG = "s6-svperms" ;
  usage_asked(argc, argv, USAGE) ;
  isverbose = parse(argc, argv, &l, wishes) ;
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  chain_cover_standard() ;
  if (wishes[WHICH_STATUS].mode == UNCHANGED && wishes[WHICH_EVENTS].mode == UNCHANGED) isverbose = 1 ;
  for (; *argv ; argv++)
  {
    change_all(*argv, wishes) ;
    if (isverbose && !show_all(*argv)) ok = 0 ;
  }
  return ok ? EXITCODE_OK : EXITCODE_DENIED ;
}
