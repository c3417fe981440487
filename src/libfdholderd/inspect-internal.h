/* ISC license. */

#ifndef S6ACTIVATION_INSPECT_INTERNAL_H
#define S6ACTIVATION_INSPECT_INTERNAL_H

 /* What the files of the inspect module share. */

#include <stdint.h>

#include "libfdholderd/describe.h"
#include "libfdholderd/inspect.h"
#include "libfdwire/wire.h"

 /* What the process tells of itself while it runs. */
struct inspect_page
{
  uint64_t serial ;  /* of the entry that it is at; 0: of none. Written after the id. */
  char id[WIRE_ID_MAX + 1] ;
} ;

 /* In the file, before the id, what describe_fd found, and nothing else: that
    is len bytes, of strings. */
struct inspect_record
{
  uint64_t serial ;
  uint32_t len ;
} ;

 /* inspect-process.c: writes all of the store into the file. Returns the
    process that does, or 0 where it was done at once; -1 and errno. */
extern pid_t inspect_begin (struct inspect const *, enum describe_depth) ;

 /* inspect-result.c */

extern struct inspect_result *inspect_result_new (int file, int error) ;  /* of what the file has, if there is no error; never 0, and one reference is the caller's */
extern void inspect_result_unref (struct inspect_result *) ;
extern void inspect_result_take (struct inspection *, struct inspect_result *) ;  /* it has none yet */
extern void inspect_result_leave (struct inspection *) ;
extern void inspect_result_move (struct inspection *, struct inspect_result *) ;  /* from a result to a later one, unless one of both is an error */

#endif
