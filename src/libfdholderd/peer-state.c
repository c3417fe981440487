/* ISC license. */

 /* What the other files of the peer do to its state: it ends, it is busy or
    not. And what is said of it. */

#include <skalibs/nonposix.h>

#include <sys/socket.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

void peer_turn_away (int fd)
{
  static char const crowded = WIRE_CROWDED_BYTE ;
  send(fd, &crowded, 1, MSG_NOSIGNAL | MSG_DONTWAIT) ;
}

void peer_say (struct peer const *p, char const *what)
{
  char uid[UID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(&p->holder->log, LOG_INFO)) return ;
  uid[uid_fmt(uid, peer_uid(p))] = 0 ;
  pid[pid_fmt(pid, p->session.pid)] = 0 ;
  log_line(&p->holder->log, LOG_INFO, "uid ", uid, " pid ", pid, ": ", what) ;
}

void peer_complain (struct peer const *p, char const *what, tain const *now)
{
  struct complaint_account account ;
  char pid[PID_FMT] ;
  if (!log_wants(&p->holder->log, LOG_WARNING)) return ;
  complaint_account_uid(&account, p->session.rights.key, p->session.rights.uid) ;
  pid[pid_fmt(pid, p->session.pid)] = 0 ;
  complaint_line(&p->holder->complaints, LOG_WARNING, what, &account, now, account.user, " pid ", pid, ": ", what) ;
}

void peer_die (struct peer *p)
{
  p->state = PEER_DEAD ;
  if (p->isstranger && !p->iseof) peer_turn_away(p->fd) ;
  verbs_session_close(p->holder, &p->session) ;
}

 /* What may be put back may wait. */

int peer_isquiet (struct peer const *p)
{
  enum phase phase = verbs_phase(&p->session) ;
  if (p->state != PEER_SNIFF && p->state != PEER_OPEN && p->state != PEER_WAITING) return 0 ;
  return frame_in_isempty(&p->in) && frame_out_isempty(&p->out) && !verbs_ischanging(&p->session) && (phase == PHASE_NONE || phase == PHASE_GIVEN) ;
}

void peer_hangup (struct peer *p, tain const *now)
{
  if (p->state != PEER_WAITING)
  {
    peer_kill(p, "disconnected before its answer had left", now) ;
    return ;
  }
  peer_say(p, "disconnected") ;
  peer_die(p) ;
}

void peer_kill (struct peer *p, char const *why, tain const *now)
{
  if (peer_isdead(p)) return ;
  peer_complain(p, why, now) ;
  peer_die(p) ;
}

int peer_mayhear (struct peer *p, tain const *now)
{
  if (policy_may(&p->holder->policy, &p->session.rights, RIGHT_LIST, 0, now)) return 1 ;
  peer_kill(p, "has lost the right to watch: closed", now) ;
  return 0 ;
}

 /* Something of the client's is awaited. */

static int is_in_exchange (struct peer const *p)
{
  enum phase phase = verbs_phase(&p->session) ;
  return p->state == PEER_GREET || p->state == PEER_ANSWERING || verbs_ischanging(&p->session) || !frame_in_isempty(&p->in) || phase == PHASE_DUMP || phase == PHASE_TAKING ;
}

 /* -t is armed for every exchange: when it begins, and when a message of
    it has been judged; but not for those who ask for more and more while
    they read nothing of what was answered. */

void peer_account (struct peer *p, unsigned int judged, tain const *now)
{
  int wasbusy = p->busy ;
  if (peer_isdead(p)) return ;
  p->busy = !frame_out_isempty(&p->out) || verbs_ischanging(&p->session) || (p->state != PEER_WAITING && is_in_exchange(p)) ;
  if (!p->busy)
  {
    p->deadline = tain_infinite ;
    if (p->islameduck) peer_die(p) ;
  }
  else
  {
    if (!wasbusy || (judged && (p->hasleft || frame_out_isempty(&p->out))))
    {
      tain_add(&p->deadline, now, p->timeout) ;
      p->hasleft = 0 ;
    }
    if (p->islameduck && !verbs_ischanging(&p->session) && (p->state == PEER_WAITING || (p->state == PEER_OPEN && !is_in_exchange(p)))) p->state = PEER_DRAIN ;
  }
}
