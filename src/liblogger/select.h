/* ISC license. */

#ifndef S6ACTIVATION_SELECT_H
#define S6ACTIVATION_SELECT_H

 /* Which actions a line is for. */

#include <stddef.h>
#include <stdint.h>

#include "liblogger/script.h"

 /* Fills in one for each group. The byte behind the line must be the caller's to change:
    it is put back. */
extern void select_groups (struct script const *, char *line, size_t len, uint8_t *isselected) ;

#endif
