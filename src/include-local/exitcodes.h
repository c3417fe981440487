/* ISC license. */

#ifndef S6ACTIVATION_EXITCODES_H
#define S6ACTIVATION_EXITCODES_H

 /* What every program of the package exits with. */

enum exitcode
{
  EXITCODE_OK = 0,
  EXITCODE_DENIED = 1,  /* an expected "no": refused, timed out, not found */
  EXITCODE_DESTINATION = 2,  /* s6-fdholder-transferdump: the receiving side said no */
  EXITCODE_NOTHING = 99,  /* who waits for events: none came, or not all, in the time that there was */
  EXITCODE_USAGE = 100,
  EXITCODE_BUG = 101,
  EXITCODE_UNSUPERVISED = 102,  /* nobody supervises the service */
  EXITCODE_SYSTEM = 111,
  EXITCODE_NOEXEC = 126,  /* as the shell has it: there is such a program, or there is none */
  EXITCODE_NOPROGRAM = 127
} ;

#endif
