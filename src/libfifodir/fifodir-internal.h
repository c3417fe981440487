/* ISC license. */

#ifndef S6ACTIVATION_FIFODIR_INTERNAL_H
#define S6ACTIVATION_FIFODIR_INTERNAL_H

 /* The names in a directory, one after the other: where the system allows it without
    memory of malloc's, of which a supervisor has no other need. */

#include <dirent.h>
#include <stddef.h>

enum { FIFODIR_NAMES_AT_ONCE = 1024 } ;  /* bytes; a name takes 280 at most */

struct fifodir_names
{
  int fd ;
  DIR *dir ;  /* where there is no other way */
  size_t at ;
  size_t len ;
  union
  {
    char s[FIFODIR_NAMES_AT_ONCE] ;
    unsigned long long aligned ;
  } buffer ;
} ;

 /* 0 and errno. */
extern int fifodir_names_open (struct fifodir_names *, char const *path) ;

 /* 0: there is none left, errno is 0; or an error. */
extern char const *fifodir_names_next (struct fifodir_names *) ;
extern void fifodir_names_close (struct fifodir_names *) ;

#endif
