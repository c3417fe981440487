/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "ledger.h"
#include "rawclient.h"
#include "testdaemon.h"

enum { PATIENCE_SECONDS = 5 } ;

void ledger_note (struct ledger_entry *e, int answer, enum ledger_state wanted)
{
  if (!answer) e->state = wanted ;
  else if (answer < 0 && e->state != wanted) e->state = LEDGER_EITHER ;
}

static int fail (struct ledger *l, char const *text, char const *what)
{
  snprintf(l->problem, sizeof(l->problem), "%s: %s", what, text) ;
  return 0 ;
}

static struct ledger_entry *find (struct ledger *l, char const *id)
{
  for (size_t i = 0 ; i < l->n ; i++)
    if (!strcmp(l->entries[i].id, id)) return l->entries + i ;
  return 0 ;
}

static fdholder_entry const *find_held (fdholder_dump const *dump, char const *id)
{
  for (size_t i = 0 ; i < fdholder_dump_count(dump) ; i++)
    if (!strcmp(fdholder_dump_entries(dump)[i].id, id)) return fdholder_dump_entries(dump) + i ;
  return 0 ;
}

static int check_held (struct ledger *l, fdholder_dump const *dump)
{
  for (size_t i = 0 ; i < fdholder_dump_count(dump) ; i++)
  {
    fdholder_entry const *held = fdholder_dump_entries(dump) + i ;
    struct ledger_entry *e = find(l, held->id) ;
    if (!e) return fail(l, "nobody stored that", held->id) ;
    if (e->state == LEDGER_ABSENT) return fail(l, "is there, and must not be", held->id) ;
    if (!testfile_same(e->fd, held->fd)) return fail(l, "is another file", held->id) ;
    if (find_held(dump, held->id) != held) return fail(l, "is there twice", held->id) ;
  }
  return 1 ;
}

 /* Entries of one group that could be either are all there, or none is. */

static int check_group (struct ledger *l, fdholder_dump const *dump, struct ledger_entry const *e)
{
  if (!e->group || e->state != LEDGER_EITHER) return 1 ;
  for (size_t i = 0 ; i < l->n ; i++)
  {
    struct ledger_entry const *other = l->entries + i ;
    if (other->group == e->group && other->state == LEDGER_EITHER && !find_held(dump, other->id) != !find_held(dump, e->id))
      return fail(l, "half a dump was applied", e->id) ;
  }
  return 1 ;
}

static int check (struct ledger *l, fdholder_dump const *dump)
{
  if (!check_held(l, dump)) return 0 ;
  for (size_t i = 0 ; i < l->n ; i++)
  {
    struct ledger_entry *e = l->entries + i ;
    if (!check_group(l, dump, e)) return 0 ;
    if (e->state == LEDGER_PRESENT && !find_held(dump, e->id)) return fail(l, "is lost", e->id) ;
  }
  for (size_t i = 0 ; i < l->n ; i++)
    l->entries[i].state = find_held(dump, l->entries[i].id) ? LEDGER_PRESENT : LEDGER_ABSENT ;
  return 1 ;
}

static int get (fdholder_dump *dump, char const *socket, tain const *deadline)
{
  fdholder h ;
  int r ;
  if (!fdholder_start_g(&h, socket, deadline)) return 0 ;
  r = fdholder_getdump_g(&h, dump, deadline) ;
  fdholder_end(&h) ;
  return r ;
}

void ledger_put (struct ledger_entry const *e, char const *socket)
{
  struct rawclient c ;
  raw_must_connect(&c, socket, FRAME_NATIVE) ;
  raw_must_store(&c, e->id, e->fd) ;
  raw_close(&c) ;
}

void ledger_export (struct ledger_entry const *entries, unsigned int n)
{
  char name[32], value[32] ;
  snprintf(value, sizeof(value), "%u", n) ;
  setenv("S6_FD#", value, 1) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    snprintf(name, sizeof(name), "S6_FD_%u", i) ;
    snprintf(value, sizeof(value), "%d", dup(entries[i].fd)) ;
    setenv(name, value, 1) ;
    snprintf(name, sizeof(name), "S6_FDID_%u", i) ;
    setenv(name, entries[i].id, 1) ;
  }
}

int ledger_check (struct ledger *l, char const *socket)
{
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  tain deadline ;
  int r ;
  tain_now_g() ;
  tain_addsec_g(&deadline, PATIENCE_SECONDS) ;
  if (!get(&dump, socket, &deadline)) return fail(l, strerror(errno), "getdump") ;
  r = check(l, &dump) ;
  fdholder_dump_free(&dump) ;
  return r ;
}

static int clean (struct ledger *l, fdholder *h, unsigned int keep, tain const *deadline)
{
  for (size_t i = 0 ; i < l->n ; i++)
  {
    struct ledger_entry *e = l->entries + i ;
    if (e->group == keep || e->state == LEDGER_ABSENT) continue ;
    if (!fdholder_delete_g(h, e->id, deadline) && (errno != ENOENT || e->state == LEDGER_PRESENT)) return fail(l, strerror(errno), e->id) ;
    e->state = LEDGER_ABSENT ;
  }
  return 1 ;
}

int ledger_clean (struct ledger *l, char const *socket, unsigned int keep)
{
  fdholder h ;
  tain deadline ;
  int r ;
  tain_now_g() ;
  tain_addsec_g(&deadline, PATIENCE_SECONDS) ;
  if (!fdholder_start_g(&h, socket, &deadline)) return fail(l, strerror(errno), "connect") ;
  r = clean(l, &h, keep, &deadline) ;
  fdholder_end(&h) ;
  return r ;
}
