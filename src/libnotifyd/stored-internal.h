/* ISC license. */

#ifndef S6ACTIVATION_STORED_INTERNAL_H
#define S6ACTIVATION_STORED_INTERNAL_H

 /* What the files of the stored module share. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "libnotifyd/stored.h"

 /* stored-ids.c: what an identifier says. 0: it is none of ours. */

struct stored_key
{
  char const *s ;
  size_t len ;
} ;

struct stored_idparts
{
  struct stored_key name ;
  uint32_t number ;
  int ispolled ;
} ;

extern int stored_parse (struct stored const *, char const *, struct stored_idparts *) ;

 /* stored-sameness.c: which file a descriptor is of */

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
