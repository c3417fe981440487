/* ISC license. */

/* Tests of many connections: how many there can be. */

#ifndef S6ACTIVATION_TESTS_MANYFILES_H
#define S6ACTIVATION_TESTS_MANYFILES_H

 /* Raises the limit on open files, which children inherit, as far as it goes. How
    many there is room for, wanted at most, where each takes so many descriptors and
    all else takes spare. Skips all where that is less than least. */
extern unsigned int manyfiles_room (unsigned int wanted, unsigned int least, unsigned int each, unsigned int spare) ;

#endif
