/* ISC license. */

/* The channel to the keeper fails to take something, for whatever reason but that he
   has gone: he is not left, and hears of it soon. */

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/faults.h"
#include "support/keeping.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;
static struct faults *faults ;
static struct rawclient client ;
static struct keeping keeper ;
static int file ;

static void keep (void)
{
  int p[2], gifts[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1) tap_bail("socketpair") ;
  if (keeping_ask(&client, p[1], gifts)) tap_bail("keep") ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
  keeping_begin(&keeper, p[0]) ;
  tap_string(keeping_some(&keeper, 1), "N", "nothing is held") ;
}

static void fails (int number, char const *name)
{
  faults_arm(faults, FAULT_SENDMSG, 1, 2, number) ;
  tap_error(raw_store(&client, "x", 0, file), 0, "%s: a store is answered", name) ;
  tap_int(faults->failed, 2, "%s: at the third try", name) ;
  faults_disarm(faults) ;
  tap_string(keeping_some(&keeper, 1), "S:x", "%s: the keeper has heard of it", name) ;
  tap_error(raw_delete(&client, "x"), 0, "%s: it is deleted", name) ;
  tap_string(keeping_some(&keeper, 1), "D:x", "%s: and of that", name) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  faults = preloaded_begin() ;
  testdaemon_start(&holder, "s", 0) ;
  file = testfile() ;
  raw_must_connect(&client, "s", FRAME_NATIVE) ;
  keep() ;
  fails(EIO, "EIO") ;
  fails(EPERM, "EPERM") ;
  fails(ENOBUFS, "ENOBUFS") ;
  raw_close(&client) ;
  keeping_end(&keeper) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
