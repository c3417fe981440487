/* ISC license. */

#ifndef S6ACTIVATION_TROUBLES_H
#define S6ACTIVATION_TROUBLES_H

 /* What a scan has to say of entries: once, not with each scan, as long as it holds. */

#include <stddef.h>
#include <stdint.h>

#include "libdaemon/log.h"
#include "libsvscan/listing.h"
#include "libsvscan/scan.h"

struct troubles
{
  uint64_t *told ;  /* of the last scan: a number for each, ordered */
  size_t n ;
} ;

 /* max: of supervisors. Where there is no memory, what was told is told once more. */
extern void troubles_tell (struct troubles *, struct log *, struct listing const *, struct scan_plan const *, uint32_t max) ;

extern void troubles_gone (void *log, struct supervisor const *) ;  /* for scan_apply */

#endif
