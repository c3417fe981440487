/* ISC license. */

#ifndef S6ACTIVATION_TESTS_BENCHTREE_H
#define S6ACTIVATION_TESTS_BENCHTREE_H

 /*
    A scan directory of many services, the s6-svscan of one package on it, and
    how that package's programs are run. What fails ends the benchmark.
 */

#include <stdint.h>
#include <sys/types.h>

#define BENCHTREE_FIFO "up"

enum { BENCHTREE_MOST = 1000, BENCHTREE_READY_FD = 3 } ;

 /* What a service writes to the fifo. */
struct benchtree_up
{
  pid_t pid ;
  unsigned int number ;
} ;

struct benchtree
{
  char const *variable ;  /* that named programs */
  char const *programs ;  /* a directory */
  char **environment ;
  char const *option ;  /* of s6-svscan, for how many services there may be */
  char dir[8] ;
  int fifo ;
  unsigned int count ;  /* of services: s0, s1... */
  pid_t pid ;  /* of s6-svscan; 0: it does not run */
  pid_t services[BENCHTREE_MOST] ;  /* as they have told */
} ;

 /* In the current directory. */
extern void benchtree_init (struct benchtree *, char const *dir, char const *variable, char const *programs) ;

 /* A new scan directory, of that many services of that program; the first `ready` of them
    tell that they are ready. */
extern void benchtree_fill (struct benchtree *, unsigned int count, unsigned int ready, char const *program) ;

extern void benchtree_start (struct benchtree *, int gate) ;  /* gate: it executes when a byte has come there; -1: at once */
extern void benchtree_await (struct benchtree *, unsigned int n) ;  /* until so many have told that they are up */
extern double benchtree_stop (struct benchtree *) ;  /* seconds of processor time that all of it took; < 0: it did not run */

extern pid_t benchtree_supervisor (struct benchtree const *, unsigned int) ;
extern double benchtree_pss (struct benchtree const *, unsigned int n) ;  /* kB, of a supervisor, on average of n */
extern long benchtree_switches (struct benchtree const *) ;  /* voluntary ones, of s6-svscan and all supervisors */

 /* A program of the package, in the tree's directory: argv[0] is its name. Its wait status.
    descriptors: its soft limit; 0: as it is. */
extern int benchtree_run (struct benchtree const *, char const *const *argv, unsigned int descriptors) ;
extern pid_t benchtree_spawn (struct benchtree const *, char const *const *argv, unsigned int descriptors, int gate) ;

#endif
