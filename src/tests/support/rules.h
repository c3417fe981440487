/* ISC license. */

/* Makes access rules for tests, both as directories and as cdb files. */

#ifndef S6ACTIVATION_TESTS_RULES_H
#define S6ACTIVATION_TESTS_RULES_H

#include <stddef.h>

struct testrule
{
  char const *key ;
  char const *action ;   /* "allow", "deny" or "" */
  char const *variable ; /* "NAME=value", "NAME" or 0 */
  char const *exec ;     /* or 0 */
} ;

 /* Writes a file, with the directories above it. Bails out if it cannot. */
extern void rules_file (char const * /* path */, char const * /* bytes */, size_t) ;

extern void rules_directory (char const * /* dir */, struct testrule const *, size_t) ;

extern void rules_cdb (char const * /* file */, struct testrule const *, size_t) ;

 /* A cdb of one record with any data. */
extern void rules_cdb_record (char const * /* file */, char const * /* key */, char const * /* data */, size_t) ;

 /* Reads a file, at most so many bytes. */
extern size_t rules_read (char const * /* file */, char *, size_t) ;

 /* Is byte i of a cdb what a rule does, allow or deny? Nothing can tell that it was changed into the other. */
extern int rules_cdb_isaction (char const * /* cdb */, size_t, size_t /* i */) ;

 /* Removes a tree; it need not be there. */
extern void rules_remove (char const * /* path */) ;

 /* Makes a directory that every uid can reach, goes there, and removes it at exit. */
extern void rules_public_place (void) ;

 /* Runs the function in a child that is not root; returns what it returns (0 to 99), or 100 and more if it crashed. */
extern int rules_unprivileged (int (*) (void)) ;

#endif
