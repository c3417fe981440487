/* ISC license. */

#include <stdint.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include "liblogger/json.h"

enum { ESCAPE_MAX = 6, SURROGATES = 0xd800, AFTER_SURROGATES = 0xe000, UNICODE_MAX = 0x10ffff } ;

 /* How many bytes the character has; 0: it is none: too long for what it says, a half of
    a pair, or more than there are. */

static size_t utf8_length (unsigned char const *s, size_t len)
{
  static uint32_t const least[] = { 0, 0, 0x80, 0x800, 0x10000 } ;
  size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2 ;
  uint32_t c = s[0] & (0x7fU >> n) ;
  if (s[0] < 0xc0 || s[0] >= 0xf8 || n > len) return 0 ;
  for (size_t i = 1 ; i < n ; i++)
  {
    if ((s[i] & 0xc0) != 0x80) return 0 ;
    c = c << 6 | (s[i] & 0x3f) ;
  }
  if (c < least[n] || c > UNICODE_MAX || (c >= SURROGATES && c < AFTER_SURROGATES)) return 0 ;
  return n ;
}

static size_t put_ascii (char *out, unsigned char c)
{
  static char const hex[] = "0123456789abcdef" ;
  char const *letter = c ? strchr("\"\"\\\\\nn\tt\rr", c) : 0 ;
  if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f)
  {
    out[0] = (char)c ;
    return 1 ;
  }
  out[0] = '\\' ;
  if (letter)
  {
    out[1] = letter[1] ;
    return 2 ;
  }
  memcpy(out + 1, "u00", 3) ;
  out[4] = hex[c >> 4] ;
  out[5] = hex[c & 15] ;
  return ESCAPE_MAX ;
}

int json_string (stralloc *sa, char const *s, size_t len)
{
  unsigned char const *x = (unsigned char const *)s ;
  if (!stralloc_append(sa, '"')) return 0 ;
  for (size_t i = 0, n ; i < len ; i += n)
  {
    if (!stralloc_readyplus(sa, ESCAPE_MAX)) return 0 ;
    n = 1 ;
    if (x[i] < 0x80) sa->len += put_ascii(sa->s + sa->len, x[i]) ;
    else
    {
      size_t known = utf8_length(x + i, len - i) ;
      if (known) n = known ;
      memcpy(sa->s + sa->len, known ? s + i : "\357\277\275", known ? known : 3) ;
      sa->len += known ? known : 3 ;
    }
  }
  return stralloc_append(sa, '"') ;
}
