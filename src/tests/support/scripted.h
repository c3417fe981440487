/* ISC license. */

/* A daemon that does what a list of steps says: for what a real one never
   says, and for when it says it. */

#ifndef S6ACTIVATION_TESTS_SCRIPTED_H
#define S6ACTIVATION_TESTS_SCRIPTED_H

#include <sys/types.h>
#include <stddef.h>

enum step_kind
{
  STEP_END,
  STEP_ACCEPT,     /* closes the connection before, if there was one */
  STEP_HANDSHAKE,  /* native: takes the banner, sends the event pipe and the banner */
  STEP_LONGBANNER, /* the same, the second time with a length that is too much */
  STEP_READ,       /* takes n bytes from the client; exits 1 if they are not s, where s is given */
  STEP_SEND,       /* n bytes of s, with fds descriptors of /dev/null */
  STEP_DRIP,       /* the same, one byte at a time */
  STEP_EVENT,      /* n bytes of s to the event pipe */
  STEP_PAUSE,      /* n milliseconds */
  STEP_WAITEOF,    /* until the client closes; exits 1 if it says something else */
  STEP_CLOSE       /* the connection, and its event pipe */
} ;

struct step
{
  enum step_kind kind ;
  char const *s ;
  size_t n ;
  unsigned int fds ;
} ;

#define SEND(text, fds) { STEP_SEND, text, sizeof(text) - 1, fds }
#define DRIP(text, fds) { STEP_DRIP, text, sizeof(text) - 1, fds }
#define EVENT(text) { STEP_EVENT, text, sizeof(text) - 1, 0 }
#define READ(text) { STEP_READ, text, sizeof(text) - 1, 0 }
#define STEP(kind) { kind, 0, 0, 0 }
#define PAUSE(milliseconds) { STEP_PAUSE, 0, milliseconds, 0 }

 /* Listens on path in the working directory, and goes through the steps in a child. */
extern pid_t scripted_start (char const *path, struct step const *) ;

 /* Waits for it to end by itself, 5 seconds at most; 1 if it exited 0. */
extern int scripted_done (pid_t) ;

 /* How many descriptors this process has open. */
extern unsigned int count_open_fds (void) ;

#endif
