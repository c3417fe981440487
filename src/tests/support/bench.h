/* ISC license. */

#ifndef S6ACTIVATION_TESTS_BENCH_H
#define S6ACTIVATION_TESTS_BENCH_H

 /* What the benchmark measures with: daemons to talk to, raw clients of
    both dialects that do nothing that the measurement does not need, and
    times that are compared within one run. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BENCH_HELD_MAX = 10000 } ;

enum bench_dialect
{
  BENCH_NATIVE,
  BENCH_S6
} ;

struct bench_daemon
{
  char const *name ;
  char const *dir ;  /* where its programs are */
  char **environment ;  /* what they run in */
  char const *maxconn ;  /* -c; 0: what it takes by itself */
  int iskept ;  /* -k */
  char socket[32] ;
  pid_t pid ;
} ;

 /* Starts dir/s6-fdholderd on a socket in the current directory, with all
    rights for us. 0: there is none in dir, or it ended with *status at once. */
extern int bench_daemon_start (struct bench_daemon *, char const *name, char const *dir, char const *maxfds, int *status) ;
extern void bench_daemon_stop (struct bench_daemon *) ;
extern long bench_daemon_rss (struct bench_daemon const *) ;  /* kB */
extern double bench_daemon_calls (struct bench_daemon *, void (*work) (void *), void *, unsigned int n) ;  /* system calls for each of n; < 0: no strace */

 /* Has strace count the system calls of that process, and of those that it makes from now on.
    0: there is no strace, or it may not. bench_traced ends it, and returns how many there were. */
extern pid_t bench_trace (pid_t) ;
extern double bench_traced (pid_t) ;

 /* The environment for programs of dir: with the libraries that tools/fetch-peer put beside
    them, if it did. Ours else. */
extern char **bench_environment (char const *dir) ;
 /* Dies, and says why: what VARIABLE of the environment asked for did not start. */
extern void bench_cannot_run (char const *variable, char const *dir, char const *name, int status) ;
 /* Whether QUICK asks for everything once: whether it works, and no measurement. */
extern int bench_quick (void) ;

 /* Raw clients. All bail out on anything unexpected. */
extern int bench_connect (struct bench_daemon const *, enum bench_dialect) ;
extern void bench_store (int, enum bench_dialect, int fd, char const *id, int limited) ;
extern void bench_delete (int, enum bench_dialect, char const *id) ;
extern void bench_retrieve (int, enum bench_dialect, char const *id) ;  /* and closes what came */
extern size_t bench_list (int, enum bench_dialect) ;  /* bytes */
extern unsigned int bench_getdump (int, enum bench_dialect) ;  /* descriptors, all closed again; fewer where the daemon gave up */

 /* One message each way, as small as can be: what the floor is made of. */
extern void bench_send (int, char const *, size_t, int fd) ;  /* fd -1: none */
extern size_t bench_receive (int, char *, size_t, int *fds, unsigned int *nfds) ;

 /* A row's name. The memory is never freed. */
extern char const *bench_label (char const *what, struct bench_daemon const *, enum bench_dialect) ;

 /* A client, held or not, and its work: all take a struct bench_client. */
struct bench_client
{
  struct bench_daemon *daemon ;
  enum bench_dialect dialect ;
  int fd ;
  int stored ;  /* what it stores */
  int limited ;
  char *target ;  /* the program that a whole process ends in */
} ;
extern void bench_work_retrieve_held (void *) ;
extern void bench_work_retrieve_once (void *) ;  /* connects and closes */
extern void bench_work_store_and_delete (void *) ;
extern void bench_work_list (void *) ;
extern void bench_work_dump (void *) ;
extern void bench_work_program (void *) ;  /* s6-fdholder-retrieve, a whole process */
extern void bench_work_list_program (void *) ;
extern void bench_work_detail_program (void *) ;  /* s6-fdholder-list -o, with all fields */
extern void bench_work_library (void *) ;  /* retrieve; takes a fdholder * */

 /* The floors: processes that answer with one descriptor and judge nothing.
    They run until they are killed. */
extern pid_t bench_floor_held (int fd) ;  /* over a socketpair */
extern void bench_floor_exchange (void *) ;  /* with that one; takes nothing */
extern pid_t bench_floor_listening (struct bench_daemon *, int fd) ;  /* poll, accept, SO_PEERCRED, receive, send, close */
extern void bench_floor_stop (pid_t) ;

 /* Nanoseconds on the monotonic clock. */
extern uint64_t bench_now (void) ;

 /* Times: several contenders, several rounds in turn, the median of each. */
struct bench_contender
{
  char const *name ;
  void (*work) (void *) ;  /* done n times in a round */
  void *data ;
  unsigned int n ;
  double median ;  /* nanoseconds for one */
} ;
extern void bench_race (struct bench_contender *, unsigned int count, unsigned int rounds) ;

 /* One row for each: name, time, ratio to the first and to the one called peer. */
extern void bench_print (char const *title, struct bench_contender const *, unsigned int count, char const *peer) ;

extern void bench_raise_limit (void) ;  /* of open files, to the hard one */
extern void bench_pin (void) ;  /* this process and its children, to one processor */

#endif
