/* ISC license. */

#ifndef S6ACTIVATION_JSON_H
#define S6ACTIVATION_JSON_H

#include <stddef.h>

#include <skalibs/stralloc.h>

 /* Appends a string with its quotes. What is no UTF-8 becomes U+FFFD, byte by byte. 0 and
    errno ENOMEM. */
extern int json_string (stralloc *, char const *, size_t) ;

#endif
