/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libsupervise/procstat.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svview.h"
#include "libsupervise/tally.h"
#include "libsupervise/wholefile.h"

enum
{
  AGE_SLACK = 3,  /* seconds: a process is younger than its label says by what passed between, and clocks are coarse */
  TRIES = 20,
  PAUSE_MS = 10
} ;

#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

uint64_t svview_seconds (tain const *from, tain const *to)
{
  tain span ;
  if (!tain_less(from, to)) return 0 ;
  tain_sub(&span, to, from) ;
  return tai_sec(tain_secp(&span)) ;
}

static int get_age (struct svview *v)
{
  struct procstat p ;
  struct timespec now ;
  uint64_t ticks, start ;
  long hertz = sysconf(_SC_CLK_TCK) ;
  if (hertz <= 0 || !procstat_readpid(&p, (unsigned long)v->status.pid) || !uint640_scan(p.start, &ticks)) return 0 ;
  if (clock_gettime(CLOCK_BOOTTIME, &now) == -1) return 0 ;
  start = ticks / (uint64_t)hertz ;
  v->age = (uint64_t)now.tv_sec > start ? (uint64_t)now.tv_sec - start : 0 ;
  return 1 ;
}

static enum svview_doubt judge_process (struct svview *v)
{
  uint64_t told = svview_seconds(&v->status.changed, &v->now) ;
  if (!v->status.pid) return SVVIEW_NODOUBT ;
  if (kill(v->status.pid, 0) == -1 && errno == ESRCH) return SVVIEW_NOPROCESS ;
  if (!get_age(v)) return SVVIEW_NODOUBT ;
  return v->age + AGE_SLACK < told || told + AGE_SLACK < v->age ? SVVIEW_OTHERAGE : SVVIEW_NODOUBT ;
}

 /* A supervisor that has just seen an end is about to tell of it. */

static int read_status (struct svview *v)
{
  for (unsigned int i = 0 ;; i++)
  {
    if (!svstatus_read(v->dir, &v->status) || !tain_wallclock_read(&v->now)) return 0 ;
    v->doubt = judge_process(v) ;
    if (v->doubt != SVVIEW_NOPROCESS || i == TRIES) return 1 ;
    clock_breathe(PAUSE_MS) ;
  }
}

static int read_down (struct svview *v)
{
  char path[SERVICEPATH_MAX] ;
  if (!servicepath(path, v->dir, SERVICE_DOWN)) return 0 ;
  v->isnormallyup = access(path, F_OK) == -1 ;
  return !v->isnormallyup || errno == ENOENT ;
}

 /* What is not there, or cannot be read, is not told. */

static void read_next (struct svview *v)
{
  char path[SERVICEPATH_MAX] ;
  char s[TAIN_PACK] ;
  off_t size ;
  v->hasnext = servicepath(path, v->dir, SERVICE_NEXT_START)
    && wholefile_read(path, s, sizeof(s), &size) == TAIN_PACK && size == TAIN_PACK ;
  if (v->hasnext) tain_unpack(s, &v->next) ;
}

static void read_tally (struct svview *v)
{
  struct log silent = LOG_ZERO ;
  char path[SERVICEPATH_MAX] ;
  unsigned int max = TALLY_USUALLY ;
  ssize_t n = tally_count(v->dir) ;
  silent.verbosity = 0 ;
  if (servicepath(path, v->dir, "max-death-tally")) servicefiles_number(path, 0, TALLY_MOST, &max, &silent) ;
  v->deaths = n > 0 ? (unsigned int)n : 0 ;
  v->istallyfull = v->deaths >= max ;
}

int svview_read (struct svview *v, char const *dir)
{
  int r = supervised(dir) ;
  v->dir = dir ;
  v->issupervised = r > 0 ;
  if (r <= 0) return !r ;
  if (!read_status(v) || !read_down(v)) return 0 ;
  read_next(v) ;
  read_tally(v) ;
  return 1 ;
}
