/* ISC license. */

/*
   The client side of the fd-holding daemon, s6-fdholderd. Every call is
   synchronous and ends at its deadline. The bytes on the wire, and who
   may say what when, are in fdholder-protocol(7).

   Common to all calls:

   - deadline is an absolute time, *stamp the current one on entry; the
     call brings *stamp up to date. With skalibs: tain_now_g() first, and
     the macros that end in _g use STAMP. tain_infinite is no deadline.
   - 1 (or a descriptor) is success; 0 (or -1) is failure, with errno set.
     What the daemon answers: EPERM (the rules give no right to this),
     ENOENT (no such id), EBUSY (the id is taken, or somebody is taking
     it), ENFILE (the daemon is full),
     EDQUOT (the rules let this user have no more stored), EINVAL (not an id, or a time limit
     in the past), ENAMETOOLONG (an id of more than 255 bytes), ELOOP (a
     connection to the daemon cannot be stored in it).
     What the connection suffers: EPIPE (closed by the daemon, most often
     because its rules do not let us in; fdholder_islost), ETIMEDOUT (the deadline came
     first), EPROTO (that is no fd-holding daemon). After one of these
     the connection is of no more use: end it.
     And what any system call may say: EBADF, ENOMEM, EMFILE. After such
     a one in the midst of an answer the connection is of no more use
     either: all further calls fail in the same way.
   - a connection that breaks before anything of an answer has come, and
     on which the daemon has said something before, is made anew, once,
     and the request repeated, where that can do no harm: replace,
     retrieve, list, inspect, getdump, watch; but not while the connection tells of
     changes. That is so for a path that leads there still, if it is
     relative. The others end with EPIPE: what was asked for may be done.
   - an id is a string of 1 to 255 bytes.
   - descriptors that are received have their close-on-exec flag set.
   - No call raises SIGPIPE, or touches signals otherwise.
*/

#ifndef S6_ACTIVATION_FDHOLDER_H
#define S6_ACTIVATION_FDHOLDER_H

#include <errno.h>
#include <sys/types.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/textclient.h>

enum fdholder_limit_e
{
  FDHOLDER_ID_MAX = 255, /* bytes of an id */
  FDHOLDER_PATH_MAX = 107 /* bytes of a socket's path */
} ;

 /* A connection. fdholder_start fills it: no need to initialise it before.
    Its descriptors are close-on-exec, so a program that only executes
    another one afterwards need not end it. */

typedef struct fdholder_s fdholder, *fdholder_ref ;
struct fdholder_s
{
  int error ;             /* 0, or the errno that made the connection useless */
  unsigned char connected ;  /* connect(2) has succeeded */
  unsigned char s6 ;      /* the daemon speaks s6's dialect: no acknowledgement, no events */
  unsigned char heard ;   /* what the daemon has said */
  unsigned char watches ; /* it is to tell of changes */
  char path[FDHOLDER_PATH_MAX + 1] ;  /* where to connect again */
  textclient client ;
} ;
#define FDHOLDER_ZERO { .error = 0, .connected = 0, .s6 = 0, .heard = 0, .watches = 0, .path = "", .client = TEXTCLIENT_ZERO }

#define fdholder_fd(h) textmessage_sender_fd(&(h)->client.syncout)

 /* After fdholder_start has failed: was there anything to connect to? */
#define fdholder_isconnected(h) ((h)->connected)

 /* After EPIPE: has the daemon gone away, or ended the connection, having said
    something before? Else it most likely does not let us in. */
#define fdholder_islost(h) ((h)->error == EPIPE && (h)->heard)

 /* Connects to the daemon at path. Its own dialect is tried first; if it
    closes the connection before it has said anything, connects once more
    and speaks s6's dialect. A full backlog is waited for until the deadline,
    and so is a place in a daemon that has none free.
    errno, before connect(2) has succeeded: what socket(2) and connect(2)
    say, ENAMETOOLONG for the path, ETIMEDOUT for a backlog that stays full;
    after: EPIPE, ETIMEDOUT, EPROTO. After a failure there is nothing to end. */
extern int fdholder_start (fdholder *h, char const *path, tain const *deadline, tain *stamp) ;
#define fdholder_start_g(h, path, deadline) fdholder_start(h, path, (deadline), &STAMP)

 /* Closes the connection. Always succeeds, keeps errno. */
extern void fdholder_end (fdholder *h) ;

 /* Stores a copy of fd as id; fd stays open, and the caller's.
    limit: absolute time (TAI64N) at which the daemon forgets it, or 0: never.
    EBUSY if the id exists, EINVAL if limit has passed, EBADF if fd is none. */
extern int fdholder_store (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp) ;
#define fdholder_store_g(h, fd, id, limit, deadline) fdholder_store(h, fd, id, limit, (deadline), &STAMP)

 /* The same, and what is there as id goes in the same moment: there is none in
    which nothing is. That is so for who is taking it, too (acknowledge: ENOENT),
    and in a daemon that is full.
    ENOSYS: the daemon is s6's, or too old. */
extern int fdholder_replace (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp) ;
#define fdholder_replace_g(h, fd, id, limit, deadline) fdholder_replace(h, fd, id, limit, (deadline), &STAMP)

 /* The daemon closes and forgets what is stored as id. */
extern int fdholder_delete (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_delete_g(h, id, deadline) fdholder_delete(h, id, (deadline), &STAMP)

 /* Returns a descriptor, the caller's to close: a copy of what is stored as id. -1 on failure. */
extern int fdholder_retrieve (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_retrieve_g(h, id, deadline) fdholder_retrieve(h, id, (deadline), &STAMP)

 /* The same, and the daemon forgets the id, once it has heard that the
    descriptor has arrived: whatever fails before, it is still stored.
    (A daemon of s6 forgets it when it has sent its answer.)
    EAGAIN: this connection was taken for one to a daemon of s6, and is not:
    nothing was taken, end it and start again. */
extern int fdholder_retrieve_delete (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_retrieve_delete_g(h, id, deadline) fdholder_retrieve_delete(h, id, (deadline), &STAMP)

 /* The same in steps, for who has something to do before it is final.
    take returns the descriptor; the id is in use until acknowledge, and stays
    if the connection ends, or says something else, before that.
    acknowledge makes the daemon forget it.
    putback, the next call on the connection after it, makes it what it was,
    time limit included. EBUSY: somebody has stored under the id meanwhile.
    ENOENT: the limit has passed. ENOSYS: the daemon is s6's, or too old: store
    it again. What the daemon keeps for that is gone when the connection ends,
    or says something else: executing a program is enough.
    (A daemon of s6 forgets the id at once; acknowledge does nothing there.) */
extern int fdholder_take (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_take_g(h, id, deadline) fdholder_take(h, id, (deadline), &STAMP)
extern int fdholder_acknowledge (fdholder *h, tain const *deadline, tain *stamp) ;
#define fdholder_acknowledge_g(h, deadline) fdholder_acknowledge(h, (deadline), &STAMP)
extern int fdholder_putback (fdholder *h, tain const *deadline, tain *stamp) ;
#define fdholder_putback_g(h, deadline) fdholder_putback(h, (deadline), &STAMP)

 /* As fdholder_retrieve and fdholder_take, but where there is no such id they
    wait for it; await_take also while somebody else is taking it: of those that take
    it, the one who has waited for longest gets it. What the daemon's rules say
    is asked again when it is there.
    A waiting connection is among the first that a full daemon ends: it is made
    anew then, as often as it takes.
    ENOSYS: this daemon cannot wait, and there is no such id. After a failure
    the connection may have been ended; to end it again does no harm. */
extern int fdholder_await (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_await_g(h, id, deadline) fdholder_await(h, id, (deadline), &STAMP)
extern int fdholder_await_take (fdholder *h, char const *id, tain const *deadline, tain *stamp) ;
#define fdholder_await_take_g(h, id, deadline) fdholder_await_take(h, id, (deadline), &STAMP)

 /* Appends all ids to *ids, each with a final NUL, and writes how many to *count.
    On failure *ids is as before. */
extern int fdholder_list (fdholder *h, stralloc *ids, size_t *count, tain const *deadline, tain *stamp) ;
#define fdholder_list_g(h, ids, count, deadline) fdholder_list(h, ids, count, (deadline), &STAMP)

 /* The same, in detail: for each id FDHOLDER_FIELDS strings, the id and what it
    is, each with a final NUL; *count is how many ids. What the daemon's kernel
    does not tell is empty. What goes while the answer is made is left out.
    ENOSYS: the daemon is s6's, or too old. */
enum fdholder_field_e
{
  FDHOLDER_FIELD_ID,
  FDHOLDER_FIELD_KIND,     /* tcp udp unix-stream unix-dgram unix-seqpacket vsock socket pipe fifo file directory
                              device memfd pidfd eventfd anon */
  FDHOLDER_FIELD_ADDRESS,  /* 1.2.3.4:80 [::1]:80 path @abstract cid:port; a memfd's name, a pidfd's pid */
  FDHOLDER_FIELD_STATE,    /* listening connected bound unbound; read write both */
  FDHOLDER_FIELD_QUEUE,    /* connections that wait to be accepted, of a listening socket, */
  FDHOLDER_FIELD_BACKLOG,  /* and how many may */
  FDHOLDER_FIELD_UID,      /* who has stored it */
  FDHOLDER_FIELD_PID,
  FDHOLDER_FIELD_AGE,      /* since then: seconds, with three decimals */
  FDHOLDER_FIELD_LEFT,     /* until it is forgotten; empty: never */
  FDHOLDER_FIELDS
} ;
extern int fdholder_inspect (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp) ;
#define fdholder_inspect_g(h, strings, count, deadline) fdholder_inspect(h, strings, count, (deadline), &STAMP)


 /* What changes */

enum fdholder_change_e
{
  FDHOLDER_STORED = 's',
  FDHOLDER_REPLACED = 'r',
  FDHOLDER_DELETED = 'd',  /* also: retrieved and deleted */
  FDHOLDER_EXPIRED = 'x',
  FDHOLDER_LOST = 'l'  /* there were others, and no room for them: look again */
} ;

typedef struct fdholder_change_s fdholder_change, *fdholder_change_ref ;
struct fdholder_change_s
{
  int kind ;  /* enum fdholder_change_e */
  tain when ;  /* by the daemon's wall clock */
  char id[FDHOLDER_ID_MAX + 1] ;  /* empty: FDHOLDER_LOST has none */
} ;

 /* From now on the daemon tells of changes, until the connection ends: of ids that
    match the glob, as fnmatch(3) without flags has it, or of all if that is 0. A
    second call changes the glob. It takes the right to list, which is asked for
    again when there is something to tell: who has lost it is disconnected.
    EINVAL: a bracket, or a backslash, with nothing that ends it. ENOSYS: the daemon
    is s6's, or too old. */
extern int fdholder_watch (fdholder *h, char const *glob, tain const *deadline, tain *stamp) ;
#define fdholder_watch_g(h, glob, deadline) fdholder_watch(h, glob, (deadline), &STAMP)

 /* The next change, waited for until the deadline. ETIMEDOUT: there is none, and
    the connection is as good as before. Others can be asked for meanwhile.
    To wait for it yourself, poll fdholder_eventfd for reading when the last call
    has failed with ETIMEDOUT, for several may have been read at once. */
extern int fdholder_event (fdholder *h, fdholder_change *change, tain const *deadline, tain *stamp) ;
#define fdholder_event_g(h, change, deadline) fdholder_event(h, change, (deadline), &STAMP)
#define fdholder_eventfd(h) textclient_fd(&(h)->client)

 /* Facts on the daemon: appends names and values in turns, each with its final
    NUL, as fdholder-protocol(7) has them, and writes how many pairs to *count.
    ENOSYS: the daemon is s6's, or too old. */
extern int fdholder_status (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp) ;
#define fdholder_status_g(h, strings, count, deadline) fdholder_status(h, strings, count, (deadline), &STAMP)

 /* Becomes the keeper of a daemon of ours, as s6-fdholderd -k is one: channel is
    an end of a pair of stream sockets, and stays the caller's; what is held comes
    by the other one. fds: the socket that the daemon listens on, and a
    pidfd of it. EBUSY: it has a keeper. EPERM: only root, and the daemon's own
    user, may be that. ESHUTDOWN: it ends. ENOSYS: the daemon is too old. */
extern int fdholder_keep (fdholder *h, int channel, int fds[2], tain const *deadline, tain *stamp) ;
#define fdholder_keep_g(h, channel, fds, deadline) fdholder_keep(h, channel, fds, (deadline), &STAMP)


 /* Everything at once */

typedef struct fdholder_entry_s fdholder_entry, *fdholder_entry_ref ;
struct fdholder_entry_s
{
  char const *id ;
  int fd ;
  unsigned int expires ;  /* 0: never, and limit means nothing */
  tain limit ;            /* absolute, TAI64N */
} ;

typedef struct fdholder_dump_s fdholder_dump, *fdholder_dump_ref ;
struct fdholder_dump_s
{
  genalloc entries ;  /* fdholder_entry */
  stralloc ids ;      /* where the entries' ids point to */
} ;
#define FDHOLDER_DUMP_ZERO { .entries = GENALLOC_ZERO, .ids = STRALLOC_ZERO }

#define fdholder_dump_entries(dump) genalloc_s(fdholder_entry, &(dump)->entries)
#define fdholder_dump_count(dump) genalloc_len(fdholder_entry, &(dump)->entries)

 /* Gets a copy of everything that is stored. *dump must be FDHOLDER_DUMP_ZERO;
    its descriptors belong to it, until fdholder_dump_free closes them or the
    caller sets them to -1. The soft limit of open files is raised by the
    number that is to come; ENFILE if the hard limit does not allow it.
    On failure *dump is FDHOLDER_DUMP_ZERO again. */
extern int fdholder_getdump (fdholder *h, fdholder_dump *dump, tain const *deadline, tain *stamp) ;
#define fdholder_getdump_g(h, dump, deadline) fdholder_getdump(h, dump, (deadline), &STAMP)

 /* Closes the descriptors that are not negative, frees the memory. Keeps errno. */
extern void fdholder_dump_free (fdholder_dump *dump) ;

 /* Stores copies of n entries: all of them or, on failure, none. What is stored
    already stays, but an id that is there gets the new descriptor. Entries whose
    limit has passed are left out. The descriptors stay open, and the caller's. */
extern int fdholder_setdump (fdholder *h, fdholder_entry const *entries, size_t n, tain const *deadline, tain *stamp) ;
#define fdholder_setdump_g(h, entries, n, deadline) fdholder_setdump(h, entries, n, (deadline), &STAMP)

 /* The same. FDHOLDER_SETDUMP_NEW: EBUSY, and nothing is stored, if one of the ids is
    held, or being taken, when they are to be stored.
    ENOSYS, where there are flags: the daemon is s6's, or too old. */
enum fdholder_setdump_e
{
  FDHOLDER_SETDUMP_NEW = 1
} ;
extern int fdholder_setdump_flags (fdholder *h, fdholder_entry const *entries, size_t n, unsigned int flags, tain const *deadline, tain *stamp) ;
#define fdholder_setdump_flags_g(h, entries, n, flags, deadline) fdholder_setdump_flags(h, entries, n, flags, (deadline), &STAMP)

#endif
