/* ISC license. */

#ifndef S6ACTIVATION_UCSPI_H
#define S6ACTIVATION_UCSPI_H

enum ucspi_fd
{
  UCSPI_READ = 6,
  UCSPI_WRITE = 7
} ;

 /*
   Moves fd to where a UCSPI client finds its connection: 6 to read from,
   7 to write to, both open across exec. Consumes fd. 1, or 0 and errno.
 */
extern int ucspi_client_move (int fd) ;

#endif
