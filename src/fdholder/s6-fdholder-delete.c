/* ISC license. */

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/holderoptions.h"

#define USAGE "s6-fdholder-delete [ -t milliseconds ] socket id [ prog... ]"

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  unsigned int milliseconds ;
  PROG = "s6-fdholder-delete" ;
  argv = holderoptions(argc, argv, USAGE, 2, 0, &milliseconds) ;
  chain_cover_standard() ;
  holderclient_check_id(argv[1]) ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_delete_g(&h, argv[1], &deadline)) holderclient_die_asking(&h, EXITCODE_DENIED, "delete ", argv[1], HOLDERCLIENT_ONE) ;
  holderclient_finish(argv + 2) ;
}
