/* ISC license. */

#ifndef S6ACTIVATION_WIRE_STATE_H
#define S6ACTIVATION_WIRE_STATE_H

 /*
    The kept state: what one image of a holder leaves to the next one, which
    has its descriptors under the same numbers. A head with counts, then so
    many helpers, entries, connections, and descriptors that are being closed,
    in this order, then the SHA-256 of all that; or zeros, where who reads it knows
    who has written it. The version is the first byte: any other one is not read at
    all.

    Times are spans. They were counted when the head's clock was read, which is
    CLOCK_MONOTONIC, and goes on over exec(2).
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdwire/wire.h"

enum wire_state_sizes
{
  WIRE_STATE_VERSION = 2,
  WIRE_STATE_DIGEST = 32,
  WIRE_STATE_HEAD = 16 + 2 * TAIN_PACK + 5 * 4,
  WIRE_STATE_HELPER = 5,
  WIRE_STATE_ENTRY_MAX = 1 + 3 * 4 + 2 * TAIN_PACK + 2 * WIRE_ID_PACK_MAX,
  WIRE_STATE_CONNECTION_MAX = 3 + 6 * 4 + TAIN_PACK + 3 * WIRE_ID_PACK_MAX + WIRE_STATE_ENTRY_MAX,
  WIRE_STATE_CLOSING_MAX = 3 * 4 + WIRE_ID_PACK_MAX
} ;

struct wire_state_head
{
  tain clock ;  /* when it was written */
  tain uptime ;  /* of the first image */
  uint32_t upgrades ;  /* before the image that reads it */
  uint32_t helpers ;
  uint32_t entries ;
  uint32_t connections ;
  uint32_t closing ;
} ;

 /* A process that shares the old descriptor table, or buries connections for it. */
struct wire_state_helper
{
  pid_t pid ;
  uint8_t isneedless ;  /* it has nothing of its own to close */
} ;

 /* Entries come in the order of their ids. What is said of most, that it is held for
    ever, and for whom the one before is, is a bit. */
struct wire_state_entry
{
  int fd ;
  uint8_t issocket ;
  uint8_t isunix ;  /* then it is a socket */
  tain left ;  /* wire_isnever: for ever */
  tain age ;
  uid_t uid ;  /* whose it is; the rule is his, too */
  pid_t pid ;
  struct wire_id rule ;  /* empty: nobody's */
  struct wire_id id ;
} ;

enum wire_state_kind
{
  WIRE_STATE_ROOM = 'r',  /* waits for a place */
  WIRE_STATE_NEW = 'n',  /* has said nothing yet */
  WIRE_STATE_IDLE = 'i',
  WIRE_STATE_WAITING = 'w'  /* in the order in which they are to be answered */
} ;

struct wire_state_connection
{
  char kind ;
  uint8_t iss6 ;  /* its dialect */
  int fd ;
  int channel ;  /* the event pipe; -1: none */
  uid_t uid ;
  gid_t gid ;
  pid_t pid ;
  struct wire_id rule ;
  tain silent ;  /* for so long */
  uint32_t unread ;  /* descriptors that it was sent, at most */
  uint8_t flags ;  /* of the retrieve that waits */
  struct wire_id id ;  /* that it waits for */
  uint8_t iswatching ;
  uint8_t islost ;  /* it was not told of something, and does not know */
  struct wire_id glob ;  /* of what it is told; empty: all */
  uint8_t hasgiven ;
  struct wire_state_entry given ;  /* acknowledged, and it may be put back */
} ;

 /* Nobody needs it any longer. */
struct wire_state_closing
{
  int fd ;
  uint32_t unread ;  /* a connection that has ended: descriptors that it was sent, and may not have read; 0: what a client has sent */
  uid_t uid ;
  struct wire_id rule ;  /* empty: nobody's */
} ;

 /* The packers return the length written. Ids must have passed wire_id_check. */
extern size_t wire_state_pack_head (char *, struct wire_state_head const *) ;
extern size_t wire_state_pack_helper (char *, struct wire_state_helper const *) ;
extern size_t wire_state_pack_entry (char *, struct wire_state_entry const *, struct wire_state_entry const *before) ;  /* before: 0 for the first one */
extern size_t wire_state_pack_connection (char *, struct wire_state_connection const *) ;
extern size_t wire_state_pack_closing (char *, struct wire_state_closing const *) ;
extern void wire_state_seal (char *digest, char const *, size_t) ;  /* of all before; it comes last */

 /* Begins to read a whole state. 0: the reader is behind the head; else what
    is wrong, in words. Nothing is believed of what does not have its digest,
    which is not looked at if isproven: the bytes are as they were written. */
extern char const *wire_state_open (struct wire_reader *, struct wire_state_head *, char const *, size_t, int isproven) ;

 /* 0: the bytes are none. What they point into is what was opened. */
extern int wire_state_get_helper (struct wire_reader *, struct wire_state_helper *) ;
extern int wire_state_get_entry (struct wire_reader *, struct wire_state_entry *, struct wire_state_entry const *before) ;  /* likewise; another one than that */
extern int wire_state_get_connection (struct wire_reader *, struct wire_state_connection *) ;
extern int wire_state_get_closing (struct wire_reader *, struct wire_state_closing *) ;

#endif
