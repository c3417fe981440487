/* ISC license. */

#ifndef S6ACTIVATION_STAGE_H
#define S6ACTIVATION_STAGE_H

 /* A dump in progress: nothing of it is in the store until all of it is. There
    is memory for it only while there is a dump. */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/stralloc.h>
#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

#include "libfdholderd/fdtable.h"
#include "libfdwire/wire.h"

struct stage_entry
{
  tain limit ;  /* as the client wrote it */
  size_t offset ;  /* of the id in ids, NUL-terminated */
  char const *id ;  /* set by stage_seal */
  int fd ;
  uint8_t idlen ;
} ;

struct stage
{
  struct fdtable *fdtable ;
  genalloc entries ;  /* struct stage_entry */
  stralloc ids ;
  uint32_t total ;
  int isnew ;  /* none of its ids may be held */
  uint32_t reserved ;  /* of the descriptor budget, for what it still awaits */
} ;

#define stage_count(g) genalloc_len(struct stage_entry, &(g)->entries)
#define stage_iscomplete(g) (stage_count(g) == (g)->total)
#define stage_entries(g) genalloc_s(struct stage_entry, &(g)->entries)

 /* For so many, at least one; all of them are reserved. 0, errno ENOMEM. */
extern struct stage *stage_new (struct fdtable *, uint32_t total) ;

 /* Adds a frame. The references of all fds are consumed. 0 and errno:
    EPROTO empty or more than announced, EINVAL an id that is none, ENOMEM. */
extern int stage_add (struct stage *, struct wire_reader, int const *, unsigned int) ;

 /* The dump is complete: sorts the entries by id and sets their ids.
    0: two entries have one id. */
extern int stage_seal (struct stage *) ;

 /* Gives up the references, and frees it. */
extern void stage_end (struct stage *) ;

#endif
