/* ISC license. */

#ifndef S6ACTIVATION_MEMFILE_H
#define S6ACTIVATION_MEMFILE_H

 /* A file that has no name and goes with its last descriptor: in memory, or,
    where the system has no such thing, in /tmp. */

 /* Its descriptor, close-on-exec; -1 and errno. name: what /proc shows. */
extern int memfile_open (char const *name) ;

 /* From now on nobody changes what is in it. 1 also where that cannot be had; 0 and errno. */
extern int memfile_seal (int fd) ;

 /* Whether it would be known then, by the next one: memfile_seal was not called yet. */
extern int memfile_canseal (int fd) ;

 /* Nobody can have changed it since memfile_seal. 0 also where no file is ever sealed;
    -1 and errno: that is not known just now. */
extern int memfile_issealed (int fd) ;

#endif
