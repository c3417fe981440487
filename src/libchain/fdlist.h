/* ISC license. */

#ifndef S6ACTIVATION_FDLIST_H
#define S6ACTIVATION_FDLIST_H

 /* A list of open descriptors: decimal numbers with commas between them. How many there are;
    they go to fds, if that is not 0. Ends the program with 100 for what is no such list,
    and for a descriptor that is not open. */

extern unsigned int fdlist_scan (char const *, int *fds) ;

 /* The same end, for what is wrong with one of them: a text that follows its number. */
extern void fdlist_die (int fd, char const *what) ;

#endif
