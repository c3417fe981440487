/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libdaemon/list.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdwire/wire.h"

void changes_init (struct changes *c)
{
  static struct change_underway const none = { .session = 0 } ;
  c->underway = none ;
  list_init(&c->postponed) ;
  list_init(&c->taken) ;
}

struct postponed *postponed_new (struct changes *c, struct wire_request const *request, int fd, void *owner)
{
  struct postponed *p = malloc(sizeof(struct postponed)) ;
  struct wire_id const *id = &request->entry.id ;
  if (!p) return (errno = ENOMEM, (struct postponed *)0) ;
  p->request = *request ;
  p->owner = owner ;
  p->fd = fd ;
  if (id->s)
  {
    memcpy(p->id, id->s, (size_t)id->len + 1) ;
    p->request.entry.id.s = p->id ;
  }
  list_append(&c->postponed, &p->link) ;
  return p ;
}

void postponed_free (struct postponed *p, struct fdtable *t)
{
  list_remove(&p->link) ;
  if (p->fd >= 0) fdtable_unref(t, p->fd) ;
  free(p) ;
}
