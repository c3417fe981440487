/* ISC license. */

#ifndef S6ACTIVATION_SYSLOGLINE_H
#define S6ACTIVATION_SYSLOGLINE_H

 /* A line as syslog(3) sends it. */

#include <stddef.h>

enum { SYSLOGLINE_NAME = 24 } ;  /* more than any facility.priority, its colon and its space take */

 /* Does it begin with <n>? Then facility.priority, a colon and a space are in name, without
    a NUL; returns how many bytes these are, and sets used to what they stand for. 0: it
    does not. */
extern size_t syslogline_priority (char *name, char const *s, size_t len, size_t *used) ;

 /* Newlines and NULs at the end go, others become ~. Returns what is left of len. */
extern size_t syslogline_clean (char *s, size_t len) ;

#endif
