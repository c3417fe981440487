/* ISC license. */

#ifndef S6ACTIVATION_DUMPENVIRONMENT_H
#define S6ACTIVATION_DUMPENVIRONMENT_H

#include <stddef.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include <s6-activation/fdholder.h>

 /* The environment that a dump is passed in: S6_FD# is the count, and for
    every i below it S6_FD_i the descriptor, S6_FDID_i the identifier and,
    where it expires, S6_FDLIMIT_i the time limit as external TAI64N. */

enum dumpenvironment_problem
{
  DUMPENVIRONMENT_NOTSET,
  DUMPENVIRONMENT_INVALID,
  DUMPENVIRONMENT_NOMEMORY
} ;

enum { DUMPENVIRONMENT_NAME_SIZE = 32 } ;

struct dumpenvironment_error
{
  enum dumpenvironment_problem problem ;
  char name[DUMPENVIRONMENT_NAME_SIZE] ;  /* of the variable */
} ;

 /* Appends fdholder_entry to the genalloc; their ids point into the environment.
    Looks at no descriptor. 0: *error says what is wrong with which variable. */
extern int dumpenvironment_read (genalloc *, char const *const *envp, struct dumpenvironment_error *) ;

 /* envp without what described another dump, and with the description of this
    one: a null-terminated array, all of it in *storage and *pointers. 0: ENOMEM. */
extern int dumpenvironment_write (stralloc *storage, genalloc *pointers, char const *const *envp, fdholder_entry const *, size_t) ;

 /* Is that one of the variables, and of which entry? */
enum dumpenvironment_kind
{
  DUMPENVIRONMENT_OTHER,
  DUMPENVIRONMENT_COUNT,
  DUMPENVIRONMENT_FD,
  DUMPENVIRONMENT_ID,
  DUMPENVIRONMENT_LIMIT
} ;

extern enum dumpenvironment_kind dumpenvironment_classify (char const *, unsigned int *, char const **value) ;

#endif
