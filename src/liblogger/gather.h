/* ISC license. */

#ifndef S6ACTIVATION_GATHER_H
#define S6ACTIVATION_GATHER_H

 /* What of a batch is for one action: parts of the batch as it is, and of a text of our
    own where something is added. Each line has its newline. One that copies has a text
    only: what is not written outlives the batch. */

#include <stddef.h>
#include <stdint.h>

#include "liblogger/logdir.h"
#include "liblogger/script.h"
#include "liblogger/stamp.h"

enum gather_numbers { GATHER_PARTS = 256, GATHER_TEXT = 98304 } ;

struct gather
{
  struct logpart parts[GATHER_PARTS] ;
  unsigned int n ;
  char *text ;
  size_t len ;
  size_t size ;
  unsigned int wantedparts ;  /* reserved */
  size_t wanted ;
  uint8_t iscopying ;  /* set it while there is nothing in it */
} ;

struct line
{
  char const *s ;
  size_t len ;
  uint8_t isended ;  /* a newline is behind it, in the batch */
} ;

extern void gather_init (struct gather *) ;
extern void gather_free (struct gather *) ;
extern void gather_empty (struct gather *) ;

 /* How many lines there are, a rest of one too. */
extern size_t gather_lines (struct gather const *) ;

 /* How a line is told by an action: with the stamps and the prefix of the settings, after
    name, and of its text so many bytes at most, and "..." then. */
struct manner
{
  struct script_settings const *settings ;
  char const *name ;  /* or 0 */
  size_t most ;  /* 0: all */
  uint8_t isbare ;  /* nothing of that is so */
} ;

 /* Makes sure that there is room for it, beside what was reserved before. 0 and errno: 0 not
    before gather_empty; ENOMEM. */
extern int gather_reserve (struct gather *, struct line const *, struct manner const *) ;

 /* Nothing is reserved any more. */
extern void gather_release (struct gather *) ;

 /* Adds it, after gather_reserve. The line is in use until gather_empty, unless it is copied. */
extern void gather_add (struct gather *, struct line const *, struct manner const *, struct stamp *) ;

#endif
