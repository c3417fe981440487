/* ISC license. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skalibs/types.h>

#include "liblogger/script-internal.h"
#include "liblogger/script.h"

void script_defaults (struct script_settings *x)
{
  static struct script_settings const defaults =
  {
    .archives = 10,
    .size = 99999,
    .tolerance = 2000,
    .retry = 2000,
    .alert = 200,
    .status = 1001,
    .sync = SCRIPT_NEVER
  } ;
  *x = defaults ;
}

int script_wrong (struct script_error *error, char const *word, char const *text)
{
  error->word = word ;
  snprintf(error->text, sizeof(error->text), "%s", text) ;
  return (errno = EINVAL, 0) ;
}

typedef int reader (struct script_settings *, char const *, void *) ;

 /* Each: the value of a directive, which may be empty. 0: it is wrong. */

static int read_number (struct script_settings *x, char const *s, void *where)
{
  (void)x ;
  return !!uint320_scan(s, where) ;
}

static int read_total (struct script_settings *x, char const *s, void *where)
{
  (void)x ;
  return !!uint640_scan(s, where) ;
}

static int read_size (struct script_settings *x, char const *s, void *where)
{
  (void)where ;
  if (!uint320_scan(s, &x->size)) return 0 ;
  if (x->size < SCRIPT_SIZE_MIN) x->size = SCRIPT_SIZE_MIN ;
  if (x->size > SCRIPT_SIZE_MAX) x->size = SCRIPT_SIZE_MAX ;
  return 1 ;
}

static int read_tolerance (struct script_settings *x, char const *s, void *where)
{
  (void)where ;
  return uint320_scan(s, &x->tolerance) && x->tolerance <= x->size / 2 ;
}

 /* N, or N@OFFSET */

static int read_every (struct script_settings *x, char const *s, void *where)
{
  size_t len = uint32_scan(s, &x->every) ;
  (void)where ;
  x->offset = 0 ;
  x->isaligned = s[len] == '@' ;
  if (!len) return 0 ;
  if (!x->isaligned) return !s[len] ;
  return x->every && uint320_scan(s + len + 1, &x->offset) && x->offset < x->every ;
}

static int read_text (struct script_settings *x, char const *s, void *where)
{
  (void)x ;
  *(char const **)where = *s ? s : 0 ;
  return 1 ;
}

static int read_processor (struct script_settings *x, char const *s, void *where)
{
  x->isshell = s[-1] == '?' ;
  return read_text(x, s, where) ;
}

static int read_overflow (struct script_settings *x, char const *s, void *where)
{
  (void)where ;
  x->isdropping = *s == 'd' ;
  return (*s == 'b' || *s == 'd') && !s[1] ;
}

 /* N/SECONDS; nothing removes it. */

static int read_rate (struct script_settings *x, char const *s, void *where)
{
  size_t len = uint32_scan(s, &x->lines) ;
  (void)where ;
  x->window = 0 ;
  if (!*s) return (x->lines = 0, 1) ;
  return len && x->lines && s[len] == '/' && uint320_scan(s + len + 1, &x->window) && x->window ;
}

static int read_nothing (struct script_settings *x, char const *s, void *where)
{
  (void)where ;
  x->stamps |= s[-1] == 't' ? SCRIPT_TAI64N : SCRIPT_ISO ;
  return !*s ;
}

static int read_digits (struct script_settings *x, char const *s, void *where)
{
  x->stamps |= s[-1] == 'u' ? SCRIPT_UTC : SCRIPT_LOCAL ;
  *(uint8_t *)where = *s ? (uint8_t)(*s - '0') : 6 ;
  return !*s || ((*s == '3' || *s == '6' || *s == '9') && !s[1]) ;
}

struct directive
{
  char letter ;
  reader *read ;
  size_t where ;  /* in the settings */
  char const *what ;  /* it wants */
} ;

#define AT(field) offsetof(struct script_settings, field)

static struct directive const directives[] =
{
  { 'n', &read_number, AT(archives), "a number" },
  { 's', &read_size, 0, "a number" },
  { 'S', &read_total, AT(total), "a number" },
  { 'l', &read_tolerance, 0, "a number, at most half of s" },
  { 'r', &read_number, AT(retry), "a number of milliseconds" },
  { 'R', &read_every, 0, "a number of seconds, or seconds@offset" },
  { 'E', &read_number, AT(alert), "a number" },
  { '^', &read_number, AT(status), "a number" },
  { 'p', &read_text, AT(prefix), "" },
  { '!', &read_processor, AT(processor), "" },
  { '?', &read_processor, AT(processor), "" },
  { 'a', &read_number, AT(age), "a number of seconds" },
  { 'o', &read_overflow, 0, "b or d" },
  { 'i', &read_rate, 0, "lines/seconds, or nothing" },
  { 'y', &read_number, AT(sync), "a number of milliseconds" },
  { 't', &read_nothing, 0, "nothing" },
  { 'T', &read_nothing, 0, "nothing" },
  { 'u', &read_digits, AT(digits), "3, 6, 9 or nothing" },
  { 'U', &read_digits, AT(localdigits), "3, 6, 9 or nothing" }
} ;

enum { DIRECTIVES = sizeof(directives) / sizeof(directives[0]) } ;

int script_setting (struct script_settings *x, char const *word, int *isit, struct script_error *error)
{
  *isit = 0 ;
  for (unsigned int i = 0 ; i < DIRECTIVES ; i++)
  {
    struct directive const *d = directives + i ;
    if (d->letter != word[0]) continue ;
    *isit = 1 ;
    if ((*d->read)(x, word + 1, (char *)x + d->where)) return 1 ;
    script_wrong(error, word, "") ;
    snprintf(error->text, sizeof(error->text), "directive %c wants %s", d->letter, d->what) ;
    return 0 ;
  }
  return 0 ;
}
