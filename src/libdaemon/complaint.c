/* ISC license. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"

enum { RETRY_SECONDS = 1 } ;

static struct complaint_account const nobody ;

void complaint_init (struct complaints *c, struct log *log)
{
  c->log = log ;
  c->n = 0 ;
  c->isretrying = 0 ;
  c->retry = tain_zero ;
  c->first = tain_infinite ;
  c->untold = 0 ;
}

static void copy (char *to, char const *from, size_t max)
{
  size_t len = strnlen(from, max - 1) ;
  memcpy(to, from, len) ;
  memset(to + len, 0, max - len) ;
}

void complaint_account (struct complaint_account *account, char const *rule, char const *user)
{
  copy(account->rule, rule, sizeof(account->rule)) ;
  copy(account->user, user, sizeof(account->user)) ;
}

void complaint_account_uid (struct complaint_account *account, char const *rule, uid_t uid)
{
  char user[sizeof("uid ") + UID_FMT] = "uid " ;
  user[4 + uid_fmt(user + 4, uid)] = 0 ;
  complaint_account(account, rule, user) ;
}

static void tell (struct complaints *c, struct complaint const *x)
{
  struct complaint_account const *a = &x->account ;
  char fmt[UINT64_FMT] ;
  if (!x->untold) return ;
  c->untold -= x->untold ;
  fmt[uint64_fmt(fmt, x->untold)] = 0 ;
  if (a->user[0]) log_line(c->log, x->level, a->user, ": ", x->kind, ": ", fmt, " more within a minute") ;
  else if (a->rule[0]) log_line(c->log, x->level, "other users of rule ", a->rule, ": ", x->kind, ": ", fmt, " more within a minute") ;
  else log_line(c->log, x->level, x->kind, ": ", fmt, " more within a minute") ;
}

static void expire (struct complaints *c, tain const *now)
{
  if (tain_less(now, &c->first)) return ;
  c->first = tain_infinite ;
  for (uint32_t i = c->n ; i-- ; )
    if (!tain_less(now, &c->entries[i].until))
    {
      tell(c, c->entries + i) ;
      c->entries[i] = c->entries[--c->n] ;
    }
    else if (tain_less(&c->entries[i].until, &c->first)) c->first = c->entries[i].until ;
}

static int is_same_kind (struct complaint const *x, char const *kind, char const *rule)
{
  return !strcmp(x->kind, kind) && !strcmp(x->account.rule, rule) ;
}

static struct complaint *find (struct complaints *c, char const *kind, char const *rule, char const *user)
{
  for (uint32_t i = 0 ; i < c->n ; i++)
    if (is_same_kind(c->entries + i, kind, rule) && !strcmp(c->entries[i].account.user, user)) return c->entries + i ;
  return 0 ;
}

static uint32_t count_users (struct complaints const *c, char const *kind, char const *rule)
{
  uint32_t n = 0 ;
  for (uint32_t i = 0 ; i < c->n ; i++) n += is_same_kind(c->entries + i, kind, rule) && c->entries[i].account.user[0] ;
  return n ;
}

 /* The entry that this one is counted in: it is there, or there is room for
    it; or 0. */

static struct complaint *place (struct complaints *c, char const *kind, struct complaint_account const *account)
{
  static struct complaint const zero ;
  struct complaint *x = find(c, kind, account->rule, account->user) ;
  struct complaint_account a = *account ;
  if (x) return x ;
  if (a.user[0] && count_users(c, kind, a.rule) >= COMPLAINT_USERS)
  {
    a.user[0] = 0 ;
    x = find(c, kind, a.rule, "") ;
    if (x) return x ;
  }
  if (c->n >= COMPLAINT_ENTRIES)
  {
    a = nobody ;
    x = find(c, kind, "", "") ;
    if (x) return x ;
    if (c->n >= COMPLAINT_ENTRIES + COMPLAINT_KINDS) return 0 ;
  }
  x = c->entries + c->n++ ;
  *x = zero ;
  x->kind = kind ;
  x->account = a ;
  return x ;
}

int complaint_isdue (struct complaints *c, enum log_level level, char const *kind, struct complaint_account const *account, tain const *now)
{
  struct complaint *x ;
  int e = errno ;
  expire(c, now) ;
  x = place(c, kind, account ? account : &nobody) ;
  errno = e ;
  if (!x)
  {
    c->log->dropped++ ;  /* more kinds than there should be: it is told with those */
    return 0 ;
  }
  if (x->until.sec.x)
  {
    x->untold++ ;
    c->untold++ ;
    return 0 ;
  }
  x->level = level ;
  tain_addsec(&x->until, now, COMPLAINT_SECONDS) ;
  if (tain_less(&x->until, &c->first)) c->first = x->until ;
  return 1 ;
}

void complaint_turn (struct complaints *c, tain const *now)
{
  expire(c, now) ;
  if (!c->log->dropped) c->isretrying = 0 ;
  else if (c->isretrying && !tain_less(now, &c->retry))
  {
    log_retry(c->log) ;
    c->isretrying = 0 ;
  }
}

void complaint_next (struct complaints *c, tain const *now, tain *when)
{
  if (c->untold) clock_lower(when, &c->first) ;
  if (!c->log->dropped) return ;
  if (!c->isretrying)
  {
    tain_addsec(&c->retry, now, RETRY_SECONDS) ;
    c->isretrying = 1 ;
  }
  clock_lower(when, &c->retry) ;
}

void complaint_end (struct complaints *c)
{
  while (c->n) tell(c, c->entries + --c->n) ;
  log_retry(c->log) ;
}
