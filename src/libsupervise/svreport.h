/* ISC license. */

#ifndef S6ACTIVATION_SVREPORT_H
#define S6ACTIVATION_SVREPORT_H

 /* A view of a service as a text, without a newline. Each appends; 0 and errno: ENOMEM. */

#include <skalibs/stralloc.h>

#include "libsupervise/svview.h"

enum svreport_field
{
  SVREPORT_UP,
  SVREPORT_WANTEDUP,
  SVREPORT_NORMALLYUP,
  SVREPORT_READY,
  SVREPORT_PAUSED,
  SVREPORT_PID,
  SVREPORT_PGID,
  SVREPORT_EXITCODE,
  SVREPORT_SIGNAL,
  SVREPORT_SIGNUM,
  SVREPORT_UPDOWNSINCE,
  SVREPORT_READYSINCE,
  SVREPORT_UPDOWNFOR,
  SVREPORT_READYFOR,
  SVREPORT_NEXTSTART,
  SVREPORT_FIELDS
} ;

 /* SVREPORT_FIELDS: there is no such field, or none has that letter. */
extern enum svreport_field svreport_named (char const *name, size_t) ;
extern enum svreport_field svreport_lettered (char) ;

extern int svreport_field (stralloc *, struct svview const *, enum svreport_field) ;
extern int svreport_line (stralloc *, struct svview const *, int isnumeric) ;  /* for people; isnumeric: signals as numbers */
extern int svreport_json (stralloc *, struct svview const *) ;  /* an object */

extern int svreport_doubt (stralloc *, struct svview const *) ;  /* nothing if there is none */

#endif
