/* ISC license. */

#ifndef S6ACTIVATION_STORED_H
#define S6ACTIVATION_STORED_H

 /*
    What the program has stored: descriptors by name, several of a name told apart by
    numbers from 0. The holder has each as prefix, name, ":" and its number if that is not
    0, and ":nopoll" if it stays when it hangs up. Names have no colon, so all of that can
    be read from an identifier again.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <s6-activation/fdholder.h>

#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libdaemon/tree.h"

enum stored_numbers
{
  STORED_NUMBERS = 65536,
  STORED_MAX = STORED_NUMBERS / 2,  /* descriptors; there may be as many unwanted ones */
  STORED_SUFFIX_MAX = sizeof(":65535:nopoll") - 1,
  STORED_PREFIX_MAX = FDHOLDER_ID_MAX - STORED_SUFFIX_MAX - (sizeof("stored") - 1)
} ;

#define STORED_NAME_USUALLY "stored"

enum stored_state
{
  STORED_WANTED,  /* the holder is to have it */
  STORED_HELD,
  STORED_UNWANTED  /* the holder has it, or may have it, and is to forget it */
} ;

struct stored_name
{
  struct tree_node node ;
  struct list entries ;  /* by number */
  size_t len ;
  char s[] ;
} ;

struct stored_entry
{
  struct list same ;  /* of that name */
  struct list queue ;  /* the engine's: what the holder is to be told */
  uint64_t turn ;  /* the place in that queue */
  struct loop_watch hangup ;  /* the engine's */
  struct stored *stored ;
  struct stored_name *name ;
  uint32_t number ;
  int fd ;  /* -1: unwanted */
  dev_t device ;
  ino_t inode ;
  uint8_t state ;
  uint8_t isthere ;  /* the holder may have something by its identifier */
  uint8_t ispolled ;  /* it goes when it hangs up */
  uint8_t isseen ;  /* the engine's */
} ;

struct stored
{
  struct tree names ;
  char const *prefix ;
  size_t prefixlen ;
  uint32_t max ;
  uint32_t live ;  /* entries that have a descriptor */
  uint32_t count ;  /* all entries */
  void *owner ;  /* the engine's */
} ;

 /* prefix has at most STORED_PREFIX_MAX bytes, and stays. At most max descriptors are taken. */
extern void stored_init (struct stored *, char const *prefix, uint32_t max, void *owner) ;

 /* Can it be a name here? */
extern int stored_isname (struct stored const *, char const *, size_t) ;

 /* A new entry, or one that was unwanted, with a state of STORED_WANTED. fd is consumed
    even on failure. 0 and errno: EEXIST that very file is there by that name, ENFILE
    there are as many as there may be, ENOMEM. */
extern struct stored_entry *stored_add (struct stored *, char const *name, size_t, int fd, int ispolled) ;

 /* Would the holder have something of ours by that identifier? */
extern int stored_isid (struct stored const *, char const *id) ;

 /* What the holder has by that identifier, held, and over max too. fd is consumed even on
    failure. 0 and errno: EINVAL that is no identifier of ours; ENOMEM. */
extern struct stored_entry *stored_adopt (struct stored *, char const *id, int fd) ;

extern struct stored_entry *stored_find (struct stored const *, char const *id) ;  /* or 0 */

extern void stored_id (struct stored_entry const *, char *) ;  /* writes up to FDHOLDER_ID_MAX bytes, and a NUL */

 /* Its descriptor is closed; the entry stays. */
extern void stored_close (struct stored_entry *) ;

 /* Closes it and frees it. It must be in no queue and not watched. */
extern void stored_forget (struct stored_entry *) ;

 /* Calls the function with each entry: of that name, or all of them. It may forget that one. */
typedef void stored_func (void *, struct stored_entry *) ;
extern void stored_each_named (struct stored *, char const *name, size_t, stored_func *, void *) ;
extern void stored_each (struct stored *, stored_func *, void *) ;

#endif
