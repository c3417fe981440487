/* ISC license. */

/* What the fd-holder must answer: all verbs in one file, for they share what is
   held, what is being taken and what a connection is in the middle of. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include "libfdholderd/flight.h"

#include "model.h"
#include "tap.h"

enum { PIPES = 4, SOCKETS = 8 } ;

unsigned int model_random (struct model *m, unsigned int n)
{
  m->random ^= m->random >> 12 ;
  m->random ^= m->random << 25 ;
  m->random ^= m->random >> 27 ;
  return (unsigned int)((m->random * 0x2545f4914f6cdd1dULL) >> 33) % n ;
}

 /* The second user may store what begins with b, and retrieve what begins with a or b. */

char const *model_id (int i)
{
  static char const *const odd[] = { "a", "b", "c", "a\n", "b\"quoted\\\"", "b*?[a-c]", "b\001", "a\377\200", "c d", "b$(x)`y`", "a/../b", "c\t" } ;
  static char made[MODEL_IDS][256] ;
  enum { ODD = sizeof(odd) / sizeof(*odd) } ;
  if (i < ODD) return odd[i] ;
  if (made[i][0]) return made[i] ;
  snprintf(made[i], sizeof(made[i]), "%c%d", "abc"[i % 3], i) ;
  if (i < ODD + 6) memset(made[i] + strlen(made[i]), 'x', sizeof(made[i]) - 1 - strlen(made[i])) ;
  return made[i] ;
}

static int make_file (unsigned int i)
{
  int p[2] ;
  if (i >= SOCKETS) return testfile() ;
  if (i < PIPES ? pipe2(p, O_CLOEXEC) : socketpair(AF_UNIX, (i & 1 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0, p)) tap_bail("pipe") ;
  return p[0] ;
}

void model_init (struct model *m, struct testdaemon *d, uint64_t seed)
{
  memset(m, 0, sizeof(*m)) ;
  m->daemon = d ;
  m->random = seed * 0x9e3779b97f4a7c15ULL + 1 ;
  raw_limit(&m->soon, 0) ;
  for (unsigned int i = 0 ; i < MODEL_IDS ; i++) m->held[i].file = m->held[i].taker = MODEL_NOTHING ;
  for (unsigned int i = 0 ; i < MODEL_FILES ; i++)
  {
    m->files[i] = make_file(i) ;
    if (fstat(m->files[i], m->stats + i) == -1) tap_bail("fstat") ;
  }
  if (!raw_connect(m->checkers, d->path, (uid_t)-1, FRAME_NATIVE)
   || !raw_connect(m->checkers + 1, d->path, (uid_t)-1, FRAME_S6)) tap_bail("connect") ;
  model_synchronize(m) ;
  m->baseline = testdaemon_count_fds(d) ;
  m->graves = flight_bound() ? FLIGHT_GRAVES : 0 ;
}

unsigned int model_count (struct model const *m)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < MODEL_IDS ; i++) n += m->held[i].file != MODEL_NOTHING ;
  return n ;
}

unsigned int model_used (struct model const *m)
{
  unsigned int n = model_count(m) ;
  for (unsigned int i = 0 ; i < MODEL_CLIENTS ; i++) n += !!m->clients[i].isgiven ;
  return n ;
}

 /* The entry goes, or becomes another: whoever was taking it takes nothing. */

void model_forget (struct model *m, int id)
{
  struct model_entry *e = m->held + id ;
  if (e->taker != MODEL_NOTHING) m->clients[e->taker].istakinggone = 1 ;
  e->file = e->taker = MODEL_NOTHING ;
}

static void put_entry (struct model *m, struct model_item const *item)
{
  struct model_entry *e = m->held + item->id ;
  e->file = item->file ;
  e->limit = item->limit == LIMIT_ABSURD ? LIMIT_NEVER : item->limit ;
  e->taker = MODEL_NOTHING ;
}

static void end_taking (struct model *m, int client)
{
  struct model_client *c = m->clients + client ;
  if (c->taking != MODEL_NOTHING && !c->istakinggone) m->held[c->taking].taker = MODEL_NOTHING ;
  c->taking = MODEL_NOTHING ;
  c->istakinggone = c->isgiven = 0 ;
}

void model_disconnect (struct model *m, int client)
{
  struct model_client *c = m->clients + client ;
  end_taking(m, client) ;
  c->total = c->staged = 0 ;
  c->ishalf = 0 ;
  c->isopen = 0 ;
  raw_close(&c->raw) ;
}

static int may (struct model_client const *c, struct model_request const *r)
{
  char first = r->n && r->verb != '.' ? model_id(r->items[0].id)[0] : 0 ;
  if (!c->user) return 1 ;
  switch (r->verb)
  {
    case 'S' :
    case 'P' :
    case 'D' : return first == 'b' ;
    case 'R' : return first == 'a' || first == 'b' ;
    case '!' :
    case '.' :
    case '?' : return 0 ;
    default : return 1 ;
  }
}

static int expect_store (struct model *m, struct model_request const *r)
{
  if (model_ispast(m, r->items[0].limit)) return EINVAL ;
  if (m->held[r->items[0].id].file != MODEL_NOTHING) return EBUSY ;
  if (model_used(m) >= MODEL_MAX) return ENFILE ;
  put_entry(m, r->items) ;
  return 0 ;
}

static int expect_replace (struct model *m, struct model_request const *r)
{
  int id = r->items[0].id ;
  if (m->held[id].file == MODEL_NOTHING) return expect_store(m, r) ;
  if (model_ispast(m, r->items[0].limit)) return EINVAL ;
  model_forget(m, id) ;
  put_entry(m, r->items) ;
  return 0 ;
}

static int expect_delete (struct model *m, struct model_request const *r)
{
  struct model_entry *e = m->held + r->items[0].id ;
  if (e->file == MODEL_NOTHING) return ENOENT ;
  if (e->taker != MODEL_NOTHING) return EBUSY ;
  model_forget(m, r->items[0].id) ;
  return 0 ;
}

static int expect_retrieve (struct model *m, int client, struct model_request const *r, int *file)
{
  struct model_client *c = m->clients + client ;
  int id = r->items[0].id ;
  struct model_entry *e = m->held + id ;
  if (r->flags & ~1U) return EINVAL ;
  if (r->flags && c->user && model_id(id)[0] != 'b') return EPERM ;
  if (e->file == MODEL_NOTHING) return ENOENT ;
  if (r->flags && e->taker != MODEL_NOTHING) return EBUSY ;
  *file = e->file ;
  if (!r->flags) return 0 ;
  if (c->raw.dialect == FRAME_S6) model_forget(m, id) ;
  else
  {
    e->taker = client ;
    c->taking = id ;
  }
  return 0 ;
}

static int expect_acknowledge (struct model *m, int client)
{
  struct model_client *c = m->clients + client ;
  int isthere = c->taking != MODEL_NOTHING && !c->istakinggone ;
  int id = c->taking ;
  end_taking(m, client) ;
  if (!isthere) return ENOENT ;
  c->given = (struct model_item){ .id = id, .file = m->held[id].file, .limit = m->held[id].limit } ;
  c->isgiven = 1 ;
  model_forget(m, id) ;
  return 0 ;
}

static int expect_putback (struct model *m, struct model_client *c)
{
  if (!c->isgiven) return ENOENT ;
  c->isgiven = 0 ;
  if (model_ispast(m, c->given.limit)) return ENOENT ;
  if (m->held[c->given.id].file != MODEL_NOTHING) return EBUSY ;
  put_entry(m, &c->given) ;
  return 0 ;
}

 /* What was taken or given is so until another message than the one that is due. */

static int continues (struct model_client const *c, struct model_request const *r)
{
  return r->defect != DEFECT_VERB && r->verb == (c->taking != MODEL_NOTHING ? 'A' : 'B') ;
}

static int expect_last_frame (struct model *m, struct model_client const *c)
{
  unsigned int added = 0 ;
  for (unsigned int i = 0 ; i < c->total ; i++)
    for (unsigned int j = 0 ; j < i ; j++)
      if (c->items[i].id == c->items[j].id) return EINVAL ;
  for (unsigned int i = 0 ; i < c->total ; i++)
    if (!model_ispast(m, c->items[i].limit))
    {
      if (m->held[c->items[i].id].file == MODEL_NOTHING) added++ ;
      else if (c->isnew) return EBUSY ;
    }
  if (model_used(m) + added > MODEL_MAX) return ENFILE ;
  for (unsigned int i = 0 ; i < c->total ; i++)
    if (!model_ispast(m, c->items[i].limit))
    {
      model_forget(m, c->items[i].id) ;
      put_entry(m, c->items + i) ;
    }
  return 0 ;
}

static int expect_frame (struct model *m, struct model_client *c, struct model_request const *r)
{
  int e ;
  if (!r->n || r->n > c->total - c->staged) return EPROTO ;
  if (r->defect == DEFECT_ID_EMPTY || r->defect == DEFECT_ID_NUL) e = EINVAL ;
  else
  {
    memcpy(c->items + c->staged, r->items, r->n * sizeof(struct model_item)) ;
    c->staged += r->n ;
    if (c->staged < c->total) return EAGAIN ;
    e = expect_last_frame(m, c) ;
  }
  c->total = c->staged = 0 ;
  return e ;
}

static int expect_setdump (struct model_client *c, struct model_request const *r)
{
  if (r->flags & ~(unsigned int)WIRE_SETDUMP_NEW) return EINVAL ;
  if (r->total > MODEL_MAX) return ENFILE ;
  c->total = r->total ;
  c->isnew = !!r->flags ;
  c->staged = 0 ;
  return 0 ;
}

static int judge (struct model *m, int client, struct model_request const *r, int *file)
{
  struct model_client *c = m->clients + client ;
  int isid = r->verb == 'S' || r->verb == 'P' || r->verb == 'D' || r->verb == 'R' ;
  if (r->defect == DEFECT_TAIL || r->defect == DEFECT_SHORT || r->defect == DEFECT_FDS || r->defect == DEFECT_LENGTH) return EPROTO ;
  if (c->raw.dialect == FRAME_S6 && (r->defect == DEFECT_VERB || r->verb == 'P' || r->verb == 'A' || r->verb == 'B' || (r->verb == '!' && r->flags))) return EPROTO ;
  if (!!c->total != (r->verb == '.' && r->defect != DEFECT_VERB)) return EPROTO ;
  if (!continues(c, r)) end_taking(m, client) ;
  if (r->defect == DEFECT_VERB) return ENOSYS ;
  if (isid && r->defect != DEFECT_NONE) return EINVAL ;
  if (!may(c, r)) return EPERM ;
  switch (r->verb)
  {
    case 'S' : return expect_store(m, r) ;
    case 'P' : return expect_replace(m, r) ;
    case 'D' : return expect_delete(m, r) ;
    case 'R' : return expect_retrieve(m, client, r, file) ;
    case 'A' : return expect_acknowledge(m, client) ;
    case 'B' : return expect_putback(m, c) ;
    case '!' : return expect_setdump(c, r) ;
    case '.' : return expect_frame(m, c, r) ;
    default : return 0 ;
  }
}

int model_expect (struct model *m, int client, struct model_request const *r, int *file)
{
  int e ;
  *file = MODEL_NOTHING ;
  e = judge(m, client, r, file) ;
  if (e == EPROTO)
  {
    end_taking(m, client) ;
    m->clients[client].total = m->clients[client].staged = 0 ;
    m->clients[client].isopen = 0 ;
  }
  return e ;
}
