/* ISC license. */

#ifndef S6ACTIVATION_SUPERVISED_H
#define S6ACTIVATION_SUPERVISED_H

 /* Does a supervisor live on that service directory? -1 and errno; where there is no
    directory, or none ever did, that is no error. */
extern int supervised (char const *dir) ;

#endif
