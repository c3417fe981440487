/* ISC license. */

#ifndef S6ACTIVATION_SVWATCH_INTERNAL_H
#define S6ACTIVATION_SVWATCH_INTERNAL_H

#include "libsupervise/svwatch.h"

extern enum svwatch_trouble svwatch_lookone (struct svwatch *, unsigned int) ;
extern enum svwatch_trouble svwatch_listenone (struct svwatch *, unsigned int) ;
extern void svwatch_unlisten (struct svwatch_dir *) ;

#endif
