/* ISC license. */

/* The daemon as a test's child: s6-fdholderd of $BUILD (or of the tree that
   this main was built in), under $DAEMON_WRAPPER if there is one. It dies
   with the test. */

#ifndef S6ACTIVATION_TESTS_TESTDAEMON_H
#define S6ACTIVATION_TESTS_TESTDAEMON_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

enum test_uids
{
  TEST_UID = 65533,  /* two that own nothing */
  TEST_UID_OTHER = 65532
} ;

struct testdaemon
{
  pid_t pid ;
  int pidfd ;
  char const *path ;  /* of its socket */
} ;

 /* A directory that every user may enter becomes the working directory;
    it is removed when the test exits. */
extern void testdaemon_workdir (void) ;

extern int testdaemon_isroot (void) ;  /* may the test act as several users? */
extern void testdaemon_need_closers (void) ;  /* skips all where no process can close for the daemon */
extern int testdaemon_isslow (void) ;  /* under a wrapper or sanitizers, where times prove nothing */

 /* Rules in ./rules: for a key as uid/default; expressions may be 0, flags
    are words out of "LIST GETDUMP SETDUMP". An existing rule is replaced. */
extern void testdaemon_allow (char const *key, char const *store, char const *retrieve, char const *flags) ;
extern void testdaemon_allow_all (char const *key) ;
extern void testdaemon_deny (char const *key) ;
extern void testdaemon_forget_rules (void) ;  /* all of them */
extern void testdaemon_compile_rules (void) ;  /* makes ./rules.cdb of them, by s6-accessrules-cdb-from-fs */
extern void testdaemon_write (char const *path, char const *text) ;  /* bails out */

 /* The path of a program of $BUILD, or of the tree that this main was built in. */
extern void testdaemon_program (char *path, size_t room, char const *name) ;

 /* A socket at that path of the working directory that all may connect to. */
extern int testdaemon_listen (char const *path) ;

 /* Until it is ready. options: 0-terminated, may be 0; -i rules and -1 are
    given. listener is consumed. Bails out. */
extern void testdaemon_start (struct testdaemon *, char const *path, char const *const *options) ;
extern void testdaemon_start_on (struct testdaemon *, int listener, char const *path, char const *const *options) ;

 /* The usual beginning: a directory, all rights for everybody, a daemon at "s". */
extern void testdaemon_begin (struct testdaemon *, char const *const *options) ;

 /* SIGTERM; returns its exit code, 255 if it does not go within so many milliseconds, or dies by a signal. */
extern int testdaemon_stop_within (struct testdaemon *, unsigned int milliseconds) ;
extern int testdaemon_stop (struct testdaemon *) ;
extern void testdaemon_terminate (struct testdaemon const *) ;  /* SIGTERM, without waiting */

 /* A TAP point that it stopped properly. Tests end with it. */
extern void testdaemon_finish (struct testdaemon *) ;

 /* Its helpers that close, the oldest first: that one does nothing until the end. 0: unknown. */
extern unsigned int testdaemon_children (struct testdaemon const *, pid_t *, unsigned int max) ;

 /* Waits a little until it does nothing, and nothing is being closed for it:
    the two functions below do so first. */
extern void testdaemon_rest (struct testdaemon const *) ;

extern unsigned int testdaemon_count_fds (struct testdaemon const *) ;
extern unsigned int testdaemon_count_file (struct testdaemon const *, int fd) ;  /* how often it has that file open */
 /* The same, as soon as it is as often as wanted, or after five seconds: its helpers close when they can. */
extern unsigned int testdaemon_settled_file (struct testdaemon const *, int fd, unsigned int wanted) ;

 /* Calls the function with each descriptor of the daemon: its number, what it is. */
typedef void testdaemon_fd_func (int, struct stat const *, void *) ;
extern unsigned int testdaemon_count_staying (struct testdaemon const *) ;  /* that an exec leaves open, from 3 on */
extern void testdaemon_each_fd (struct testdaemon const *, testdaemon_fd_func *, void *) ;

extern long testdaemon_resident (struct testdaemon const *) ;  /* kilobytes; -1: unknown */
extern long testdaemon_naps (struct testdaemon const *) ;  /* how often it has begun to wait, ever; -1: unknown */

 /* The smallest send buffers on all connections that it has now. 0: the kernel does not let us. */
extern int testdaemon_shrink_buffers (struct testdaemon const *) ;

extern int testfile (void) ;  /* a new anonymous file: unlike any other by inode */
extern int testfile_same (int, int) ;

extern void test_sleep (unsigned int milliseconds) ;
extern double test_seconds (void) ;  /* monotonic */
extern long test_since (double seconds) ;  /* milliseconds since then; one that has begun counts */
extern unsigned int test_patience (void) ;  /* PATIENCE of the environment: what is to be fast may take so many times as long */

#endif
