/* ISC license. */

#ifndef S6ACTIVATION_TRAIL_H
#define S6ACTIVATION_TRAIL_H

 /*
    The lines of one logdir, in order, whatever its logger does meanwhile.

    What is still to be read was found in one look: archives, previous, current. When it is
    used up, and current is no longer the file that was read, another look says where that
    file is now, and so what comes after it:

      an archive that is the same file    what comes after that archive
      previous                            current
      neither                             a processor has made another file of it, which
                                          has the same lines; or another number of lines
                                          under the same number; or it was deleted

    Memory: a line, and a few bytes for each archive.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "libdaemon/log.h"
#include "liblogger/cursor.h"
#include "liblogger/lines.h"
#include "liblogger/logfile.h"
#include "liblogger/logfiles.h"
#include "liblogger/news.h"
#include "liblogger/stamp.h"

enum trail_numbers
{
  TRAIL_BUFFER = 65536,
  TRAIL_LINE_MAX = (1 << 24) + 65536  /* more than any line of a logger with its stamps; what is longer is cut */
} ;

enum { TRAIL_PREVIOUS, TRAIL_CURRENT, TRAIL_BEHIND } ;  /* indices, behind the archives */

struct trail_line
{
  char *s ;  /* without its end; one more byte is the caller's to change, and put back */
  size_t len ;
  size_t stamplen ;
  struct timespec when ;  /* its stamp; else that of the line before it, else what its file tells */
} ;

struct trail
{
  char const *path ;
  struct log *log ;
  struct timespec const *since ;  /* archives that are older are of no interest; or 0 */
  int dir ;
  uint64_t dirino ;
  struct logfiles files ;  /* archives, and behind them, by index, previous and current */
  size_t next ;  /* the first one that is still to be read */
  struct logfile file ;  /* the last one, held even when it is done with: its number is not another's */
  struct cursor_place at ;  /* in it, before the line that is shown */
  struct cursor_place done ;  /* where the last line that was taken has its end */
  char *s ;
  size_t len ;
  size_t size ;
  size_t taken ;  /* bytes of s */
  struct lines lines ;
  struct trail_line line ;
  struct stamp_minute minute ;
  struct news *news ;  /* of all logdirs; 0: it is not followed */
  unsigned int index ;  /* in it */
  struct news_mark mark ;  /* when files were found */
  uint64_t lostfiles ;  /* deleted before they could be read, and not told yet */
  uint64_t lostbytes ;
  uint8_t isopen ;  /* there may be more in file */
  uint8_t iscurrent ;  /* it was current, and may be still */
  uint8_t isend ;  /* nothing comes after what is in s */
  uint8_t isline ;  /* a line is shown */
  uint8_t isstamped ;  /* a line has had a stamp */
  uint8_t isstrict ;  /* for a cursor: what cannot be read is no trifle; half a line is left for later */
  uint8_t isfailed ;  /* something could not be read */
} ;

enum trail_next
{
  TRAIL_LINE,
  TRAIL_NOTHING,  /* just now */
  TRAIL_OVER,
  TRAIL_ERROR  /* errno */
} ;

 /* Path and log stay in use. news: it is followed, as the index-th one of these. 0 and errno. */
extern int trail_open (struct trail *, char const *path, struct log *, struct news *, unsigned int index) ;
extern void trail_close (struct trail *) ;

 /* Begins with all lines, or after that place. When since and isstrict are set. 0 and errno. */
extern int trail_begin (struct trail *, struct cursor_place const *) ;

 /* Sees to it that line is the next one. */
extern enum trail_next trail_look (struct trail *) ;
extern void trail_take (struct trail *) ;  /* it is done with */

 /* For who counts: one reads the file of that index, and nothing else. 0 and errno; ENOENT:
    there is none. To be closed before the other one goes on. */
extern int trail_one (struct trail *one, struct trail const *, size_t index) ;

#endif
