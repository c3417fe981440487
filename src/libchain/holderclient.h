/* ISC license. */

#ifndef S6ACTIVATION_HOLDERCLIENT_H
#define S6ACTIVATION_HOLDERCLIENT_H

 /* What the client programs of the fd-holder share. They end the process
    when they fail, with the exit codes of fdholder-errors(7). */

#include <skalibs/gccattributes.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

enum holderclient_change
{
  HOLDERCLIENT_READS,
  HOLDERCLIENT_ONE,  /* of the identifier */
  HOLDERCLIENT_ALL
} ;

enum holderclient_timeout
{
  HOLDERCLIENT_TIMEOUT = 30000  /* default of -t, in milliseconds */
} ;

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

 /* The same after a request; where the holder went away instead of answering, that is
    said, and, if it may have made a change, to look whether it is made. */
extern void holderclient_die_asking (fdholder const *, int code, char const *doing, char const *id, enum holderclient_change) gccattr_noreturn ;
extern void holderclient_die_for (int code, char const *doing, char const *id, char const *remedy) gccattr_noreturn ;  /* with that remedy */
extern void holderclient_warn (char const *doing, char const *id) ;  /* and goes on */

 /* Appends it as a line of output has it: what does not print is written with a
    backslash. 0: no memory. */
extern int holderclient_quote (stralloc *, char const *) ;

 /* Warns of a listening Unix socket whose path is gone, or leads elsewhere: nobody can
    connect to it then, and nothing else would tell. */
extern void holderclient_doubt_path (int fd) ;

 /* Becomes the program, or exits 0 if there is none. */
extern void holderclient_finish (char const *const *argv) gccattr_noreturn ;

#endif
