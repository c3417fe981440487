/* ISC license. */

/* The bytes of the model's requests, and the comparison with the daemon. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "model.h"
#include "tap.h"

enum { LATE_SECONDS = 3600, SLACK_MILLISECONDS = 5000, ROUNDS = 4, ABSURD_LENGTH = 0x10000000 } ;

static void make_limit (struct model const *m, enum model_limit limit, tain *t)
{
  switch (limit)
  {
    case LIMIT_NEVER : raw_never(t) ; break ;
    case LIMIT_SOON : *t = m->soon ; break ;
    case LIMIT_LATE : raw_limit(t, LATE_SECONDS * 1000L) ; break ;
    case LIMIT_PAST : raw_limit(t, -1) ; break ;
    default :
      memset(t, 0, sizeof(*t)) ;
      t->sec.x = UINT64_MAX ;
      t->nano = UINT32_MAX ;
      break ;
  }
}

static int brings (struct model_request const *r)
{
  return r->verb == 'S' || r->verb == 'P' || r->verb == '.' ;
}

static size_t pack_entry (struct model const *m, struct model_request const *r, unsigned int i, char *s)
{
  char const *id = model_id(r->items[i].id) ;
  size_t idlen = strlen(id) ;
  size_t len = TAIN_PACK ;
  tain limit ;
  make_limit(m, r->items[i].limit, &limit) ;
  tain_pack(s, &limit) ;
  if (i + 1 < r->n) return wire_pack_entry(s, &limit, id, idlen) ;
  if (r->defect == DEFECT_ID_EMPTY) idlen = 0 ;
  s[len++] = (char)idlen ;
  memcpy(s + len, id, idlen) ;
  if (r->defect == DEFECT_ID_NUL) s[len] = 0 ;
  len += idlen ;
  s[len++] = 0 ;
  return len ;
}

static size_t pack_body (struct model const *m, struct model_request const *r, char *s)
{
  char entry[WIRE_ENTRY_MAX] ;
  size_t len = 1 ;
  s[0] = r->verb ;
  if (r->verb == '!') len = wire_pack_setdump(s, r->total, (uint8_t)r->flags) ;
  else if (r->verb == 'R') s[len++] = (char)r->flags ;
  for (unsigned int i = 0 ; i < r->n ; i++)
  {
    size_t entrylen = pack_entry(m, r, i, entry) ;
    size_t skipped = r->verb == 'D' || r->verb == 'R' ? TAIN_PACK : 0 ;
    memcpy(s + len, entry + skipped, entrylen - skipped) ;
    len += entrylen - skipped ;
  }
  if (r->defect == DEFECT_VERB) s[0] = 'Z' ;
  if (r->defect == DEFECT_TAIL) s[len++] = 0 ;
  if (r->defect == DEFECT_SHORT) len-- ;
  return len ;
}

size_t model_pack (struct model const *m, struct model_request const *r, enum frame_dialect dialect, char *frame, int *fds, unsigned int *nfds)
{
  char body[MODEL_ROOM] ;
  size_t len = pack_body(m, r, body) ;
  *nfds = 0 ;
  if (brings(r) && r->defect != DEFECT_VERB)
    for (; *nfds < r->n ; ++*nfds) fds[*nfds] = m->files[r->items[*nfds].file] ;
  if (r->defect == DEFECT_FDS)
  {
    if (*nfds) --*nfds ;
    else fds[(*nfds)++] = m->files[0] ;
  }
  len = raw_frame(dialect, frame, body, len, *nfds) ;
  if (r->defect == DEFECT_LENGTH) uint32_pack_big(frame, ABSURD_LENGTH) ;
  return len ;
}

void model_synchronize (struct model *m)
{
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
    if (raw_list(m->checkers + (i & 1))) tap_bail("the daemon does not answer") ;
}

static char const *compare_list (struct model *m, struct rawclient *c)
{
  if (raw_list(c)) return "list failed" ;
  if (raw_list_count(c) != (long)model_count(m)) return "list has another number of ids" ;
  for (int i = 0 ; i < MODEL_IDS ; i++)
    if (raw_listed(c, model_id(i)) != (m->held[i].file != MODEL_NOTHING)) return "list has other ids" ;
  return 0 ;
}

static int is_limit_right (struct model const *m, enum model_limit limit, tain const *t)
{
  tain expected, early, late, slack ;
  make_limit(m, limit, &expected) ;
  tain_from_millisecs(&slack, limit == LIMIT_LATE ? LATE_SECONDS * 1000 : SLACK_MILLISECONDS) ;
  tain_sub(&early, &expected, &slack) ;
  tain_from_millisecs(&slack, SLACK_MILLISECONDS) ;
  tain_add(&late, &expected, &slack) ;
  return tain_less(&early, t) && tain_less(t, &late) ;
}

static char const *compare_entry (struct model const *m, struct wire_entry const *entry, int fd, unsigned int *seen)
{
  int id = 0 ;
  while (id < MODEL_IDS && strcmp(model_id(id), entry->id.s)) id++ ;
  if (id == MODEL_IDS || m->held[id].file == MODEL_NOTHING || seen[id]++) return "dump has an id that is not held" ;
  if (!testfile_same(fd, m->files[m->held[id].file])) return "dump has another file" ;
  if (!is_limit_right(m, m->held[id].limit, &entry->limit)) return "dump has another limit" ;
  return 0 ;
}

static char const *compare_frame (struct model *m, struct rawclient *c, unsigned int n, unsigned int *seen)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  char const *wrong = 0 ;
  if (raw_receive(c) < 0 || c->nfds != n) return "dump has another number of descriptors" ;
  wire_reader_init(&r, c->s, c->len) ;
  for (unsigned int i = 0 ; i < n && !wrong ; i++)
    wrong = wire_get_entry(&r, &entry) ? compare_entry(m, &entry, c->fds[i], seen) : "dump is malformed" ;
  raw_drop_fds(c) ;
  return wrong ;
}

static char const *compare_dump (struct model *m, struct rawclient *c)
{
  unsigned int seen[MODEL_IDS] = { 0 } ;
  unsigned int n = model_count(m) ;
  char const *wrong = 0 ;
  uint32_t total ;
  if (raw_command(c, "?", 1, 0, 0) || c->len != WIRE_GETDUMP_REPLY_PACK) return "getdump failed" ;
  uint32_unpack_big(c->s + 5, &total) ;
  if (total != n) return "dump has another number of entries" ;
  for (unsigned int i = 0 ; i < n && !wrong ; i += WIRE_FDS_MAX)
    wrong = compare_frame(m, c, n - i < WIRE_FDS_MAX ? n - i : WIRE_FDS_MAX, seen) ;
  return wrong ;
}

enum { CLOSED_SECONDS = 2 } ;

struct census
{
  struct model const *model ;
  unsigned int all ;
  unsigned int files[MODEL_FILES] ;
} ;

static void count_descriptor (int fd, struct stat const *st, void *data)
{
  struct census *census = data ;
  (void)fd ;
  census->all++ ;
  for (unsigned int i = 0 ; i < MODEL_FILES ; i++)
    if (st->st_ino == census->model->stats[i].st_ino && st->st_dev == census->model->stats[i].st_dev) census->files[i]++ ;
}

 /* What is held, what is staged, what may be put back, what came with half a message. */

static void count_expected (struct model const *m, struct census *census)
{
  census->all = m->baseline ;
  for (unsigned int i = 0 ; i < MODEL_IDS ; i++)
    if (m->held[i].file != MODEL_NOTHING) census->files[m->held[i].file]++ ;
  for (unsigned int i = 0 ; i < MODEL_CLIENTS ; i++)
  {
    struct model_client const *c = m->clients + i ;
    if (!c->isopen) continue ;
    census->all += c->raw.dialect == FRAME_S6 ? 1 : 2 ;
    if (c->isgiven) census->files[c->given.file]++ ;
    for (unsigned int j = 0 ; j < c->staged ; j++) census->files[c->items[j].file]++ ;
    for (unsigned int j = 0 ; c->ishalf && brings(&c->half) && j < c->half.n ; j++) census->files[c->half.items[j].file]++ ;
  }
  for (unsigned int i = 0 ; i < MODEL_FILES ; i++) census->all += census->files[i] ;
}

static char const *compare_once (struct model const *m)
{
  static char wrong[256] ;
  struct census want = { .model = m } ;
  struct census got = { .model = m } ;
  count_expected(m, &want) ;
  testdaemon_each_fd(m->daemon, &count_descriptor, &got) ;
  for (unsigned int i = 0 ; i < MODEL_FILES ; i++)
    if (want.files[i] != got.files[i])
    {
      snprintf(wrong, sizeof(wrong), "the daemon has file %u open %u times, and not %u times", i, got.files[i], want.files[i]) ;
      return wrong ;
    }
  if (want.all <= got.all && got.all <= want.all + m->graves) return 0 ;
  snprintf(wrong, sizeof(wrong), "the daemon has %u descriptors open, and not %u", got.all, want.all) ;
  return wrong ;
}

 /* What is deleted is closed a little later, and by others. A limit may come meanwhile. */

static char const *compare_descriptors (struct model *m)
{
  double begun = test_seconds() ;
  char const *wrong = compare_once(m) ;
  while (wrong && test_seconds() - begun < CLOSED_SECONDS)
  {
    test_sleep(1) ;
    model_settle(m) ;
    wrong = compare_once(m) ;
  }
  return wrong ;
}

char const *model_await_graves (struct model *m)
{
  unsigned int graves = m->graves ;
  char const *wrong ;
  m->graves = 0 ;
  wrong = compare_descriptors(m) ;
  m->graves = graves ;
  return wrong ;
}

char const *model_compare (struct model *m)
{
  char const *wrong ;
  model_settle(m) ;
  model_synchronize(m) ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    wrong = compare_list(m, m->checkers + i) ;
    if (!wrong) wrong = compare_dump(m, m->checkers + i) ;
    if (wrong) return wrong ;
  }
  return compare_descriptors(m) ;
}
