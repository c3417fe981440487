/* ISC license. */

#ifndef S6ACTIVATION_POLICY_H
#define S6ACTIVATION_POLICY_H

 /*
    Who may do what: a directory of rules or the cdb made of one
    (accessrules(7)). Everything that cannot be read, compiled or found
    denies, with a warning where that is not what a rule says.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include <s6-activation/accessrules.h>

#include "libdaemon/complaint.h"

enum { POLICY_KEY_SIZE = sizeof("uid/4294967295") } ;

enum right
{
  RIGHT_NONE,  /* needs nothing: leave to connect was enough */
  RIGHT_STORE,
  RIGHT_RETRIEVE,
  RIGHT_LIST,
  RIGHT_GETDUMP,
  RIGHT_SETDUMP,
  RIGHT_COUNT,
  RIGHT_MAXFDS = RIGHT_COUNT,  /* no right, but read as those are: policy_maxfds() */
  RIGHT_READ  /* what is read, in all */
} ;

struct expression ;

struct policy
{
  accessrules rules ;
  accessrules_params params ;  /* what was read last */
  struct expression *expressions ;  /* all compiled ones, last used first */
  uint32_t generation ;  /* of a cdb, counted by reloads */
  uint8_t iscdb ;
  struct complaints *complaints ;
} ;

 /* One right of one connection, as it was last read. */
struct rights_one
{
  tain read ;  /* when */
  struct expression *expression ;  /* 0: none, no right */
  uint32_t generation ;
  uint8_t isknown ;
  uint8_t isgranted ;  /* for rights that have no expression */
  uint32_t number ;  /* of RIGHT_MAXFDS */
} ;

 /* What one connection may do. Each right is read when it is first needed. */
struct rights
{
  uid_t uid ;
  gid_t gid ;
  char key[POLICY_KEY_SIZE] ;  /* the rule that allows the connection; empty: none does any longer */
  uint32_t generation ;
  tain judged ;  /* when the rule was found */
  uint8_t isguest ;  /* no rule lets him in: he may only keep us */
  struct rights_one *one ;  /* RIGHT_READ of them; 0: none has been needed yet */
} ;

 /* 0 and errno: the cdb cannot be used. */
extern int policy_init_dir (struct policy *, char const *, struct complaints *) ;
extern int policy_init_cdb (struct policy *, char const *, struct complaints *) ;
extern void policy_free (struct policy *) ;  /* a daemon that ends need not */

 /* Warns of names in a directory that can never match: part of policy_init_dir. */
extern void policy_check_names (struct policy *) ;

 /* And where there is no such directory: nothing else would tell that everybody is denied. */
extern void policy_check_dir (struct policy const *, char const *) ;

 /* A cdb is read again, and used if it is good; a bad one changes nothing
    but the log. A directory needs no reload. */
extern void policy_reload (struct policy *) ;

 /* May this user connect? If so, begins *rights. Reads no env. */
extern int policy_admit (struct policy *, struct rights *, uid_t, gid_t, tain const *now) ;
extern void policy_forget (struct policy *, struct rights *) ;

 /* id is needed for RIGHT_STORE and RIGHT_RETRIEVE only. */
extern int policy_may (struct policy *, struct rights *, enum right, char const *id, tain const *now) ;


 /* How many its user may have stored at a time; POLICY_ANY: any number. What is
    no number, or cannot be read, is 0. */
extern uint32_t policy_maxfds (struct policy *, struct rights *, tain const *now) ;
#define POLICY_ANY UINT32_MAX

 /* Compiled expressions, one for each text. */

 /* name: of the variable that has the text, for whom a warning counts
    against. 0: warned, deny. */
extern struct expression *expression_get (struct policy *, struct rights const *, char const *name, char const *text, tain const *now) ;

 /* Why a text is not given to regcomp, in words; 0: it may be. Back-references
    cost what nobody can tell before; all else that is let through is compiled in
    a fraction of a second and a few MB. */
extern char const *expression_excess (char const *text) ;

extern void expression_release (struct policy *, struct expression *) ;
extern int expression_matches (struct expression *, char const *) ;
extern void expression_freeall (struct policy *) ;

#endif
