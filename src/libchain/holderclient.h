/* ISC license. */

#ifndef S6ACTIVATION_HOLDERCLIENT_H
#define S6ACTIVATION_HOLDERCLIENT_H

 /* What the client programs of the fd-holder share. All but the scanners end
    the process when they fail, with the exit codes of fdholder-errors(7). */

#include <stddef.h>

#include <skalibs/gccattributes.h>
#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

enum holderclient_timeout
{
  HOLDERCLIENT_TIMEOUT = 30000  /* default of -t, in milliseconds */
} ;

 /* A number of milliseconds and nothing else. 0: it is not one. */
extern int holderclient_scan_milliseconds (char const *, unsigned int *) ;

 /* Absolute time, so many milliseconds from STAMP; 0 milliseconds: tain_infinite. */
extern void holderclient_deadline (tain *, unsigned int) ;

 /* 100 if that is not an identifier. */
extern void holderclient_check_id (char const *) ;

 /* Reads the clock into STAMP, and connects. 111 where there is nothing to
    connect to, else refused. */
extern void holderclient_connect (fdholder *, char const *path, unsigned int milliseconds, tain *deadline, int refused) ;

 /* The same again, with the deadline that there is. */
extern void holderclient_reconnect (fdholder *, char const *path, tain const *deadline, int refused) ;

 /* "unable to DOING ID: errno (remedy)", without ID if it is 0; exits with code.
    The identifier is quoted. */
extern void holderclient_die (int code, char const *doing, char const *id) gccattr_noreturn ;
extern void holderclient_warn (char const *doing, char const *id) ;  /* and goes on */

 /* Becomes the program, or exits 0 if there is none. */
extern void holderclient_finish (char const *const *argv) gccattr_noreturn ;


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
