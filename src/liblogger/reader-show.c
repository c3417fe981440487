/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>

#include <skalibs/stralloc.h>

#include "liblogger/json.h"
#include "liblogger/reader-internal.h"
#include "liblogger/select.h"

enum { NANO_DIGITS = 9, DATE = 10, LOCAL = 29 } ;  /* YYYY-MM-DD HH:MM:SS.nnnnnnnnn */

 /* A selection is asked as the logger asks it: about the line without its stamp. */

static int is_selected (struct script const *s, struct trail_line *x)
{
  uint8_t isselected ;
  select_groups(s, x->s + x->stamplen, x->len - x->stamplen, &isselected) ;
  return isselected ;
}

int reader_wants (struct reader const *r, struct trail_line *x)
{
  struct reader_options const *o = &r->options ;
  if (o->hassince && merge_isearlier(&x->when, &o->since)) return 0 ;
  if (o->hasuntil && !merge_isearlier(&x->when, &o->until)) return 0 ;
  return !o->selection || is_selected(o->selection, x) ;
}

 /* Without the blanks behind it. 0: the year has not four digits. */

static size_t put_stamp (struct reader *r, char *s, struct timespec const *when, enum reader_format format)
{
  size_t len ;
  stamp_set(&r->stamp, when) ;
  len = stamp_put(&r->stamp, s, format == READER_LOCAL ? SCRIPT_ISO : SCRIPT_UTC, NANO_DIGITS, NANO_DIGITS) ;
  while (len && s[len - 1] == ' ') len-- ;
  if (len != LOCAL + (format != READER_LOCAL)) return 0 ;
  if (format != READER_UTC) return len ;
  s[DATE] = ' ' ;
  return len - 1 ;  /* Z */
}

static int show_json (struct reader *r, struct trail_line const *x, char const *path)
{
  char s[STAMPS_MAX] ;
  size_t len = x->stamplen ? put_stamp(r, s, &x->when, READER_RFC3339) : 0 ;
  size_t from = len ? x->stamplen : 0 ;
  while (len && from < x->len && x->s[from] == ' ') from++ ;
  if (!stralloc_cats(&r->batch, "{")) return 0 ;
  if (len && !(stralloc_cats(&r->batch, "\"time\":\"") && stralloc_catb(&r->batch, s, len) && stralloc_cats(&r->batch, "\","))) return 0 ;
  return stralloc_cats(&r->batch, "\"dir\":") && json_string(&r->batch, path, strlen(path))
    && stralloc_cats(&r->batch, ",\"line\":") && json_string(&r->batch, x->s + from, x->len - from)
    && stralloc_cats(&r->batch, "}\n") ;
}

int reader_show (struct reader *r, struct trail_line const *x, char const *path)
{
  char s[STAMPS_MAX] ;
  size_t from = x->stamplen, len ;
  if (r->options.isjson) return show_json(r, x, path) ;
  len = from && r->options.format != READER_PLAIN ? put_stamp(r, s, &x->when, r->options.format) : 0 ;
  if (!len) from = 0 ;
  return stralloc_catb(&r->batch, s, len) && stralloc_catb(&r->batch, x->s + from, x->len - from) && stralloc_append(&r->batch, '\n') ;
}
