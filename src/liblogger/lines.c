/* ISC license. */

#include <string.h>

#include "liblogger/lines.h"

static size_t find (struct lines const *l, size_t from, int c)
{
  char const *found = from < l->len ? memchr(l->s + from, c, l->len - from) : 0 ;
  return found ? (size_t)(found - l->s) : l->len ;
}

void lines_init (struct lines *l, char const *s, size_t len, size_t limit)
{
  l->s = s ;
  l->len = len ;
  l->at = 0 ;
  l->limit = limit ;
  l->nul = find(l, 0, 0) ;
}

 /* No further than a line can reach. */

static size_t find_newline (struct lines const *l)
{
  struct lines part = *l ;
  if (l->limit && l->len - l->at > l->limit) part.len = l->at + l->limit + 1 ;
  size_t found = find(&part, l->at, '\n') ;
  return found == part.len ? l->len : found ;
}

int lines_next (struct lines *l, char const **line, size_t *len)
{
  size_t end = find_newline(l) ;
  int iscut ;
  if (l->nul < l->at) l->nul = find(l, l->at, 0) ;
  if (l->nul < end) end = l->nul ;
  iscut = l->limit && end - l->at > l->limit ;
  if (iscut) end = l->at + l->limit ;
  else if (end == l->len) return 0 ;
  *line = l->s + l->at ;
  *len = end - l->at ;
  l->at = iscut ? end : end + 1 ;
  return 1 ;
}

int lines_last (struct lines *l, char const **line, size_t *len)
{
  if (l->at == l->len) return 0 ;
  *line = l->s + l->at ;
  *len = l->len - l->at ;
  l->at = l->len ;
  return 1 ;
}
