/* ISC license. */

/* What preload-faults.so is told, and tells: a file that the tester and the
   program both map. The program's environment names it in FAULTS. */

#ifndef S6ACTIVATION_TESTS_FAULTS_H
#define S6ACTIVATION_TESTS_FAULTS_H

enum fault_function
{
  FAULT_NONE,
  FAULT_MALLOC,
  FAULT_REALLOC,
  FAULT_CALLOC,
  FAULT_ACCEPT4,
  FAULT_RECVMSG,
  FAULT_SENDMSG,
  FAULT_OPEN,
  FAULT_OPENAT,
  FAULT_READ,
  FAULT_PIPE2,
  FAULT_FCNTL,
  FAULT_MMAP,
  FAULT_REGCOMP,
  FAULT_CLOCK_GETTIME,
  FAULT_POLL,
  FAULT_WRITE,
  FAULT_WRITEV,
  FAULT_GETSOCKOPT,
  FAULT_FACCESSAT,
  FAULT_SIGNALFD,
  FAULT_SETRLIMIT,
  FAULT_MEMFD_CREATE,
  FAULT_EXECV,
  FAULT_SOCKETPAIR,
  FAULT_FORK,
  FAULT_CLONE,
  FAULT_SEND,
  FAULT_RECV,
  FAULT_EPOLL_CTL,
  FAULT_EPOLL_WAIT,
  FAULT_PIDFD,  /* syscall(2) that opens one, or sends a signal by it */
  FAULT_COUNT
} ;

struct faults
{
  unsigned int function ;  /* which one is to fail */
  int pid ;                /* in this process only; 0: in any */
  unsigned int from ;      /* its calls number from ... */
  unsigned int to ;        /* ... to, counted from 1 */
  int number ;             /* errno; 0: one that the function knows */
  unsigned int calls ;     /* of it, so far */
  unsigned int failed ;
  long step ;              /* seconds that the wall clock is ahead */
} ;

extern char const *const fault_names[FAULT_COUNT] ;

 /* Makes the file in the working directory and maps it. */
extern struct faults *faults_new (char const *path) ;
extern void faults_arm (struct faults *, enum fault_function, unsigned int from, unsigned int to, int number) ;
extern void faults_aim (struct faults *, int pid) ;  /* from the next faults_arm on; 0: at all of them */
extern void faults_disarm (struct faults *) ;

#endif
