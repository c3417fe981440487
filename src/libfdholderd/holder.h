/* ISC license. */

#ifndef S6ACTIVATION_HOLDER_H
#define S6ACTIVATION_HOLDER_H

#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libfdholderd/account.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/selfsocket.h"
#include "libfdholderd/store.h"
#include "libfdholderd/watch.h"

 /* What all connections share. */
struct holder
{
  struct closer closer ;
  struct fdtable fdtable ;
  struct store store ;
  struct policy policy ;
  struct budget budget ;
  struct log log ;
  struct complaints complaints ;  /* what clients can cause goes here */
  struct selfsocket self ;
  struct accounts accounts ;
  struct flight flight ;
  struct watch watch ;
  tain begun ;  /* when its first image was */
  uint32_t upgrades ;  /* since then */
  struct inspect inspect ;
  struct kept kept ;
  struct changes changes ;
  uint8_t istrying ;  /* another process, which may have copies of all descriptors for a while, tries to be that image */
  uint8_t isquiescing ;  /* about to be another one: nothing new is begun */
} ;

#endif
