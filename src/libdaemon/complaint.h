/* ISC license. */

#ifndef S6ACTIVATION_COMPLAINT_H
#define S6ACTIVATION_COMPLAINT_H

 /*
    What a client can make a daemon say is said once a minute for each kind
    and account; what comes after that is counted, and the count is told
    when the minute is over. An account is the rule that let the client in,
    and the user within it. There is room for so many users of a rule, the
    further ones share an entry of their rule, and when all is full there is
    one entry for each kind: neither memory nor the log grows with the number
    of users, and nobody is silenced by a crowd under another rule.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"

enum complaint_numbers
{
  COMPLAINT_SECONDS = 60,
  COMPLAINT_RULE_MAX = 48,  /* with the NUL */
  COMPLAINT_USER_MAX = 48,
  COMPLAINT_USERS = 8,  /* of one rule and kind, that have entries of their own */
  COMPLAINT_ENTRIES = 224,
  COMPLAINT_KINDS = 32  /* so many further entries, for the kinds alone */
} ;

 /* Texts that are cut when they are too long. Empty: not known. */
struct complaint_account
{
  char rule[COMPLAINT_RULE_MAX] ;
  char user[COMPLAINT_USER_MAX] ;  /* as it is told: uid 1000 */
} ;

struct complaint
{
  char const *kind ;
  enum log_level level ;
  struct complaint_account account ;
  tain until ;
  uint64_t untold ;
} ;

struct complaints
{
  struct log *log ;
  uint32_t n ;
  uint8_t isretrying ;
  tain first ;  /* the end of the first minute that ends */
  uint64_t untold ;  /* in all entries */
  tain retry ;  /* when to tell of lines that the log did not take */
  struct complaint entries[COMPLAINT_ENTRIES + COMPLAINT_KINDS] ;
} ;

extern void complaint_init (struct complaints *, struct log *) ;

extern void complaint_account (struct complaint_account *, char const *rule, char const *user) ;
extern void complaint_account_uid (struct complaint_account *, char const *rule, uid_t) ;

 /* 1: this one is to be told; 0: it was counted. kind: a text that stays where
    it is, compared and told as text. account may be 0: nobody's. Keeps errno. */
extern int complaint_isdue (struct complaints *, enum log_level, char const *kind, struct complaint_account const *, tain const *now) ;

 /* The line itself, for what is due: a line of the log (log.h). */
#define complaint_line(c, level, kind, account, now, ...) \
  (log_wants((c)->log, level) && complaint_isdue(c, level, kind, account, now) ? \
    log_linev((c)->log, level, log_array(__VA_ARGS__), log_count(__VA_ARGS__)) : (void)0)

 /* Counts whose minute is over are told, and lines that were dropped. */
extern void complaint_turn (struct complaints *, tain const *now) ;
extern void complaint_next (struct complaints *, tain const *now, tain *when) ;  /* lowers it */
extern void complaint_end (struct complaints *) ;  /* tells all counts */

#endif
