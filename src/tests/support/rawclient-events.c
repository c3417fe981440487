/* ISC license. */

/* What the raw client reads from its event pipe. */

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "rawclient.h"

enum { PATIENCE_MILLISECONDS = 30000, TEXT_ROOM = 65536 } ;

static int wait_for_it (int fd, int milliseconds)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, milliseconds) == 1 ;
}

static int read_all (int fd, char *s, size_t len)
{
  size_t n = 0 ;
  while (n < len && wait_for_it(fd, PATIENCE_MILLISECONDS))
  {
    ssize_t r = read(fd, s + n, len - n) ;
    if (r <= 0) break ;
    n += r ;
  }
  return n == len ;
}

 /* A frame; the banner of the handshake is none of the events. 0: there is none. */

static int read_message (int fd, char *s, uint32_t *len)
{
  char header[FRAME_NATIVE_HEADER] ;
  do
  {
    if (!read_all(fd, header, sizeof(header))) return 0 ;
    uint32_unpack_big(header, len) ;
    if (*len > WIRE_EVENT_MAX || !read_all(fd, s, *len)) return 0 ;
  }
  while (*len == WIRE_BANNER_LEN && !memcmp(s, WIRE_BANNER_SERVER, WIRE_BANNER_LEN)) ;
  return 1 ;
}

char const *raw_events (struct rawclient *c, unsigned int n)
{
  static char text[TEXT_ROOM] ;
  size_t at = 0 ;
  text[0] = 0 ;
  while (n-- && at < TEXT_ROOM - WIRE_EVENT_MAX)
  {
    char s[WIRE_EVENT_MAX] ;
    uint32_t len ;
    struct wire_event event ;
    char const *space = at ? " " : "" ;
    if (!wait_for_it(c->channel, PATIENCE_MILLISECONDS)) break ;
    if (!read_message(c->channel, s, &len))
    {
      snprintf(text + at, TEXT_ROOM - at, "%sclosed", space) ;
      break ;
    }
    if (!wire_unpack_event(&event, s, len)) at += snprintf(text + at, TEXT_ROOM - at, "%smalformed", space) ;
    else at += snprintf(text + at, TEXT_ROOM - at, "%s%c%s%s", space, event.kind, event.id.s ? ":" : "", event.id.s ? event.id.s : "") ;
  }
  return text ;
}

int raw_isquiet (struct rawclient *c)
{
  return !wait_for_it(c->channel, 0) ;
}
