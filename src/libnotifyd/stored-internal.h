/* ISC license. */

#ifndef S6ACTIVATION_STORED_INTERNAL_H
#define S6ACTIVATION_STORED_INTERNAL_H

 /* Which file a descriptor is of: stored-sameness.c */

#include <sys/types.h>

#include "libnotifyd/stored.h"

struct sameness
{
  int fd ;
  dev_t device ;
  ino_t inode ;
  unsigned char issocket ;
} ;

extern int sameness_look (struct sameness *, int fd) ;  /* 0 and errno */

 /* Is the entry the same open file? Where the kernel does not say, a socket is known by
    its inode, and nothing else is known. */
extern int sameness_issame (struct sameness const *, struct stored_entry const *) ;

#endif
