/* ISC license. */

#ifndef S6ACTIVATION_SCRIPT_INTERNAL_H
#define S6ACTIVATION_SCRIPT_INTERNAL_H

#include "liblogger/script.h"

 /* 0 and errno: EINVAL, error says why; ENOMEM. */
extern int script_selection (struct script_selection *, char const *word, struct script_error *) ;
extern void script_selection_free (struct script_selection *) ;

 /* One that is none: 0, and isit is 0; or it is wrong. */
extern int script_setting (struct script_settings *, char const *word, int *isit, struct script_error *) ;
extern void script_defaults (struct script_settings *) ;

extern int script_wrong (struct script_error *, char const *word, char const *text) ;  /* 0, and errno EINVAL */

#endif
