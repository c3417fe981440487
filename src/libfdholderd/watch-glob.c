/* ISC license. */

 /* Which globs are taken. fnmatch(3) looks to the end for what closes a bracket,
    again for each one that nothing closes, and at each place of an identifier:
    that takes it milliseconds. Nor does anybody mean such a thing. */

#include <string.h>

#include "libfdholderd/watch.h"

 /* From after the [ to after the ], which is a character where it comes first;
    0: nothing closes it. */

static char const *skip_bracket (char const *s)
{
  if (*s == '!' || *s == '^') s++ ;
  if (*s == ']') s++ ;
  for (; *s && *s != ']' ; s++)
  {
    char const end[3] = { s[1], ']', 0 } ;
    char const *closed ;
    if (*s == '\\' && s[1]) s++ ;
    if (s[0] != '[' || !s[1] || !strchr(".:=", s[1])) continue ;
    closed = strstr(s + 2, end) ;
    if (closed) s = closed + 1 ;
  }
  return *s ? s + 1 : 0 ;
}

int watch_isglob (char const *s)
{
  while (s && *s)
    switch (*s++)
    {
      case '[' : s = skip_bracket(s) ; break ;
      case '\\' : s = *s ? s + 1 : 0 ; break ;
      default : break ;
    }
  return !!s ;
}
