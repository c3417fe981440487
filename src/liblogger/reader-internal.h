/* ISC license. */

#ifndef S6ACTIVATION_READER_INTERNAL_H
#define S6ACTIVATION_READER_INTERNAL_H

#include "liblogger/reader.h"

extern int reader_wants (struct reader const *, struct trail_line *) ;

 /* Appends the line to the batch, as it is to be shown. 0 and errno ENOMEM. */
extern int reader_show (struct reader *, struct trail_line const *, char const *path) ;

 /* Works out how many lines come before the last ones, and where to begin. 0 and errno. */
extern int reader_find_last (struct reader *) ;

extern char const reader_stdout[] ;  /* its name in a trouble */

 /* Writes the batch, and moves the cursor. issafe: to the disk. 0 and errno. */
extern int reader_flush (struct reader *, int issafe, struct reader_trouble *) ;

 /* What has come meanwhile: signals, news. Waits for some, if it is to. 0 and errno. */
extern int reader_hear (struct reader *, int iswaiting) ;

#endif
