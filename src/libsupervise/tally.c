/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libsupervise/servicepath.h"
#include "libsupervise/tally.h"
#include "libsupervise/wholefile.h"

enum
{
  SIGNALLED = 128,
  PAGE = 4096  /* bytes that are added to in place */
} ;

 /* Only who reads or writes a tally touches it: a supervisor at a death. */
static char buffer[TALLY_MOST * TALLY_DEATH] ;

void tally_death (struct tally_death *death, tain const *when, int wstat)
{
  death->when = *when ;
  death->sig = WIFSIGNALED(wstat) ? (uint8_t)WTERMSIG(wstat) : 0 ;
  death->code = death->sig ? (uint8_t)(SIGNALLED + death->sig) : (uint8_t)WEXITSTATUS(wstat) ;
}

static void pack (char *s, struct tally_death const *death)
{
  tain_pack(s, &death->when) ;
  s[TAIN_PACK] = (char)death->code ;
  s[TAIN_PACK + 1] = (char)death->sig ;
}

static void unpack (struct tally_death *death, char const *s)
{
  tain_unpack(s, &death->when) ;
  death->code = (uint8_t)s[TAIN_PACK] ;
  death->sig = (uint8_t)s[TAIN_PACK + 1] ;
}

 /* The newest max, as they stand. */

static ssize_t load (char const *path, char *s, unsigned int max)
{
  off_t size ;
  ssize_t r = wholefile_readlast(path, s, (size_t)max * TALLY_DEATH, &size) ;
  if (r < 0) return -1 ;
  return size % TALLY_DEATH || r % TALLY_DEATH ? (errno = EBADMSG, -1) : r ;
}

 /* What stands there is no tally, and does not become one: nothing is lost with it. */

static int is_none (void)
{
  return errno == ENOENT || errno == EBADMSG || errno == EINVAL || errno == ELOOP || errno == ENXIO ;
}

ssize_t tally_read (char const *dir, struct tally_death *deaths, unsigned int max)
{
  char path[SERVICEPATH_MAX] ;
  ssize_t r ;
  if (max > TALLY_MOST) max = TALLY_MOST ;
  if (!servicepath(path, dir, SERVICE_TALLY)) return -1 ;
  r = load(path, buffer, max) ;
  if (r < 0) return -1 ;
  r /= TALLY_DEATH ;
  for (ssize_t i = 0 ; i < r ; i++) unpack(deaths + i, buffer + i * TALLY_DEATH) ;
  return r ;
}

ssize_t tally_count (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  struct stat st ;
  if (!servicepath(path, dir, SERVICE_TALLY) || stat(path, &st) == -1) return -1 ;
  if (!S_ISREG(st.st_mode) || st.st_size % TALLY_DEATH) return (errno = EBADMSG, -1) ;
  return (ssize_t)(st.st_size / TALLY_DEATH) ;
}

static size_t least (size_t a, size_t b)
{
  return a < b ? a : b ;
}

 /* Where there is room it is one write. Else, and if that fails, another file replaces it. */

int tally_add (char const *dir, struct tally_death const *death, unsigned int max)
{
  char path[SERVICEPATH_MAX] ;
  char last[TALLY_DEATH] ;
  ssize_t r ;
  if (!max) return 1 ;
  if (max > TALLY_MOST) max = TALLY_MOST ;
  if (!servicepath(path, dir, SERVICE_TALLY)) return 0 ;
  pack(last, death) ;
  if (wholefile_append(path, last, sizeof(last), least(max * sizeof(last), PAGE))) return 1 ;
  r = load(path, buffer, max - 1) ;
  if (r < 0 && !is_none()) return 0 ;
  if (r < 0) r = 0 ;
  memcpy(buffer + r, last, sizeof(last)) ;
  return wholefile_replace(path, buffer, (size_t)r + TALLY_DEATH) ;
}

int tally_clear (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  return servicepath(path, dir, SERVICE_TALLY) && wholefile_empty(path) ;
}
