/* ISC license. */

/* What s6-svscan makes of its directory, as scripts: an order, and what is to come of it.
   Listings are put against what it knows, with real supervisors (the test itself, under
   another name) that start, end, and are told to. The orders:

   scan ENTRY...   a listing: NAME:INODE, with + if it is logged, with ! if its log cannot be
                   looked at; NAME! cannot be looked at, NAME? leads nowhere. VERDICT:NAME of
                   each comes of it, and gone: of those that are not there any more
   start           all that is due
   show            NAME=STATE,STATE of each service and its logger: R runs, - is not to run,
                   a number is due in so many milliseconds; r and w: the ends of their pipe
   kill NAME       NAME/log is the logger of NAME
   busy NAME       it ends as one that has found another supervisor there
   told NAME       by which signal it has ended, or nothing
   later MS        the time passes
   max N           no more services than that
   prune, Prune    those that are gone are told to end; the hard way
   end             all are */

#ifndef S6ACTIVATION_TESTS_SCANSCRIPT_H
#define S6ACTIVATION_TESTS_SCANSCRIPT_H

enum { SCANSCRIPT_STEPS = 40 } ;

struct scanscript_step
{
  char const *order ;
  char const *want ;
} ;

struct scanscript
{
  char const *name ;
  struct scanscript_step steps[SCANSCRIPT_STEPS] ;
} ;

 /* What main returns: name is that of the program, the last script has none. */
extern int scanscript_main (char const *name, struct scanscript const *scripts) ;

#endif
