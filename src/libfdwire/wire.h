/* ISC license. */

#ifndef S6ACTIVATION_WIRE_H
#define S6ACTIVATION_WIRE_H

 /*
    The bodies of the fd-holder's messages, both dialects: the only place
    that knows their layout (fdholder-protocol(7)). Readers consume: each
    takes its bytes from the front and leaves the rest, or returns 0 and
    leaves a reader that can only fail.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#define WIRE_BANNER_CLIENT "s6-fdholder 1.0 (b)\n"
#define WIRE_BANNER_SERVER "s6-fdholder 1.0 (a)\n"
#define WIRE_BANNER_LEN (sizeof(WIRE_BANNER_CLIENT) - 1)
#define WIRE_CHANNEL_BYTE '|'  /* carries the event pipe in the native handshake */
#define WIRE_CROWDED_BYTE '~'  /* in its place: native is spoken here, but there is no place now */

enum wire_sizes
{
  WIRE_FDS_MAX = 253,  /* SCM_MAX_FD of the Linux kernel: descriptors in one frame */
  WIRE_ID_MAX = 255,
  WIRE_ID_PACK_MAX = 1 + WIRE_ID_MAX + 1,
  WIRE_ENTRY_MAX = TAIN_PACK + WIRE_ID_PACK_MAX,
  WIRE_REQUEST_MAX = 1 + WIRE_ENTRY_MAX,  /* the longest message outside a dump */
  WIRE_DUMPFRAME_MAX = 1 + WIRE_FDS_MAX * WIRE_ENTRY_MAX,  /* the longest within one */
  WIRE_EVENT_MAX = 1 + TAIN_PACK + WIRE_ID_PACK_MAX,
  WIRE_VERB_PACK = 1,
  WIRE_ERROR_PACK = 1,
  WIRE_LIST_HEADER_PACK = 5,
  WIRE_INSPECTED_FIELDS = 9,  /* strings behind an id */
  WIRE_INSPECTED_MAX = 8192,  /* an id and its strings, at most */
  WIRE_INSPECTFRAME_FULL = 32768,  /* nothing is added to a frame with so many bytes */
  WIRE_INSPECTFRAME_MAX = WIRE_INSPECTFRAME_FULL + WIRE_INSPECTED_MAX,
  WIRE_STATUS_REPLY_MAX = 1024,
  WIRE_GETDUMP_REPLY_PACK = 9,
  WIRE_SETDUMP_REPLY_PACK = 5
} ;

enum wire_verb
{
  WIRE_STORE = 'S',
  WIRE_REPLACE = 'P',  /* native only: as a store, and whatever is there goes in the same moment */
  WIRE_DELETE = 'D',
  WIRE_RETRIEVE = 'R',
  WIRE_WATCH = 'E',  /* native only: events follow on the pipe of the handshake */
  WIRE_ACKNOWLEDGE = 'A',  /* native only: confirms the retrieve-and-delete before it */
  WIRE_PUTBACK = 'B',  /* native only: undoes the acknowledgement before it */
  WIRE_LIST = 'L',
  WIRE_INSPECT = 'I',  /* native only: 0, frames of entries, and an empty one */
  WIRE_STATUS = 'Q',  /* native only: 0, then names and values of facts on the daemon */
  WIRE_KEEP = 'K',  /* native only, with an end of a channel (wire-keep.h): 0, with the listening
                       socket and a descriptor of the process */
  WIRE_GETDUMP = '?',
  WIRE_SETDUMP = '!',
  WIRE_DUMPFRAME = '.'
} ;

enum wire_setdump_flag
{
  WIRE_SETDUMP_NEW = 1  /* native only: EBUSY for the whole if one of the ids is held when it is applied */
} ;

enum wire_retrieve_flag
{
  WIRE_RETRIEVE_DELETE = 1,
  WIRE_RETRIEVE_WAIT = 2,  /* native only: the answer comes when the id is there, or is being taken no longer */
  WIRE_RETRIEVE_FOREIGN = 128  /* s6's dialect, from clients that know the native one: a daemon of s6 sees
                                  a flag that is not 0, ours answers EINVAL, and so is not mistaken for it */
} ;

 /* What the event pipe tells. */
enum wire_event_kind
{
  WIRE_EVENT_STORED = 's',
  WIRE_EVENT_REPLACED = 'r',
  WIRE_EVENT_DELETED = 'd',
  WIRE_EVENT_EXPIRED = 'x',
  WIRE_EVENT_LOST = 'l'  /* some that came before; it has no id */
} ;

 /* Points into the message that it was read from. s[len] is a NUL. */
struct wire_id
{
  char const *s ;
  uint8_t len ;
} ;

struct wire_entry
{
  tain limit ;
  struct wire_id id ;
} ;

struct wire_event
{
  char kind ;
  tain when ;
  struct wire_id id ;  /* s is 0 for WIRE_EVENT_LOST */
} ;

struct wire_inspected
{
  uint64_t age ;  /* milliseconds */
  uint64_t left ;
  uint32_t uid ;
  uint32_t pid ;
  uint8_t expires ;  /* else nothing is said of left */
} ;

struct wire_reader
{
  char const *s ;
  size_t len ;
} ;

struct wire_request
{
  char verb ;
  uint8_t nfds ;  /* descriptors that belong to it */
  uint8_t flags ;  /* WIRE_RETRIEVE; WIRE_SETDUMP, where they are only sent if there are any */
  uint32_t total ;  /* WIRE_SETDUMP */
  struct wire_entry entry ;  /* WIRE_STORE, WIRE_REPLACE; its id for WIRE_DELETE and WIRE_RETRIEVE;
                                 its id, or none, is the glob of WIRE_WATCH */
  struct wire_reader entries ;  /* WIRE_DUMPFRAME */
} ;

extern void wire_reader_init (struct wire_reader *, char const *, size_t) ;
#define wire_reader_isempty(r) (!(r)->len)
extern int wire_get_u8 (struct wire_reader *, uint8_t *) ;
extern int wire_get_u32 (struct wire_reader *, uint32_t *) ;
extern int wire_get_tain (struct wire_reader *, tain *) ;
extern int wire_get_id (struct wire_reader *, struct wire_id *) ;
extern int wire_get_string (struct wire_reader *, char const **, size_t *) ;
extern int wire_get_entry (struct wire_reader *, struct wire_entry *) ;

 /* Is a limit that is so far away none at all? */
extern int wire_isnever (tain const *left) ;


 /* Is this an id? 1 to 255 bytes, no NUL. The one validator of the package.
    0, or the errno that says why not: EINVAL, ENAMETOOLONG. */
extern int wire_id_check (char const *, size_t) ;

 /* Requests. The packers return the length written; the id must have
    passed wire_id_check. */
extern size_t wire_pack_store (char *, tain const *, char const *, size_t) ;
extern size_t wire_pack_replace (char *, tain const *, char const *, size_t) ;
extern size_t wire_pack_delete (char *, char const *, size_t) ;
extern size_t wire_pack_retrieve (char *, uint8_t, char const *, size_t) ;
extern size_t wire_pack_watch (char *, char const *, size_t) ;  /* length 0: everything */
extern size_t wire_pack_setdump (char *, uint32_t total, uint8_t flags) ;
extern size_t wire_pack_id (char *, char const *, size_t) ;  /* part of others */
extern size_t wire_pack_verb (char *, enum wire_verb) ;  /* without arguments; of WIRE_DUMPFRAME, before its entries */
extern size_t wire_pack_entry (char *, tain const *, char const *, size_t) ;

 /* 0; EPROTO where the bytes are not a request; ENOSYS for an unknown verb;
    EINVAL where the frame is sound and holds an id that is none. nfds is
    always set: 0 for what is not understood. */
extern int wire_unpack_request (struct wire_request *, char const *, size_t) ;

 /* Replies. An errno is a whole one; 0 begins the others. */
extern size_t wire_pack_error (char *, int) ;
extern size_t wire_pack_list_header (char *, uint32_t) ;
extern size_t wire_pack_getdump_reply (char *, uint32_t) ;  /* argument: the total */
extern size_t wire_pack_setdump_reply (char *, uint32_t) ;  /* argument: the total */

 /* Events. Of WIRE_EVENT_LOST the id is not looked at. 0: that is no event. */
extern size_t wire_pack_event (char *, enum wire_event_kind, tain const *, char const *, size_t) ;
extern int wire_unpack_event (struct wire_event *, char const *, size_t) ;

 /* What is told of entries, and of the daemon, is strings, each with its NUL. */
extern size_t wire_pack_string (char *, char const *) ;
extern size_t wire_pack_seconds (char *, uint64_t milliseconds) ;
extern size_t wire_pack_number_fact (char *, char const *name, uint64_t value) ;

 /* One entry of an inspection: the id, then WIRE_INSPECTED_FIELDS strings: kind
    address state queue backlog, which are in found, len bytes; uid pid age left. */
extern size_t wire_pack_inspected (char *, char const *id, char const *found, size_t len, struct wire_inspected const *) ;

 /* How many frames a dump of so many descriptors takes. */
#define wire_dump_frames(total) ((total) ? 1 + ((total) - 1) / WIRE_FDS_MAX : 0)

 /* 1 where the whole reply is an error: its errno is in *e. Takes the first byte. */
extern int wire_get_error (struct wire_reader *, int *) ;

 /* What follows where it is none. 0: that is no such reply. */
extern int wire_unpack_list_reply (struct wire_reader *, uint32_t *n) ;  /* leaves n ids, each with a NUL, and nothing else */
extern int wire_unpack_getdump_reply (struct wire_reader *, uint32_t *frames, uint32_t *total) ;
 /* Consumes one entry. s points to the id, with len bytes of ten strings, each with its NUL. 0: that is none. */
extern int wire_get_inspected (struct wire_reader *, char const **, size_t *) ;

 /* How many strings there are, which is an even number. 0: no such reply. */
extern int wire_unpack_status_reply (struct wire_reader const *, size_t *) ;
extern int wire_unpack_setdump_reply (struct wire_reader *, uint32_t *frames) ;

#endif
