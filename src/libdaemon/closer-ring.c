/* ISC license. */

 /*
    Requests, in memory that the helpers and we share. We alone move the head.
    The tail is moved by whoever takes one: the helper that is at work, or we,
    who take back what no helper has taken.
 */

#include <skalibs/nonposix.h>

#include <limits.h>
#include <unistd.h>

#include "probed.h"
#include "libdaemon/closer-internal.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

#include <linux/futex.h>
#include <sys/syscall.h>

enum { NAP_MICROSECONDS = 4000 } ;

 /* A span has the words of the call that is made. */

static void futex (uint32_t *word, int operation, uint32_t value, unsigned int microseconds)
{
#ifdef SYS_futex
  struct { long seconds, nanoseconds ; } span = { .nanoseconds = (long)microseconds * 1000 } ;
  long call = SYS_futex ;
#else
  struct { int64_t seconds, nanoseconds ; } span = { .nanoseconds = (int64_t)microseconds * 1000 } ;
  long call = SYS_futex_time64 ;
#endif
  syscall(call, word, operation, value, microseconds ? &span : (void *)0, (void *)0, 0) ;
}

 /* We move the head, then look who sleeps; it says that it sleeps, then looks
    at the head. All are awoken: one that was replaced just as it came out of
    its close may be among them, and ends. */

void closer_rouse (struct closer_shared *shared)
{
  if (__atomic_load_n(&shared->asleep, __ATOMIC_SEQ_CST)) futex(&shared->head, FUTEX_WAKE, INT_MAX, 0) ;
}

void closer_sleep (struct closer_shared *shared)
{
  uint32_t head ;
  __atomic_add_fetch(&shared->asleep, 1, __ATOMIC_SEQ_CST) ;
  head = __atomic_load_n(&shared->head, __ATOMIC_SEQ_CST) ;
  if (head == __atomic_load_n(&shared->tail, __ATOMIC_SEQ_CST)) futex(&shared->head, FUTEX_WAIT, head, 0) ;
  __atomic_sub_fetch(&shared->asleep, 1, __ATOMIC_SEQ_CST) ;
}

 /* Who naps beside another one, that has replaced it, at worst wakes early. */

void closer_nap (struct closer_shared *shared)
{
  __atomic_store_n(&shared->naps, 1, __ATOMIC_SEQ_CST) ;
  futex(&shared->naps, FUTEX_WAIT, 1, NAP_MICROSECONDS) ;
  __atomic_store_n(&shared->naps, 0, __ATOMIC_SEQ_CST) ;
}

void closer_hasten (struct closer_shared *shared)
{
  if (!__atomic_exchange_n(&shared->naps, 0, __ATOMIC_SEQ_CST)) return ;
  futex(&shared->naps, FUTEX_WAKE, INT_MAX, 0) ;
}

#else

void closer_hasten (struct closer_shared *shared)
{
  (void)shared ;
}

void closer_rouse (struct closer_shared *shared)
{
  (void)shared ;
}

#endif

int closer_put (struct closer_shared *shared, struct closer_request const *requests, unsigned int n)
{
  uint32_t head = shared->head ;
  if (CLOSER_RING - (head - __atomic_load_n(&shared->tail, __ATOMIC_SEQ_CST)) < n) return 0 ;
  for (unsigned int i = 0 ; i < n ; i++) shared->ring[(head + i) % CLOSER_RING] = requests[i] ;
  __atomic_store_n(&shared->head, head + n, __ATOMIC_SEQ_CST) ;
  return 1 ;
}

 /* Who is too late may have read what is half another's, and does not get it. */

int closer_take (struct closer_shared *shared, struct closer_request *request)
{
  uint32_t tail = __atomic_load_n(&shared->tail, __ATOMIC_SEQ_CST) ;
  while (tail != __atomic_load_n(&shared->head, __ATOMIC_SEQ_CST))
  {
    *request = shared->ring[tail % CLOSER_RING] ;
    if (__atomic_compare_exchange_n(&shared->tail, &tail, tail + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return 1 ;
  }
  return 0 ;
}
