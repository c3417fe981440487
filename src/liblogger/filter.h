/* ISC license. */

#ifndef S6ACTIVATION_FILTER_H
#define S6ACTIVATION_FILTER_H

 /*
    Programs that change the beginning of each line. What was read is written before more is
    waited for. Memory does not grow: of a line that is longer than FILTER_LINE the beginning
    is changed when so much is there, and the rest goes through as it comes.
 */

#include <stddef.h>

enum filter_numbers
{
  FILTER_LINE = 65536,
  FILTER_HEAD = 64
} ;

 /* Given: the line, or so much of it, with its newline, if that is there. Fills in at most
    FILTER_HEAD bytes, how many is headlen, that stand in the place of as many bytes of the
    line as it returns. */
typedef size_t filter_line_func (void *, char const *s, size_t len, char *head, size_t *headlen) ;

enum filter_end { FILTER_OK, FILTER_CANNOT_READ, FILTER_CANNOT_WRITE } ;

 /* From stdin to stdout, until the end. iscompleting: an unfinished last line gets a newline.
    If it fails: errno. */
extern enum filter_end filter_run (filter_line_func *, void *, int iscompleting) ;

#endif
