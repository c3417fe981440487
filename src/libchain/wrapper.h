/* ISC license. */

#ifndef S6ACTIVATION_WRAPPER_H
#define S6ACTIVATION_WRAPPER_H

#include <skalibs/gccattributes.h>

 /*
   A wrapper is a program that rewrites its command line into a chain:
   one program that binds a socket, s6-applyuidgid where privileges are
   to be dropped, and one that serves. A table says which of them takes
   which option; every option that was given is passed on, in its order.
   Where something listens already, the chain begins behind the binder.
 */

enum wrapper_part
{
  WRAPPER_BINDER,
  WRAPPER_DROPPER,  /* left out when none of its options was given */
  WRAPPER_SERVER,
  WRAPPER_PARTS
} ;

 /* What is checked before anything is done, so that no mistake costs a bound socket. */

enum wrapper_value
{
  WRAPPER_FLAG,  /* no value */
  WRAPPER_READINESS,  /* no value, and stdout must be there */
  WRAPPER_NUMBER,
  WRAPPER_LIMIT,  /* a number, of which 0 is passed on as 1 */
  WRAPPER_MODE,  /* octal, at most 7777 */
  WRAPPER_NUMBERS,  /* decimal, with commas between them, or "" */
  WRAPPER_TEXT
} ;

struct wrapper_option
{
  char letter ;
  enum wrapper_part part ;
  enum wrapper_value value ;
  char const *passed ;  /* the option's word in the chain */
} ;

#define WRAPPER_BINDING_OPTIONS \
  { 'd', WRAPPER_BINDER, WRAPPER_FLAG, "-d" }, \
  { 'D', WRAPPER_BINDER, WRAPPER_FLAG, "-D" }, \
  { 'b', WRAPPER_BINDER, WRAPPER_LIMIT, "-b" }

#define WRAPPER_UNIX_OPTIONS \
  { 'a', WRAPPER_BINDER, WRAPPER_MODE, "-a" }, \
  { 'o', WRAPPER_BINDER, WRAPPER_TEXT, "-o" }, \
  { 'e', WRAPPER_BINDER, WRAPPER_FLAG, "-e" }

#define WRAPPER_DROPPING_OPTIONS \
  { 'G', WRAPPER_DROPPER, WRAPPER_NUMBERS, "-G" }, \
  { 'g', WRAPPER_DROPPER, WRAPPER_NUMBER, "-g" }, \
  { 'u', WRAPPER_DROPPER, WRAPPER_NUMBER, "-u" }, \
  { 'U', WRAPPER_DROPPER, WRAPPER_FLAG, "-Uz" }

#define WRAPPER_VERBOSITY_OPTIONS \
  { 'q', WRAPPER_SERVER, WRAPPER_FLAG, "-v0" }, \
  { 'Q', WRAPPER_SERVER, WRAPPER_FLAG, "-v1" }, \
  { 'v', WRAPPER_SERVER, WRAPPER_FLAG, "-v2" }

#define WRAPPER_LIMIT_OPTIONS \
  { '1', WRAPPER_SERVER, WRAPPER_READINESS, "-1" }, \
  { 'c', WRAPPER_SERVER, WRAPPER_LIMIT, "-c" }, \
  { 'C', WRAPPER_SERVER, WRAPPER_LIMIT, "-C" }

#define WRAPPER_OPTIONS_END { 0, WRAPPER_PARTS, WRAPPER_FLAG, 0 }

struct wrapper
{
  char const *usage ;
  char const *binder ;
  char const *server ;
  unsigned int operands ;  /* how many the binder takes: an address */
  unsigned int needsprog : 1 ;  /* at least one more is needed, for the server */
  struct wrapper_option const *options ;
  char instead ;  /* the option with which nothing may have to be bound; 0: there is none */
  char const *const *(*take) (char const *const *operands) ;  /* words before the server's options: stdin is a socket that
                                                                 listens, neither binder nor operands are needed; 0: they are */
} ;

 /* Executes into the chain. Never returns: 100, 111, or what a failed exec gives. */
extern void wrapper_run (struct wrapper const *, int argc, char const *const *argv) gccattr_noreturn ;

#endif
