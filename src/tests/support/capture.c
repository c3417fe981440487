/* ISC license. */

#include <unistd.h>

#include "capture.h"
#include "tap.h"

void capture_begin (struct capture *c, struct log *log, unsigned int verbosity)
{
  if (pipe(c->pipe) == -1) tap_bail("pipe") ;
  c->log = log ;
  nowait_init(&log->out, c->pipe[1]) ;
  log->verbosity = verbosity ;
}

void capture_end (struct capture *c, char *s, size_t room)
{
  ssize_t r ;
  c->log->verbosity = 0 ;
  nowait_free(&c->log->out) ;
  nowait_init(&c->log->out, 2) ;
  close(c->pipe[1]) ;
  r = read(c->pipe[0], s, room - 1) ;
  s[r > 0 ? r : 0] = 0 ;
  close(c->pipe[0]) ;
}
