/* ISC license. */

#ifndef S6ACTIVATION_READER_H
#define S6ACTIVATION_READER_H

 /*
    The engine of s6-logread: the lines of logdirs, each in its own order, merged by their
    stamps; those that are wanted go to stdout, in batches. When a batch was taken, the
    cursor is moved: so who is killed shows at most the last batch again.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <skalibs/stralloc.h>

#include "libdaemon/log.h"
#include "libdaemon/nowait.h"
#include "liblogger/merge.h"
#include "liblogger/news.h"
#include "liblogger/script.h"
#include "liblogger/stamp.h"
#include "liblogger/trail.h"

enum reader_format { READER_PLAIN, READER_UTC, READER_LOCAL, READER_RFC3339 } ;  /* of stamps */

struct reader_options
{
  struct script const *selection ;  /* its first group; 0: all lines */
  char const *cursor ;  /* a file; or 0 */
  struct timespec since ;
  struct timespec until ;  /* the first moment that is too late */
  uint64_t last ;  /* only so many, when it begins */
  enum reader_format format ;
  uint8_t hassince ;
  uint8_t hasuntil ;
  uint8_t haslast ;
  uint8_t isjson ;
  uint8_t isfollowing ;  /* until SIGTERM, SIGINT or SIGHUP */
} ;

enum reader_numbers
{
  READER_BATCH = 65536,
  READER_LINES = 4096  /* so many at most, shown or not, until signals are heard */
} ;

 /* What could not be done: "write to", "stdout". */
struct reader_trouble
{
  char const *what ;
  char const *where ;
  uint8_t iscursor ;  /* what is there is no cursor */
} ;

struct reader
{
  struct reader_options options ;
  char const *const *paths ;
  unsigned int n ;
  struct trail *trails ;
  struct merge_head *heads ;
  uint64_t *skips ;  /* lines that are wanted, of each logdir, before the last ones */
  uint64_t skip ;  /* of those that are left, of all logdirs */
  uint8_t *isidle ;  /* just now */
  struct news news ;
  struct stamp stamp ;
  struct nowait out ;
  stralloc batch ;
  stralloc saved ;  /* the cursor file */
  struct cursor_place *places ;  /* in it */
  int signals ;  /* or -1 */
  int lock ;  /* of the cursor, to our end; or -1 */
  unsigned int lines ;  /* of this batch */
  uint8_t ismoved ;  /* since it was saved */
  uint8_t isending ;
  uint8_t isclosed ;  /* nobody reads stdout any more */
} ;

 /* Options, paths and log stay in use. 0 and errno. */
extern int reader_init (struct reader *, struct reader_options const *, char const *const *paths, unsigned int n, struct log *, struct reader_trouble *) ;

 /* Until all is shown; or a signal. 0 and errno. */
extern int reader_run (struct reader *, struct reader_trouble *) ;

 /* Was there something that could not be read? */
extern int reader_hasfailed (struct reader const *) ;

#endif
