/* ISC license. */

#ifndef S6ACTIVATION_SERVE_INTERNAL_H
#define S6ACTIVATION_SERVE_INTERNAL_H

 /* What the files of the serve module share. */

#include <sys/types.h>

#include "libfdholderd/serve.h"

 /* serve-orders.c. data: the struct serve */

extern void serve_obey (void *data, int number, pid_t) ;  /* a signal */
extern void serve_order (void *data, char) ;  /* enum wire_keep_order */

#endif
