/* ISC license. */

#include <string.h>

#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "liblogger/cursor.h"

#define HEADER "s6-logread 1\n"
#define END "end\n"

enum { HASH_DIGITS = 16 } ;

 /* FNV-1a. */
#define HASH_BEGIN 0xcbf29ce484222325ULL
#define HASH_PRIME 0x100000001b3ULL

void cursor_begin (struct cursor_place *x)
{
  static struct cursor_place const zero = { .ino = 0, .hash = HASH_BEGIN } ;
  *x = zero ;
}

uint64_t cursor_hash (uint64_t hash, char const *s, size_t len)
{
  for (size_t i = 0 ; i < len ; i++) hash = (hash ^ (unsigned char)s[i]) * HASH_PRIME ;
  return hash ;
}

int cursor_takes (char const *path)
{
  return !strchr(path, '\n') ;
}

static size_t put_number (char *s, uint64_t n)
{
  size_t len = uint64_fmt(s, n) ;
  s[len++] = ' ' ;
  return len ;
}

static size_t put_name (char *s, char const *name)
{
  size_t len = strlen(name) ;
  memcpy(s, len ? name : "-", len + !len) ;
  len += !len ;
  s[len++] = ' ' ;
  return len ;
}

static int put_place (stralloc *sa, struct cursor_place const *x, char const *path)
{
  char s[2 * UINT64_FMT + HASH_DIGITS + 2 * ARCHIVE_NAME + 8] ;
  size_t len = put_number(s, x->ino) ;
  len += put_number(s + len, x->offset) ;
  uint640_xfmt(s + len, x->hash, HASH_DIGITS) ;
  len += HASH_DIGITS ;
  s[len++] = ' ' ;
  len += put_name(s + len, x->name) ;
  len += put_name(s + len, x->newest) ;
  return stralloc_catb(sa, s, len) && stralloc_cats(sa, path) && stralloc_append(sa, '\n') ;
}

int cursor_fmt (stralloc *sa, struct cursor_place const *x, char const *const *paths, unsigned int n)
{
  if (!stralloc_copys(sa, HEADER)) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++) if (!put_place(sa, x + i, paths[i])) return 0 ;
  return stralloc_cats(sa, END) ;
}

 /* What is still to be read of a line; s is 0 once it is wrong. */

struct rest
{
  char const *s ;
  size_t len ;
} ;

static struct rest take_word (struct rest *r)
{
  struct rest word = { .s = r->s, .len = 0 } ;
  char const *blank = r->s ? memchr(r->s, ' ', r->len) : 0 ;
  if (!blank || blank == r->s)
  {
    r->s = 0 ;
    return word ;
  }
  word.len = (size_t)(blank - r->s) ;
  r->len -= word.len + 1 ;
  r->s = blank + 1 ;
  return word ;
}

static int digit_of (char c, int base)
{
  int n = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : base ;
  return n < base ? n : -1 ;
}

static uint64_t take_number (struct rest *r, unsigned int base)
{
  uint64_t n = 0 ;
  struct rest word = take_word(r) ;
  for (size_t i = 0 ; r->s && i < word.len ; i++)
  {
    int digit = digit_of(word.s[i], (int)base) ;
    if (digit < 0 || n > (UINT64_MAX - (unsigned int)digit) / base) r->s = 0 ;
    else n = base * n + (unsigned int)digit ;
  }
  return n ;
}

static void take_name (struct rest *r, char *name)
{
  struct rest word = take_word(r) ;
  name[0] = 0 ;
  if (!r->s || (word.len == 1 && word.s[0] == '-')) return ;
  if (word.len != ARCHIVE_NAME || word.s[0] != '@' || memchr(word.s, '/', word.len) || memchr(word.s, 0, word.len))
  {
    r->s = 0 ;
    return ;
  }
  memcpy(name, word.s, ARCHIVE_NAME) ;
  name[ARCHIVE_NAME] = 0 ;
}

 /* 1: this line is of that path. */

static int scan_line (struct rest line, char const *path, struct cursor_place *x)
{
  x->ino = take_number(&line, 10) ;
  x->offset = take_number(&line, 10) ;
  x->hash = take_number(&line, 16) ;
  take_name(&line, x->name) ;
  take_name(&line, x->newest) ;
  if (!line.s || !line.len || memchr(line.s, 0, line.len)) return -1 ;
  return line.len == strlen(path) && !memcmp(line.s, path, line.len) ;
}

int cursor_scan (char const *s, size_t len, char const *path, struct cursor_place *x)
{
  size_t at = sizeof(HEADER) - 1 ;
  int isfound = 0 ;
  if (len < at || memcmp(s, HEADER, at)) return -1 ;
  while (at < len)
  {
    struct cursor_place place ;
    char const *newline = memchr(s + at, '\n', len - at) ;
    struct rest line = { .s = s + at, .len = newline ? (size_t)(newline - (s + at)) : 0 } ;
    int r ;
    if (!newline) return -1 ;
    if (len - at == sizeof(END) - 1 && !memcmp(line.s, END, sizeof(END) - 1)) return isfound ;
    r = scan_line(line, path, &place) ;
    if (r < 0) return -1 ;
    if (r)
    {
      *x = place ;
      isfound = 1 ;
    }
    at += line.len + 1 ;
  }
  return -1 ;
}
