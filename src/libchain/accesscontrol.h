/* ISC license. */

#ifndef S6ACTIVATION_ACCESSCONTROL_H
#define S6ACTIVATION_ACCESSCONTROL_H

#include <skalibs/gccattributes.h>
#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>

 /* What s6-ipcserver-access and s6-tcpserver-access have in common. */

struct accesscontrol
{
  char const *directory ;  /* of -i, or 0 */
  char const *cdb ;  /* of -x, or 0 */
  unsigned int verbosity ;
  accessrules rules ;
  accessrules_params params ;
  stralloc modifs ;  /* of the environment: ours, which count where a rule's contradict them */
} ;

#define ACCESSCONTROL_ZERO { .directory = 0, .cdb = 0, .verbosity = 1, .rules = ACCESSRULES_ZERO, .params = ACCESSRULES_PARAMS_ZERO, .modifs = STRALLOC_ZERO }

 /* Opens the rules of -i or -x, if any: 1. 0 where none were given. Ends the program with 111 when they cannot be opened. */
extern int accesscontrol_open (struct accesscontrol *) ;

 /*
   What a lookup said about client: returns if it is allowed, and then
   what the rule brings is in params. Else the program ends: with 1 where
   client is denied, with 111 where the rules cannot be read.
 */
extern void accesscontrol_require (struct accesscontrol *, accessrules_result, char const *client) ;

 /* Ends the program with 1. At verbosity 2, why and rule, a text in two parts, are logged. */
extern void accesscontrol_deny (struct accesscontrol const *, char const *client, char const *why, char const *rule) gccattr_noreturn ;

 /* Logs that client is let in. */
extern void accesscontrol_log_allow (struct accesscontrol const *, char const *client) ;

 /* Names begin with the protocol: sets or unsets (value 0) one variable. */
extern void accesscontrol_modify (struct accesscontrol *, char const *protocol, char const *name, char const *value) ;

 /* The value of one variable; 0 if it is not set. */
extern char const *accesscontrol_get (char const *protocol, char const *name) ;

 /* The same; ends the program with 100 if it is not set. */
extern char const *accesscontrol_variable (char const *protocol, char const *name) ;

 /* Executes argv, or what the rule has instead of it: options are what execlineb gets for that. */
extern void accesscontrol_exec (struct accesscontrol *, char const *options, char const *const *argv) gccattr_noreturn ;

#endif
