/* ISC license. */

#ifndef S6ACTIVATION_SCAN_H
#define S6ACTIVATION_SCAN_H

 /*
    What is to be done about a scan directory: its listing and the registry
    make a plan, a step for each entry; what no entry has found is gone. Until
    the plan is applied, the registry is as it was, but for the findings in
    its services; and applying it cannot fail. A service is known by its
    directory, whatever that is called.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/tree.h"
#include "libsvscan/listing.h"
#include "libsvscan/registry.h"

enum scan_verdict
{
  SCAN_ADD,
  SCAN_KEEP,
  SCAN_ALIAS,  /* another name of what an entry before it has found */
  SCAN_BAD,  /* cannot be looked at; if a service has that name, it stays */
  SCAN_NOROOM  /* it, or its logger, would be one too many */
} ;

struct scan_step
{
  enum scan_verdict verdict ;
  struct service *service ;  /* of ADD, KEEP, ALIAS; of BAD and NOROOM if there is one; or 0 */
} ;

struct scan_plan
{
  struct scan_step *steps ;  /* as many as there are entries */
  size_t n ;
  struct tree added ;  /* services */
} ;

 /* max: so many supervisors there may be. 0 and errno ENOMEM. */
extern int scan_plan (struct scan_plan *, struct registry *, struct listing const *, uint32_t max) ;

 /* f is called for those that were not found, and have been before; service and logger each. */
typedef void scan_gone_func (void *, struct supervisor const *) ;

 /* Frees the plan. */
extern void scan_apply (struct scan_plan *, struct registry *, tain const *now, scan_gone_func *, void *) ;

#endif
