/* ISC license. */

#ifndef S6ACTIVATION_SOCKLOG_INTERNAL_H
#define S6ACTIVATION_SOCKLOG_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <skalibs/tai.h>

#include "liblogger/socklog.h"

#define source_of(l) ((struct socklog_source *)(l))  /* its node is its beginning */

enum socklog_internal
{
  SOCKLOG_TURN = 64,  /* datagrams, or reads of a connection, in one turn */
  SOCKLOG_READ = 65536  /* bytes of a connection at once */
} ;

 /* It cannot go on: what failed, and errno. Returns 0. */
extern int socklog_fail (struct socklog *, char const *what) ;

 /* Writes one line: who has sent it, what its priority says, the text. Waits until stdout
    takes it, and hears TERM meanwhile. text may be changed. 0: it cannot go on;
    ETIMEDOUT: there is no time any more. */
extern int socklog_write (struct socklog *, char const *origin, size_t originlen, char *text, size_t len, int iscut) ;

 /* Reads the signals that have come. */
extern void socklog_hear (struct socklog *) ;

 /* Who that is, with a colon and a space. The length, SOCKLOG_ORIGIN at most. */
extern size_t socklog_origin_address (char *, struct sockaddr_storage const *) ;
extern size_t socklog_origin_ids (char *, int64_t pid, uint64_t uid) ;

 /* Reads so many times at most. 0: it cannot go on. */
extern int socklog_read_datagrams (struct socklog_source *, unsigned int most) ;
extern int socklog_read_connection (struct socklog_source *, unsigned int most) ;

 /* The beginning of a line that it holds is a line, and it is closed. 0: it
    cannot go on. */
extern int socklog_end_connection (struct socklog_source *) ;

 /* Takes connections. */
extern void socklog_accept (struct socklog_source *) ;

 /* A source of ours from now on. 0 and errno: fd is not. */
extern struct socklog_source *socklog_add (struct socklog *, int fd, int family, enum socklog_kind) ;

 /* 0 and errno. */
extern int socklog_watch (struct socklog_source *) ;

 /* Of a new connection: whose it is, as find_origin of socklog-accept.c tells them apart.
    0, errno ENOMEM. */
extern int socklog_find_account (struct socklog_source *, unsigned char const *key) ;
extern int socklog_serve (struct socklog_source *) ;  /* 0 and errno: it is not watched */
extern int socklog_wait (struct socklog_source *) ;  /* 0: there is no room for that */
extern void socklog_heard (struct socklog_source *) ;  /* it has not been silent */
extern void socklog_leave (struct socklog_source *) ;  /* it ends */

 /* Who comes first of those that wait: who has least. It waits no more. 0: nobody does, or
    there is no place. */
extern struct socklog_source *socklog_next (struct socklog *) ;

 /* Which connection is to end for that one, when there is no place; or 0. */
extern struct socklog_source *socklog_silent (struct socklog_source *) ;

 /* Those that wait are served, as many as there are places. 0: it cannot go on. */
extern int socklog_let_in (struct socklog *) ;

 /* After a failure for want of something: not before its pause is over. */
extern void socklog_pause (struct socklog_source *, char const *what) ;


 /* Those whose pause is over are watched again; when: that of the next one. 0: it cannot
    go on. */
extern int socklog_end_pauses (struct socklog *, tain *when) ;

#endif
