/* ISC license. */

/* textclient-only path L: lists; textclient-only path D id: deletes.
   A client of the fd-holder that knows skalibs' textclient and the protocol,
   and includes nothing of ours. */

#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/textclient.h>

#define CLIENT_BANNER "s6-fdholder 1.0 (b)\n"
#define SERVER_BANNER "s6-fdholder 1.0 (a)\n"

static void list (textclient *a, tain const *deadline)
{
  struct iovec v ;
  char const *s ;
  if (!textclient_exchange_g(a, "L", 1, &v, deadline)) strerr_diefusys(111, "list") ;
  s = v.iov_base ;
  if (v.iov_len < 5 || *s) strerr_dief(1, "refused") ;
  for (size_t i = 5 ; i < v.iov_len ; i += strlen(s + i) + 1)
  {
    allwrite(1, s + i, strlen(s + i)) ;
    allwrite(1, "\n", 1) ;
  }
}

static void delete (textclient *a, char const *id, tain const *deadline)
{
  char request[258] = "D" ;
  size_t len = strlen(id) ;
  request[1] = len ;
  memcpy(request + 2, id, len + 1) ;
  if (!textclient_command_g(a, request, len + 3, deadline)) strerr_diefusys(1, "delete") ;
}

int main (int argc, char const *const *argv)
{
  textclient a = TEXTCLIENT_ZERO ;
  tain deadline ;
  PROG = "textclient-only" ;
  if (argc < 3 || (argc > 3 && strlen(argv[3]) > 255)) strerr_dieusage(100, "textclient-only path L | D id") ;
  tain_now_g() ;
  tain_addsec_g(&deadline, 10) ;
  if (!textclient_start_g(&a, argv[1], 0, CLIENT_BANNER, sizeof(CLIENT_BANNER) - 1, SERVER_BANNER, sizeof(SERVER_BANNER) - 1, &deadline))
    strerr_diefusys(111, "connect to ", argv[1]) ;
  if (argv[2][0] == 'L') list(&a, &deadline) ;
  else if (argc > 3) delete(&a, argv[3], &deadline) ;
  textclient_end(&a) ;
  return 0 ;
}
