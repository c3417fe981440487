/* ISC license. */

#ifndef S6ACTIVATION_LISTING_H
#define S6ACTIVATION_LISTING_H

 /* What is in a scan directory: service directories, and what should be one and cannot
    be looked at. Files, and names that begin with a dot, are not in it. */

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTING_LOG "/log"

struct listing_entry
{
  size_t name ;  /* where it begins in names */
  dev_t dev ;
  ino_t ino ;
  int error ;  /* 0: it is a directory */
  uint8_t islogged ;  /* there is a NAME/log; with an error: that cannot be looked at */
} ;

struct listing
{
  struct listing_entry *entries ;
  size_t n ;
  size_t max ;
  char *names ;
  size_t len ;
  size_t size ;
} ;
#define LISTING_ZERO { .entries = 0, .n = 0, .max = 0, .names = 0, .len = 0, .size = 0 }
#define listing_name(l, e) ((l)->names + (e)->name)

 /* The next entry; its name is copied. 0 and errno ENOMEM. */
extern struct listing_entry *listing_add (struct listing *, char const *name) ;

 /* The directory that is the current one; names that are longer than namemax have the
    error ENAMETOOLONG. It is open all the time, so that no lack of descriptors hides
    what is in it. 0 and errno: that is not known; ENOENT: it was removed. */
extern int listing_read (struct listing *, DIR *, size_t namemax) ;
extern void listing_free (struct listing *) ;

#endif
