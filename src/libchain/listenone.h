/* ISC license. */

#ifndef S6ACTIVATION_LISTENONE_H
#define S6ACTIVATION_LISTENONE_H

 /* The programs that listen in one fifodir, until what is told there matches, and
    print it: [ -t timeout ] fifodir regexp [ prog... ]. PROG must be set. */

struct listenone
{
  char const *usage ;
  int hasprogram ;  /* which is started when it listens */
  int late ;  /* exit code, when the time is over */
} ;

 /* Returns 0; whatever else happens ends the process. */
extern int listenone (int argc, char const *const *argv, struct listenone const *) ;

#endif
