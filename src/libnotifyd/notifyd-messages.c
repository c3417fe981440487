/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/complaint.h"
#include "libdaemon/list.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libnotifyd/datagram.h"
#include "libnotifyd/inbox.h"
#include "libnotifyd/notifyd-internal.h"
#include "libnotifyd/senders.h"
#include "libnotifyd/stored.h"

enum { TOLD_MAX = 200 } ;

#define complain(d, text) complaint_line(&(d)->complaints, LOG_WARNING, text, 0, &STAMP, text)

void notifyd_tell_ready (struct notifyd *d)
{
  if (!d->isready) return ;
  if (nowait_write(&d->ready, "\n", 1) < 1)
  {
    if (errno == EAGAIN) return ;
    log_line(d->log, LOG_WARNING, "unable to tell that the program is ready: ", strerror(errno)) ;
  }
  d->isready = 0 ;
  nowait_free(&d->ready) ;
  fd_close(d->options.ready) ;
  d->options.ready = -1 ;
}

static void tell_of (struct notifyd *d, struct datagram const *m, pid_t pid)
{
  char quoted[LOG_QUOTED_MAX] ;
  char number[PID_FMT] ;
  number[pid_fmt(number, pid)] = 0 ;
  for (unsigned int i = DATAGRAM_TOLD ; i < DATAGRAM_KEYS ; i++)
  {
    struct datagram_value const *v = m->values + i ;
    if (!v->s) continue ;
    log_quote(quoted, v->s, v->len > TOLD_MAX ? TOLD_MAX : v->len) ;
    log_line(d->log, LOG_INFO, "process ", number, " says ", datagram_name(i), "=", quoted) ;
  }
}

static void remove_entry (void *data, struct stored_entry *e)
{
  if (e->fd >= 0) notifyd_remove(data, e) ;
}

static void forget_named (struct notifyd *d, struct datagram_value const *name)
{
  if (!name->s || !stored_isname(&d->stored, name->s, name->len)) complain(d, "FDSTOREREMOVE without a good FDNAME: ignored") ;
  else stored_each_named(&d->stored, name->s, name->len, &remove_entry, d) ;
}

static void store_one (struct notifyd *d, struct datagram_value const *name, int fd, int ispolled)
{
  struct stored_entry *e = stored_add(&d->stored, name->s, name->len, fd, ispolled) ;
  if (e)
  {
    notifyd_queue(d, e) ;
    notifyd_watch(d, e) ;
  }
  else if (errno == ENFILE) complain(d, "there are as many descriptors as -n says: no more are stored") ;
  else if (errno != EEXIST) complain(d, "unable to keep a descriptor") ;
}

static void store (struct notifyd *d, struct datagram const *m, struct inbox_message *in)
{
  struct datagram_value name = m->values[DATAGRAM_FDNAME] ;
  if (!name.s || !stored_isname(&d->stored, name.s, name.len))
  {
    name.s = STORED_NAME_USUALLY ;
    name.len = strlen(name.s) ;
  }
  if (!in->nfds) complain(d, "FDSTORE without a descriptor: ignored") ;
  for (unsigned int i = 0 ; i < in->nfds ; i++)
  {
    store_one(d, &name, in->fds[i], !datagram_is(m, DATAGRAM_FDPOLL, "0")) ;
    in->fds[i] = -1 ;
  }
}

 /* What it is closed after is told by its turn: what is queued later is not waited for. */

static void take_barrier (struct notifyd *d, struct datagram const *m, struct inbox_message *in)
{
  unsigned int i = 0 ;
  if (in->nfds != 1 || m->lines != 1)
  {
    complain(d, "BARRIER must come alone, with one descriptor: ignored") ;
    return ;
  }
  while (i < NOTIFYD_BARRIERS && d->barriers[i].fd >= 0) i++ ;
  if (i == NOTIFYD_BARRIERS)
  {
    complain(d, "too many wait for a BARRIER: one is told at once") ;
    return ;
  }
  d->barriers[i].fd = in->fds[0] ;
  d->barriers[i].turn = d->turn ;
  in->fds[0] = -1 ;
}

void notifyd_end_barriers (struct notifyd *d)
{
  uint64_t first = list_isempty(&d->queue) ? UINT64_MAX : tree_owner(struct stored_entry, queue, d->queue.next)->turn ;
  for (unsigned int i = 0 ; i < NOTIFYD_BARRIERS ; i++)
  {
    if (d->barriers[i].fd < 0 || d->barriers[i].turn >= first) continue ;
    fd_close(d->barriers[i].fd) ;
    d->barriers[i].fd = -1 ;
  }
}

static void obey (struct notifyd *d, struct datagram const *m, struct inbox_message *in)
{
  tell_of(d, m, in->pid) ;
  if (datagram_is(m, DATAGRAM_READY, "1") && d->options.ready >= 0) d->isready = 1 ;
  if (datagram_is(m, DATAGRAM_FDSTOREREMOVE, "1")) forget_named(d, m->values + DATAGRAM_FDNAME) ;
  if (datagram_is(m, DATAGRAM_FDSTORE, "1")) store(d, m, in) ;
  else if (datagram_is(m, DATAGRAM_BARRIER, "1")) take_barrier(d, m, in) ;
}

static void judge (struct notifyd *d, struct inbox_message *in)
{
  struct datagram m ;
  if (in->iscut) inbox_close(in) ;  /* there may be no number left to look for the sender with */
  if (!senders_isours(in->pid, d->program.pid))
  {
    complain(d, "a message of a process that is not the program's, or is gone: ignored") ;
    return ;
  }
  if (in->islong)
  {
    complain(d, "a message of more than 65536 bytes: ignored") ;
    return ;
  }
  if (!datagram_parse(&m, in->s, in->len))
  {
    complain(d, "a message with a NUL in it: ignored") ;
    return ;
  }
  if (in->iscut) complain(d, "descriptors of a message were lost: the limit of open files is too low, or there were too many: none of it is stored") ;
  obey(d, &m, in) ;
}

void notifyd_read (struct notifyd *d, unsigned int most)
{
  while (most--)
  {
    if (!inbox_receive(d->inbox.fd, &d->message))
    {
      if (errno != EAGAIN) complain(d, "unable to read messages") ;
      return ;
    }
    judge(d, &d->message) ;
    inbox_close(&d->message) ;
  }
}
