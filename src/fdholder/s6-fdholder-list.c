/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-list [ -l ] [ -o field,... ] [ -t milliseconds ] socket [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienomem() strerr_diefusys(EXITCODE_SYSTEM, "print the list")

enum { COLUMNS_MAX = 32, GAP = 2 } ;

static char const *const names[FDHOLDER_FIELDS] = { "id", "kind", "address", "state", "queue", "backlog", "uid", "pid", "age", "left" } ;

 /* What is printed of each id, and how. */

struct columns
{
  unsigned int fields[COLUMNS_MAX] ;
  unsigned int n ;
  int arealigned ;
  size_t widths[COLUMNS_MAX] ;
} ;

static void append (stralloc *to, char const *s, size_t len)
{
  if (!stralloc_catb(to, s, len)) dienomem() ;
}

static void append_quoted (stralloc *to, char const *s)
{
  if (!holderclient_quote(to, s)) dienomem() ;
}

static void write_out (stralloc const *lines)
{
  if (allwrite(1, lines->s, lines->len) < lines->len) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

 /* One a line: a newline within an identifier is written \n. */

static void print_ids (stralloc const *ids)
{
  stralloc lines = STRALLOC_ZERO ;
  for (size_t i = 0 ; i < ids->len ; i += strlen(ids->s + i) + 1)
  {
    append_quoted(&lines, ids->s + i) ;
    append(&lines, "\n", 1) ;
  }
  write_out(&lines) ;
}

static void die_unknown (char const *name, size_t len)
{
  stralloc copy = STRALLOC_ZERO, quoted = STRALLOC_ZERO ;
  append(&copy, name, len) ;
  append(&copy, "", 1) ;
  append_quoted(&quoted, copy.s) ;
  append(&quoted, "", 1) ;
  strerr_dief(EXITCODE_USAGE, "unknown field: ", quoted.s) ;
}

static void add_column (struct columns *c, char const *name, size_t len)
{
  unsigned int field = 0 ;
  while (field < FDHOLDER_FIELDS && (strlen(names[field]) != len || memcmp(names[field], name, len))) field++ ;
  if (field == FDHOLDER_FIELDS) die_unknown(name, len) ;
  if (c->n == COLUMNS_MAX) strerr_dief(EXITCODE_USAGE, "too many fields") ;
  c->fields[c->n++] = field ;
}

static void add_columns (struct columns *c, char const *list)
{
  size_t len ;
  for (;; list += len + 1)
  {
    len = strcspn(list, ",") ;
    add_column(c, list, len) ;
    if (!list[len]) return ;
  }
}

static void find_fields (char const **fields, char const *s)
{
  for (unsigned int i = 0 ; i < FDHOLDER_FIELDS ; i++, s += strlen(s) + 1) fields[i] = s ;
}

 /* Of an aligned one, what is not there is a dash, and the last one ends the line. */

static void print_line (stralloc *lines, struct columns *c, char const *const *fields)
{
  for (unsigned int i = 0 ; i < c->n ; i++)
  {
    size_t before = lines->len ;
    char const *s = fields[c->fields[i]] ;
    append_quoted(lines, c->arealigned && !*s ? "-" : s) ;
    if (c->arealigned) for (size_t n = lines->len - before ; i + 1 < c->n && n < c->widths[i] + GAP ; n++) append(lines, " ", 1) ;
    else if (i + 1 < c->n) append(lines, "\t", 1) ;
  }
  append(lines, "\n", 1) ;
}

static void measure (struct columns *c, char const *const *fields)
{
  stralloc quoted = STRALLOC_ZERO ;
  for (unsigned int i = 0 ; i < c->n ; i++)
  {
    quoted.len = 0 ;
    append_quoted(&quoted, fields[c->fields[i]]) ;
    if (quoted.len > c->widths[i]) c->widths[i] = quoted.len ;
  }
  stralloc_free(&quoted) ;
}

static void print_fields (struct columns *c, stralloc const *strings, size_t count)
{
  stralloc lines = STRALLOC_ZERO ;
  char const *fields[FDHOLDER_FIELDS] ;
  char const *s = strings->s ;
  if (!c->n) while (c->n < FDHOLDER_FIELDS) c->fields[c->n] = c->n, c->n++ ;
  if (c->arealigned)
  {
    measure(c, names) ;
    for (size_t i = 0 ; i < count ; i++, s = fields[FDHOLDER_FIELDS - 1] + strlen(fields[FDHOLDER_FIELDS - 1]) + 1)
    {
      find_fields(fields, s) ;
      measure(c, fields) ;
    }
    print_line(&lines, c, names) ;
  }
  s = strings->s ;
  for (size_t i = 0 ; i < count ; i++, s = fields[FDHOLDER_FIELDS - 1] + strlen(fields[FDHOLDER_FIELDS - 1]) + 1)
  {
    find_fields(fields, s) ;
    print_line(&lines, c, fields) ;
  }
  write_out(&lines) ;
}

static void list (fdholder *h, tain const *deadline)
{
  stralloc ids = STRALLOC_ZERO ;
  size_t count = 0 ;
  if (!fdholder_list_g(h, &ids, &count, deadline)) holderclient_die_asking(h, EXITCODE_DENIED, "list the identifiers", 0, HOLDERCLIENT_READS) ;
  if (count) print_ids(&ids) ;
}

static void list_in_detail (fdholder *h, struct columns *c, tain const *deadline)
{
  stralloc strings = STRALLOC_ZERO ;
  size_t count = 0 ;
  if (!fdholder_inspect_g(h, &strings, &count, deadline))
  {
    if (errno == ENOSYS) holderclient_die_for(EXITCODE_DENIED, "list the identifiers in detail", 0, " (this holder tells nothing but identifiers)") ;
    holderclient_die_asking(h, EXITCODE_DENIED, "list the identifiers in detail", 0, HOLDERCLIENT_READS) ;
  }
  print_fields(c, &strings, count) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  struct columns columns = { .n = 0, .arealigned = 0 } ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-list" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "lo:t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'l' : columns.arealigned = 1 ; break ;
      case 'o' : add_columns(&columns, l.arg) ; break ;
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogramornone(argv + 1)) dieusage() ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (columns.arealigned || columns.n) list_in_detail(&h, &columns, &deadline) ;
  else list(&h, &deadline) ;
  holderclient_finish(argv + 1) ;
}
