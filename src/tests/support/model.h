/* ISC license. */

/* A small model of the fd-holder: what it holds, what each connection has
   under way, and so what it must answer. It knows the protocol's text, and
   nothing of the daemon's code. */

#ifndef S6ACTIVATION_TESTS_MODEL_H
#define S6ACTIVATION_TESTS_MODEL_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "rawclient.h"
#include "testdaemon.h"

#ifdef MODEL_LARGE
enum model_sizes
{
  MODEL_IDS = 700,
  MODEL_MAX = 600,
  MODEL_FRAME_MAX = WIRE_FDS_MAX
} ;
#else
enum model_sizes
{
  MODEL_IDS = 40,
  MODEL_MAX = 20,  /* -n of the daemon */
  MODEL_FRAME_MAX = 8  /* entries that a frame of a dump has at most here */
} ;
#endif

enum model_numbers
{
  MODEL_FILES = 24,
  MODEL_CLIENTS = 6,
  MODEL_NOTHING = -1,
  MODEL_ROOM = FRAME_S6_HEADER + WIRE_REQUEST_MAX + MODEL_FRAME_MAX * WIRE_ENTRY_MAX  /* for any request */
} ;

enum model_limit
{
  LIMIT_NEVER,
  LIMIT_SOON,  /* within a second: one moment for all, so that limits are equal */
  LIMIT_LATE,  /* in an hour */
  LIMIT_PAST,
  LIMIT_ABSURD  /* the last second that there is */
} ;

enum model_defect
{
  DEFECT_NONE,
  DEFECT_TAIL,  /* a byte too many */
  DEFECT_SHORT,  /* a byte too few */
  DEFECT_FDS,  /* one descriptor too many, or too few */
  DEFECT_LENGTH,  /* a length that no message has */
  DEFECT_ID_EMPTY,
  DEFECT_ID_NUL,
  DEFECT_VERB
} ;

struct model_item
{
  int id ;
  int file ;
  enum model_limit limit ;
} ;

struct model_request
{
  char verb ;
  enum model_defect defect ;
  unsigned int flags ;
  uint32_t total ;
  unsigned int n ;  /* items: 1 where the verb names an id */
  struct model_item items[MODEL_FRAME_MAX] ;
} ;

struct model_entry
{
  int file ;  /* MODEL_NOTHING: not held */
  enum model_limit limit ;
  int taker ;  /* the connection that has it marked */
} ;

struct model_client
{
  struct rawclient raw ;
  int isopen ;
  int user ;  /* 0: may everything; 1: see model_may */
  int taking ;  /* the id, or MODEL_NOTHING */
  int istakinggone ;  /* what it took was replaced, or has expired */
  int isgiven ;  /* it has acknowledged given, and may put it back */
  struct model_item given ;
  uint32_t total ;  /* of the dump under way */
  uint32_t staged ;
  int isnew ;  /* none of its ids may be held */
  struct model_item items[MODEL_MAX] ;
  int ishalf ;  /* a message was sent in part: half, of which the rest is halfframe */
  struct model_request half ;
  char rest[MODEL_ROOM] ;
  size_t restlen ;
} ;

struct model
{
  struct testdaemon *daemon ;
  struct rawclient checkers[2] ;  /* native, s6 */
  struct model_entry held[MODEL_IDS] ;
  struct model_client clients[MODEL_CLIENTS] ;
  int files[MODEL_FILES] ;
  struct stat stats[MODEL_FILES] ;
  tain soon ;  /* LIMIT_SOON */
  int isurgent ;  /* use it often */
  unsigned int baseline ;  /* descriptors of the daemon that are none of the model's */
  unsigned int graves ;  /* connections that it may keep for a while after their end: flight.h */
  uint64_t random ;
} ;

extern char const *model_id (int) ;
extern unsigned int model_random (struct model *, unsigned int) ;  /* below that number */
extern void model_init (struct model *, struct testdaemon *, uint64_t seed) ;

 /* The answer to the request, and what it changes. *file: what comes with it.
    Where the daemon closes, the client is closed in the model. */
extern int model_expect (struct model *, int client, struct model_request const *, int *file) ;
extern void model_disconnect (struct model *, int client) ;
extern unsigned int model_count (struct model const *) ;
extern unsigned int model_used (struct model const *) ;  /* of MODEL_MAX: what may be put back has its place */

 /* For model-time.c and model.c: has that limit come; the entry goes, and
    whoever was taking it takes nothing. */
extern int model_ispast (struct model const *, enum model_limit) ;
extern void model_forget (struct model *, int id) ;

 /* A request for that connection; one without conditions. */
extern void model_choose (struct model *, int client, struct model_request *) ;
extern void model_choose_plain (struct model *, int client, struct model_request *) ;

 /* Before anything is sent: waits where a limit is so near that nobody could
    say which side of it the request will fall, and lets pass what has expired. */
extern void model_settle (struct model *) ;
extern unsigned int model_let_expire (struct model *) ;  /* waits for the next limit: how many expired by it */
extern int model_issoon (struct model *) ;  /* is there still time to use LIMIT_SOON? */

 /* The bytes and descriptors of a request. The frame with its header. */
extern size_t model_pack (struct model const *, struct model_request const *, enum frame_dialect, char *frame, int *fds, unsigned int *nfds) ;

 /* Compares list, dump and /proc/PID/fd. 0, or what differs. */
extern char const *model_compare (struct model *) ;

 /* Waits until the daemon has only open what the model knows. 0, or what differs. */
extern char const *model_await_graves (struct model *) ;

 /* Lets the daemon see what was sent or closed before. */
extern void model_synchronize (struct model *) ;

 /* What happens to the holder now and then. */
enum model_disturbance
{
  MODEL_UNDISTURBED,
  MODEL_UPGRADES,  /* it executes itself */
  MODEL_KILLS  /* that, and worker or keeper is killed */
} ;

 /* model-disturb.c: it begins, with a log; something happens: what, in words, or 0; it ends. */
extern void model_begin_disturbed (struct testdaemon *, enum model_disturbance, char const *maxfds) ;
extern char const *model_disturb (struct model *, enum model_disturbance) ;
extern void model_end_disturbed (struct model *) ;

 /* model-run.c: all of a test. argv: how many operations, which seed. Returns what main returns. */
extern int model_run (int argc, char const *const *argv, unsigned long usual, enum model_disturbance) ;

#endif
