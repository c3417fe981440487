/* ISC license. */

/* Which request comes next: any, but mostly one that makes sense to the connection that sends it. */

#include <string.h>

#include "model.h"

enum { HOT_IDS = 6 } ;  /* half of all requests are about them, so that connections meet */

static enum model_limit choose_limit (struct model *m)
{
  unsigned int x = model_random(m, 400) ;
  if (x < (m->isurgent ? 300 : 8) && model_issoon(m)) return LIMIT_SOON ;
  return x < 20 ? LIMIT_PAST : x < 40 ? LIMIT_ABSURD : x < 100 ? LIMIT_LATE : LIMIT_NEVER ;
}

static void choose_items (struct model *m, struct model_request *r, unsigned int n)
{
  r->n = n ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    r->items[i].id = (int)model_random(m, model_random(m, 2) ? HOT_IDS : MODEL_IDS) ;
    r->items[i].file = (int)model_random(m, MODEL_FILES) ;
    r->items[i].limit = choose_limit(m) ;
  }
}

void model_choose_plain (struct model *m, int client, struct model_request *r)
{
  static char const verbs[] = "SSSSSPDDDRRRRRRL" ;
  memset(r, 0, sizeof(*r)) ;
  r->verb = verbs[model_random(m, sizeof(verbs) - 1)] ;
  if (r->verb == 'P' && m->clients[client].raw.dialect == FRAME_S6 && model_random(m, 10)) r->verb = 'S' ;  /* or that is the end of it */
  if (r->verb != 'L') choose_items(m, r, 1) ;
  if (r->verb == 'R') r->flags = model_random(m, 40) ? model_random(m, 2) : 4 + model_random(m, 252) ;  /* 2 is to wait */
}

static void choose_frame (struct model *m, struct model_client const *c, struct model_request *r)
{
  uint32_t left = c->total - c->staged ;
  memset(r, 0, sizeof(*r)) ;
  r->verb = '.' ;
  choose_items(m, r, model_random(m, 20) ? 1 + model_random(m, left < MODEL_FRAME_MAX ? left : MODEL_FRAME_MAX) : model_random(m, MODEL_FRAME_MAX + 1)) ;
}

 /* Not every defect is one in every message: a byte too few is the final NUL
    of an id or a number's last byte; a letter alone has nothing to lose, and a dump loses its flags. */

static void spoil (struct model *m, struct model_request *r)
{
  static enum model_defect const some[] = { DEFECT_TAIL, DEFECT_FDS, DEFECT_LENGTH, DEFECT_VERB, DEFECT_SHORT, DEFECT_ID_EMPTY, DEFECT_ID_NUL } ;
  r->defect = some[model_random(m, r->n ? 7 : r->verb == '!' ? 5 : 4)] ;
  if (r->verb == '.' && r->n == 0) r->defect = DEFECT_NONE ;
  if ((r->verb == '.' || (r->verb == '!' && r->flags)) && r->defect == DEFECT_SHORT) r->defect = DEFECT_TAIL ;
}

void model_choose (struct model *m, int client, struct model_request *r)
{
  struct model_client *c = m->clients + client ;
  if (c->total && model_random(m, 12)) choose_frame(m, c, r) ;
  else
  {
    unsigned int x = model_random(m, 20) ;
    model_choose_plain(m, client, r) ;
    if (x < 2)
    {
      memset(r, 0, sizeof(*r)) ;
      r->verb = '!' ;
      r->total = model_random(m, model_random(m, 2) ? 4 : MODEL_MAX + 3) ;
      if (!model_random(m, 3)) r->flags = model_random(m, 20) ? WIRE_SETDUMP_NEW : 2 + model_random(m, 254) ;
    }
    else if (x == 2)
    {
      memset(r, 0, sizeof(*r)) ;
      r->verb = ".AB"[model_random(m, 3)] ;
    }
  }
  if ((c->taking != MODEL_NOTHING || c->isgiven) && model_random(m, 3))
  {
    memset(r, 0, sizeof(*r)) ;
    r->verb = c->isgiven ? 'B' : 'A' ;
  }
  if (!model_random(m, 25)) spoil(m, r) ;
}
