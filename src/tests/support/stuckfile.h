/* ISC license. */

/* Files whose close(2) does not return, for tests of who must not wait. */

#ifndef S6ACTIVATION_TESTS_STUCKFILE_H
#define S6ACTIVATION_TESTS_STUCKFILE_H

 /* Mounts a FUSE file system that is one file, and answers everything but
    FLUSH, in the working directory: this process and its children see it.
    0: this machine cannot; *why says what it lacks. */
extern int stuckfile_begin (char const **why) ;

 /* A descriptor of it. Who closes one, by exit or exec too, waits until
    stuckfile_end: processes that are to end must not have any. */
extern int stuckfile_open (void) ;

extern unsigned int stuckfile_waiting (void) ;  /* closes that have begun, in all */

 /* The file system goes, and with it every wait. Also at exit. */
extern void stuckfile_end (void) ;

 /* For any machine: one end of a socket pair in which a TCP socket that
    lingers is under way. Who closes it last waits for LINGER_SECONDS.
    *other: as for lingering_socket. */
extern int stuckfile_parcel (int *other) ;

#endif
