/* ISC license. */

#include <stdint.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include "libsupervise/svreport-internal.h"
#include "libsupervise/svreport.h"
#include "libsupervise/svview.h"

enum utf8
{
  ASCII_END = 0x80,
  CODE_END = 0x110000,
  SURROGATES = 0xd800,
  SURROGATES_END = 0xe000
} ;

 /* Bytes of the character that s begins with; 0: it begins with none. */

static size_t utf8_length (unsigned char const *s)
{
  static uint32_t const least[] = { 0, 0, 0x80, 0x800, 0x10000 } ;
  size_t n = s[0] < ASCII_END ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0 ;
  uint32_t code = s[0] & (0xffu >> (n + 1)) ;
  if (n < 2) return n ;
  for (size_t i = 1 ; i < n ; i++)
  {
    if ((s[i] & 0xc0) != 0x80) return 0 ;
    code = code << 6 | (s[i] & 0x3fu) ;
  }
  if (code < least[n] || code >= CODE_END) return 0 ;
  return code >= SURROGATES && code < SURROGATES_END ? 0 : n ;
}

 /* A byte that is of no character becomes the one that stands for such. */

static int add_character (stralloc *sa, char const *s, size_t n)
{
  static char const hex[] = "0123456789abcdef" ;
  unsigned char c = (unsigned char)s[0] ;
  char escaped[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] } ;
  if (!n) return stralloc_cats(sa, "\\ufffd") ;
  if (c == '"' || c == '\\') return stralloc_append(sa, '\\') && stralloc_append(sa, s[0]) ;
  return c < ' ' || c == 0x7f ? stralloc_catb(sa, escaped, sizeof(escaped)) : stralloc_catb(sa, s, n) ;
}

static int add_string (stralloc *sa, char const *s)
{
  if (!stralloc_append(sa, '"')) return 0 ;
  while (*s)
  {
    size_t n = utf8_length((unsigned char const *)s) ;
    if (!add_character(sa, s, n)) return 0 ;
    s += n ? n : 1 ;
  }
  return stralloc_append(sa, '"') ;
}

static int add_name (stralloc *sa, char const *name)
{
  return stralloc_cats(sa, ",\"") && stralloc_cats(sa, name) && stralloc_cats(sa, "\":") ;
}

static int add_field (stralloc *sa, struct svview const *view, enum svreport_field field)
{
  struct svreport_value v ;
  svreport_value(&v, view, field) ;
  if (!add_name(sa, svreport_name(field))) return 0 ;
  if (v.type == SVREPORT_BOOLEAN) return stralloc_cats(sa, v.number ? "true" : "false") ;
  if (v.isnone) return stralloc_cats(sa, "null") ;
  return v.type == SVREPORT_TEXT ? add_string(sa, v.text) : svreport_number(sa, v.number) ;
}

 /* Since its supervisor has started: each start but the first. */

static int add_deaths (stralloc *sa, struct svview const *v)
{
  unsigned int starts = v->deaths + !!svstatus_isup(&v->status) ;
  return add_name(sa, "deaths") && svreport_number(sa, v->deaths)
    && add_name(sa, "restarts") && svreport_number(sa, starts ? starts - 1 : 0)
    && add_name(sa, "tallyfull") && stralloc_cats(sa, v->istallyfull ? "true" : "false") ;
}

static int add_doubt (stralloc *sa, struct svview const *v)
{
  if (!add_name(sa, "doubt")) return 0 ;
  if (!v->doubt) return stralloc_cats(sa, "null") ;
  return stralloc_append(sa, '"') && svreport_doubt(sa, v) && stralloc_append(sa, '"') ;
}

int svreport_json (stralloc *sa, struct svview const *v)
{
  if (!stralloc_cats(sa, "{\"dir\":") || !add_string(sa, v->dir)) return 0 ;
  if (!add_name(sa, "supervised") || !stralloc_cats(sa, v->issupervised ? "true" : "false")) return 0 ;
  if (v->issupervised)
  {
    for (unsigned int i = 0 ; i < SVREPORT_FIELDS ; i++) if (!add_field(sa, v, i)) return 0 ;
    if (!add_deaths(sa, v) || !add_doubt(sa, v)) return 0 ;
  }
  return stralloc_append(sa, '}') ;
}
