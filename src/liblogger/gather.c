/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "liblogger/gather.h"

static char const ellipsis[] = "..." ;

enum { ELLIPSIS = sizeof(ellipsis) - 1, SHORT = 1024 } ;

void gather_init (struct gather *g)
{
  static struct gather const zero ;
  *g = zero ;
}

void gather_free (struct gather *g)
{
  free(g->text) ;
}

size_t gather_lines (struct gather const *g)
{
  size_t n = 0 ;
  for (unsigned int i = 0 ; i < g->n ; i++)
    for (size_t at = 0 ; at < g->parts[i].len ; at++) n += g->parts[i].s[at] == '\n' ;
  return n ;
}

void gather_release (struct gather *g)
{
  g->wantedparts = 0 ;
  g->wanted = 0 ;
}

void gather_empty (struct gather *g)
{
  g->n = 0 ;
  g->len = 0 ;
  gather_release(g) ;
}

 /* What stands behind the last part is one with it. */

static void add_part (struct gather *g, char const *s, size_t len)
{
  struct logpart *last = g->parts + g->n - 1 ;
  if (g->n && last->s + last->len == s)
  {
    last->len += len ;
    return ;
  }
  g->parts[g->n].s = s ;
  g->parts[g->n++].len = len ;
}

static int is_copy (struct gather const *g, struct logpart const *p)
{
  return (uintptr_t)p->s - (uintptr_t)g->text < g->len ;
}

 /* A short part costs more to be written by itself than to be copied to where others are. Only
    where there is room that nobody has reserved. */

static void copy_last (struct gather *g)
{
  struct logpart *last = g->parts + g->n - 1 ;
  if (last->len > SHORT || is_copy(g, last)) return ;
  if (!g->text)
  {
    g->text = malloc(GATHER_TEXT) ;
    if (!g->text) return ;
    g->size = GATHER_TEXT ;
  }
  if (g->len + g->wanted + last->len > g->size) return ;
  memcpy(g->text + g->len, last->s, last->len) ;
  last->s = g->text + g->len ;
  g->len += last->len ;
  if (g->n < 2 || last[-1].s + last[-1].len != last->s) return ;
  last[-1].len += last->len ;
  g->n-- ;
}

static int is_cut (struct line const *line, struct manner const *m)
{
  return m->most && line->len > ELLIPSIS && line->len - ELLIPSIS > m->most ;
}

static int is_plain (struct gather const *g, struct line const *line, struct manner const *m)
{
  return m->isbare && line->isended && !g->iscopying ;
}

 /* What is copied is one part, and what was written of it is room for more. */

static void close_up (struct gather *g)
{
  struct logpart *part = g->parts ;
  memmove(g->text, part->s, part->len) ;
  part->s = g->text ;
  g->len = part->len ;
}

 /* Parts point into the text: it moves only while there are none. */

static int has_text (struct gather *g, size_t need)
{
  size_t size = g->wanted + need > GATHER_TEXT ? g->wanted + need : GATHER_TEXT ;
  char *bigger ;
  if (g->iscopying && g->n && g->len + g->wanted + need > g->size) close_up(g) ;
  if (g->len + g->wanted + need <= g->size) return 1 ;
  if (g->n) return (errno = 0, 0) ;
  bigger = realloc(g->text, size) ;
  if (!bigger) return 0 ;
  g->text = bigger ;
  g->size = size ;
  return 1 ;
}

static size_t most_of (struct line const *line, struct manner const *m)
{
  size_t prefix = m->settings->prefix ? strlen(m->settings->prefix) : 0 ;
  size_t name = m->name ? strlen(m->name) : 0 ;
  return name + STAMPS_MAX + prefix + 1 + line->len + ELLIPSIS + 1 ;
}

int gather_reserve (struct gather *g, struct line const *line, struct manner const *m)
{
  size_t need = is_plain(g, line, m) ? 0 : most_of(line, m) ;
  if (g->n + g->wantedparts == GATHER_PARTS) return (errno = g->n ? 0 : ENOMEM, 0) ;
  if (need && !has_text(g, need)) return 0 ;
  g->wantedparts++ ;
  g->wanted += need ;
  return 1 ;
}

static size_t put (char *s, char const *what, size_t len)
{
  memcpy(s, what, len) ;
  return len ;
}

void gather_add (struct gather *g, struct line const *line, struct manner const *m, struct stamp *stamp)
{
  struct script_settings const *x = m->settings ;
  char *start, *s ;
  if (is_plain(g, line, m))
  {
    if (g->n && g->parts[g->n-1].s + g->parts[g->n-1].len != line->s) copy_last(g) ;
    add_part(g, line->s, line->len + 1) ;
    return ;
  }
  s = start = g->text + g->len ;
  if (m->name) s += put(s, m->name, strlen(m->name)) ;
  s += stamp_put(stamp, s, x->stamps, x->digits, x->localdigits) ;
  if (x->prefix)
  {
    s += put(s, x->prefix, strlen(x->prefix)) ;
    *s++ = ' ' ;
  }
  s += put(s, line->s, is_cut(line, m) ? m->most : line->len) ;
  if (is_cut(line, m)) s += put(s, ellipsis, ELLIPSIS) ;
  *s++ = '\n' ;
  g->len += (size_t)(s - start) ;
  add_part(g, start, (size_t)(s - start)) ;
}
