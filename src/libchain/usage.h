/* ISC license. */

#ifndef S6ACTIVATION_USAGE_H
#define S6ACTIVATION_USAGE_H

 /* Where `--help` is all that the program was given, or `-h`, unless usage has an option of
    that letter: prints usage to stdout and exits 0, 111 if that fails. Else does nothing, so
    no command line that means something is another one. PROG is set; no descriptor has
    been touched yet. */
extern void usage_asked (int argc, char const *const *argv, char const *usage) ;

#endif
