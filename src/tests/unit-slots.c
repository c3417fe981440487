/* ISC license. */

 /* slots.h: the end of a stalemate, and the shares of a crowded room, with a clock that the test owns. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfdholderd/slots.h"
#include "support/rawclient.h"
#include "support/tap.h"

enum { BUSY_USER = 1, OTHER_USER = 2, TOO_MANY = 1000000, CHURN_MS = 50 } ;

static struct holder holder = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
static struct loop loop ;
static struct slots slots ;
static tain now ;

static void second_later (void)
{
  tain_addsec(&now, &now, 1) ;
  slots_turn(&slots, &now) ;
}

 /* The only slot's peer is in the middle of a dump, or not. */

static void set_dump (uint32_t total)
{
  struct session *s = &slots.all[0]->peer->session ;
  if (s->stage) stage_end(s->stage) ;
  s->stage = total ? stage_new(&holder.fdtable, total) : 0 ;
  slots_due(slots.all[0], &now) ;
}

 /* Returns the client's end. */

static int arrive_by (char const *key, uid_t uid)
{
  struct rights rights ;
  int fd[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1) tap_bail("socketpair") ;
  memset(&rights, 0, sizeof(rights)) ;
  rights.uid = uid ;
  strcpy(rights.key, key) ;
  fdtable_open_connection(&holder.fdtable, fd[1]) ;
  slots_arrive(&slots, fd[1], &rights, 0, &now) ;
  slots_turn(&slots, &now) ;
  return fd[0] ;
}

static int arrive (uid_t uid)
{
  return arrive_by("uid/default", uid) ;
}

static int isclosed (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  char c ;
  return poll(&x, 1, 0) == 1 && x.revents & POLLHUP && recv(fd, &c, 1, MSG_PEEK) == 1 && c == WIRE_CROWDED_BYTE ;
}

static void milliseconds_later (unsigned int ms)
{
  tain t ;
  tain_from_millisecs(&t, ms) ;
  tain_add(&now, &now, &t) ;
  slots_turn(&slots, &now) ;
}

static unsigned int count_open (int const *fds, unsigned int n)
{
  unsigned int open = 0 ;
  for (unsigned int i = 0 ; i < n ; i++) open += !isclosed(fds[i]) ;
  return open ;
}

 /* Many users of one rule have the slot, which is never free, and the room. */

static void check_crowd (void)
{
  int slot, late, mine, fds[SLOTS_ROOM] ;
  if (!slots_init(&slots, &holder, &loop, 1, &tain_infinite_relative)) tap_bail("slots_init") ;
  slot = arrive(100) ;
  set_dump(1) ;
  for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) fds[i] = arrive(101 + i) ;
  tap_int(count_open(fds, SLOTS_ROOM), SLOTS_ROOM, "a burst of one rule waits in the room") ;
  tap_ok(!slots_isopen(&slots, &now), "and behind it, where the kernel keeps it") ;
  milliseconds_later(SLOTS_CROWDED_MS) ;
  tap_int(count_open(fds, SLOTS_ROOM), SLOTS_SHARE, "when no place is found for long, its rule keeps its share") ;
  tap_ok(slots_isopen(&slots, &now), "and all are accepted") ;
  late = arrive(300) ;
  tap_int(count_open(fds, SLOTS_ROOM) + !isclosed(late), SLOTS_SHARE, "one more of it has a place instead of another") ;
  mine = arrive_by("uid/1", 1) ;
  tap_ok(!isclosed(mine), "a client by another rule waits") ;
  slots.all[0]->peer->active = now ;
  set_dump(0) ;
  milliseconds_later(1) ;
  tap_int(slots.all[0]->peer->account->uid, 1, "and gets the slot before all others, whoever was heard just now") ;
  slots_free(&slots) ;
  close(slot) ;
  close(late) ;
  close(mine) ;
  for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) close(fds[i]) ;
}

 /* Nobody stays in the room for long, and it is always full. 1: at the end
    all are accepted, though it is. */

static int is_open_after (unsigned int ms, unsigned int users, int isrelieved)
{
  int isopen = 0, slot, fds[SLOTS_ROOM] ;
  if (!slots_init(&slots, &holder, &loop, 1, &tain_infinite_relative)) tap_bail("slots_init") ;
  slot = arrive(101) ;
  set_dump(1) ;
  for (unsigned int n = 0 ; n < ms ; n += CHURN_MS)
  {
    for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) fds[i] = arrive(101 + i % users) ;
    if (isrelieved) slots_relieve(&slots) ;
    milliseconds_later(CHURN_MS) ;
    isopen = slots_isopen(&slots, &now) ;
    for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) close(fds[i]) ;
    slots_leave_all(&slots) ;
  }
  slots_free(&slots) ;
  close(slot) ;
  return isopen ;
}

static void check_churn (void)
{
  tap_int(is_open_after(SLOTS_CROWDED_MS - CHURN_MS, SLOTS_CROWD, 0), 0, "a crowd that comes and goes fills the room") ;
  tap_int(is_open_after(SLOTS_CROWDED_MS, SLOTS_CROWD, 0), 1, "when the kernel has kept some for long, all are accepted") ;
  tap_int(is_open_after(SLOTS_BEHIND_MS - CHURN_MS, SLOTS_CROWD - 1, 0), 0, "fewer users, who may be a burst, have more time") ;
  tap_int(is_open_after(SLOTS_BEHIND_MS, SLOTS_CROWD - 1, 0), 1, "but no more than that") ;
  tap_int(is_open_after(2 * SLOTS_BEHIND_MS, SLOTS_CROWD, 1), 0, "as long as the kernel is seen to keep nobody, nothing is crowded") ;
}

 /* Two slots become free at once, and who waited for one ends as soon as it has it. */

static void check_end_at_once (void)
{
  int fds[3] ;
  if (!slots_init(&slots, &holder, &loop, 2, &tain_infinite_relative)) tap_bail("slots_init") ;
  for (unsigned int i = 0 ; i < 3 ; i++) fds[i] = arrive(1) ;
  tap_int(slots.n, 2, "two of three have a slot") ;
  tap_int(slots.waiting, 1, "the third one waits") ;
  if (shutdown(fds[2], SHUT_WR) == -1) tap_bail("shutdown") ;
  close(fds[0]) ;
  close(fds[1]) ;
  for (unsigned int i = 0 ; i < 2 ; i++) slots_ready(slots.all[i], LOOP_READ, &now) ;
  slots_turn(&slots, &now) ;
  tap_int(slots.n, 0, "in that turn all three are gone") ;
  slots_free(&slots) ;
  close(fds[2]) ;
}

 /* Who is not read for want of numbers is, after any change: also one that comes
    after the turn has looked, when the loop is about to wait. */

static void check_withheld (void)
{
  int files[2] ;
  int fd ;
  tain when ;
  if (!slots_init(&slots, &holder, &loop, 1, &tain_infinite_relative) || pipe(files) == -1) tap_bail("begin") ;
  fd = arrive(1) ;
  holder.fdtable.count += TOO_MANY ;
  if (raw_send(fd, "x", 1, files, 1) != 1) tap_bail("send") ;
  slots_due(slots.all[0], &now) ;
  tap_ok(slots_arewithheld(&slots), "who sends what there is no room for is not read") ;
  slots_turn(&slots, &now) ;
  when = tain_infinite ;
  slots_next(&slots, &now, &when) ;
  tap_ok(!tain_less(&when, &tain_infinite), "no turn is due while nothing changes") ;
  holder.fdtable.count -= TOO_MANY ;
  slots_next(&slots, &now, &when) ;
  tap_ok(!tain_less(&now, &when), "one is when something has been closed") ;
  slots_turn(&slots, &now) ;
  tap_ok(!slots_arewithheld(&slots), "and it is read") ;
  slots_free(&slots) ;
  close(fd) ;
  close(files[0]) ;
  close(files[1]) ;
}

 /* Nobody has more than the newcomer: who waits for an id makes room for it, who is idle does not. */

static void check_patient (void)
{
  int fds[4] ;
  tain patience, when = tain_infinite ;
  if (!slots_init(&slots, &holder, &loop, 2, &tain_infinite_relative)) tap_bail("slots_init") ;
  for (unsigned int i = 0 ; i < 2 ; i++) fds[i] = arrive(1) ;
  slots.all[1]->peer->state = PEER_WAITING ;
  slots_due(slots.all[1], &now) ;
  fds[2] = arrive(1) ;
  clock_after(&patience, &now, SLOTS_PATIENCE_MS) ;
  slots_next(&slots, &now, &when) ;
  tap_ok(!tain_less(&patience, &when), "one of the same user waits for an id: a turn is due soon") ;
  tap_int(slots.waiting, 1, "it is spared at first") ;
  milliseconds_later(SLOTS_PATIENCE_MS) ;
  tap_int(slots.waiting, 0, "then the newcomer has its place") ;
  tap_ok(!isclosed(fds[0]), "the idle one stays") ;
  fds[3] = arrive(1) ;
  second_later() ;
  tap_ok(isclosed(fds[3]), "where none waits for an id, one more is turned away") ;
  slots_free(&slots) ;
  for (unsigned int i = 0 ; i < 4 ; i++) close(fds[i]) ;
}

int main (void)
{
  char s[512] ;
  int p[2] ;
  int dump, other, busy ;
  PROG = "unit-slots" ;
  if (!tain_now_set_stopwatch_g() || pipe(p) == -1 || ndelay_on(p[0]) == -1) tap_bail("begin") ;
  nowait_init(&holder.log.out, p[1]) ;
  complaint_init(&holder.complaints, &holder.log) ;
  now = STAMP ;
  if (!loop_init(&loop)) tap_bail("loop_init") ;
  if (!slots_init(&slots, &holder, &loop, 1, &tain_infinite_relative)) tap_bail("slots_init") ;
  dump = arrive(BUSY_USER) ;
  set_dump(1) ;  /* never displaced */
  other = arrive(OTHER_USER) ;
  second_later() ;
  tap_int(slots.waiting, 1, "one waits") ;
  tap_ok(!isclosed(other), "who has fewer slots goes on waiting") ;
  tap_ok(read(p[0], s, sizeof(s)) == -1, "and nothing is said about it") ;
  busy = arrive(BUSY_USER) ;
  second_later() ;
  tap_int(slots.waiting, 1, "one goes on waiting") ;
  tap_ok(isclosed(busy), "who has most is closed") ;
  tap_ok(!isclosed(other), "and not the other one") ;
  tap_ok(read(p[0], s, sizeof(s)) > 0, "with a warning") ;
  slots_free(&slots) ;
  close(dump) ;
  close(other) ;
  close(busy) ;
  check_crowd() ;
  check_churn() ;
  check_end_at_once() ;
  check_withheld() ;
  check_patient() ;
  return tap_done() ;
}
