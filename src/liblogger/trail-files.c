/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libdaemon/log.h"
#include "liblogger/merge.h"
#include "liblogger/trail-internal.h"
#include "liblogger/trail.h"

int trail_refuse (struct trail *t, char const *what)
{
  t->isfailed = 1 ;
  log_line(t->log, LOG_WARNING, "unable to read ", t->path, "/", what, ": ", strerror(errno)) ;
  return t->isstrict ? -1 : 0 ;
}

void trail_tell_lost (struct trail *t)
{
  char files[UINT64_FMT] ;
  char bytes[UINT64_FMT] ;
  if (!t->lostfiles) return ;
  files[uint64_fmt(files, t->lostfiles)] = 0 ;
  bytes[uint64_fmt(bytes, t->lostbytes)] = 0 ;
  log_line(t->log, LOG_WARNING, t->path, ": deleted before they could be read: ", files, " files",
    t->lostbytes ? ", bytes at least: " : "", t->lostbytes ? bytes : "") ;
  t->lostfiles = t->lostbytes = 0 ;
}

 /* What the lines of a file are taken for that have no stamp: those of an archive were
    written before it was made, those of the others not later than the last of them. */

static void tell_time (struct trail *t, char const *name, int fd)
{
  struct stat st ;
  if (t->isstamped) return ;
  if (name) stamp_scan(name, strlen(name), &t->line.when, &t->minute) ;
  else if (fstat(fd, &st) == 0) t->line.when = st.st_mtim ;
}

 /* One that stays open may have been read already. */

static int open_again (int fd)
{
  int new = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : (errno = ENOENT, -1) ;
  if (new >= 0) lseek(new, 0, SEEK_SET) ;
  return new ;
}

void trail_begin_file (struct trail *t)
{
  struct cursor_place none ;
  cursor_begin(&none) ;
  t->at.offset = 0 ;
  t->at.hash = none.hash ;
  t->len = t->taken = 0 ;
  lines_init(&t->lines, t->s, 0, TRAIL_LINE_MAX) ;
  t->isend = t->isline = 0 ;
}

int trail_enter (struct trail *t, size_t index)
{
  struct logfiles const *files = &t->files ;
  struct archive const *archive = index < files->archives.n ? files->archives.list + index : 0 ;
  char const *newest = archive ? index ? archive[-1].name : "" : files->archives.n ? files->archives.list[files->archives.n - 1].name : "" ;
  int iscurrent = index == files->archives.n + TRAIL_CURRENT ;
  uint64_t ino = iscurrent ? files->currentino : files->previousino ;
  int fd = archive ? logfiles_open(t->dir, archive->name, &ino) : open_again(iscurrent ? files->current : files->previous) ;
  if (fd < 0) return 0 ;
  logfile_end(&t->file) ;
  tell_time(t, archive ? archive->name : 0, fd) ;
  cursor_begin(&t->at) ;
  t->at.ino = ino ;
  if (archive) memcpy(t->at.name, archive->name, ARCHIVE_NAME + 1) ;
  memcpy(t->at.newest, newest, strlen(newest) + 1) ;
  trail_begin_file(t) ;
  t->iscurrent = (uint8_t)iscurrent ;
  t->isopen = 1 ;
  if (logfile_begin(&t->file, fd, archive || (!iscurrent && files->isprocessed))) return 1 ;
  t->isopen = 0 ;
  return 0 ;
}

 /* A name tells when the archive was made. */

static int is_too_old (struct trail *t, char const *name)
{
  struct timespec when ;
  return t->since && stamp_scan(name, strlen(name), &when, &t->minute) && merge_isearlier(&when, t->since) ;
}

static int pass (struct trail *t, size_t index)
{
  if (errno == ENOENT && index >= t->files.archives.n) return 0 ;
  if (errno != ENOENT) return trail_refuse(t, index < t->files.archives.n ? t->files.archives.list[index].name : "current") ;
  t->lostfiles++ ;
  t->lostbytes += t->files.archives.list[index].size ;
  return 0 ;
}

int trail_next_file (struct trail *t)
{
  while (t->next < t->files.archives.n + TRAIL_BEHIND)
  {
    size_t index = t->next++ ;
    if (index < t->files.archives.n && is_too_old(t, t->files.archives.list[index].name)) continue ;
    if (trail_enter(t, index))
    {
      trail_tell_lost(t) ;
      return 1 ;
    }
    if (pass(t, index) < 0) return -1 ;
  }
  return 0 ;
}
