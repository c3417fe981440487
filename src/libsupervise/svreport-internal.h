/* ISC license. */

#ifndef S6ACTIVATION_SVREPORT_INTERNAL_H
#define S6ACTIVATION_SVREPORT_INTERNAL_H

#include <stdint.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libsupervise/svreport.h"

enum svreport_type
{
  SVREPORT_BOOLEAN,
  SVREPORT_NUMBER,
  SVREPORT_TEXT
} ;

struct svreport_value
{
  enum svreport_type type ;
  int isnone ;  /* of numbers and texts: the field has none now */
  uint64_t number ;
  char text[TIMESTAMP + 1] ;
} ;

extern void svreport_value (struct svreport_value *, struct svview const *, enum svreport_field) ;
extern char const *svreport_name (enum svreport_field) ;
extern int svreport_number (stralloc *, uint64_t) ;

#endif
