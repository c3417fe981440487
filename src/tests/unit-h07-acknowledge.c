/* ISC license. */

/* H7, the client's part: what was taken is only given to the caller when the
   daemon has answered the acknowledgement with 0. */

#include <errno.h>
#include <unistd.h>

#include "support/scripted-client.h"
#include "support/tap.h"

#define BEGIN STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\5R\1\1x\0"), SEND("\0\0\0\1\0", 1), READ("\0\0\0\1A")
#define END STEP(STEP_WAITEOF), STEP(STEP_END)

static struct step const taken[] = { BEGIN, SEND("\0\0\0\1\0", 0), END } ;
static struct step const gone[] = { BEGIN, SEND("\0\0\0\1\2", 0), END } ;
static struct step const closed[] = { BEGIN, STEP(STEP_CLOSE), STEP(STEP_END) } ;
static struct step const silent[] = { BEGIN, END } ;
static struct step const strange[] = { BEGIN, SEND("\0\0\0\2\0\0", 0), END } ;
static struct step const refused[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\5R\1\1x\0"), SEND("\0\0\0\1\20", 0), END } ;
static struct step const plain[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\5R\0\1x\0"), SEND("\0\0\0\1\0", 1), END } ;
static struct step const s6[] = { STEP(STEP_ACCEPT), STEP(STEP_CLOSE), STEP(STEP_ACCEPT), READ("\0\0\0\5\0\0R\201\1x\0"), SEND("\0\0\0\1\0\1\0", 1), END } ;

static void check (char const *name, struct step const *steps, int want, unsigned int milliseconds, int isdelete)
{
  struct conversation c ;
  int fd ;
  conversation_start(&c, steps) ;
  if (milliseconds)
  {
    tain_from_millisecs(&c.deadline, milliseconds) ;
    tain_add_g(&c.deadline, &c.deadline) ;
  }
  fd = isdelete ? fdholder_retrieve_delete_g(&c.h, "x", &c.deadline) : fdholder_retrieve_g(&c.h, "x", &c.deadline) ;
  conversation_result(fd >= 0, want, name) ;
  if (fd >= 0) close(fd) ;
  conversation_end(&c, name) ;
}

int main (void)
{
  check("acknowledged", taken, 0, 0, 1) ;
  check("gone meanwhile", gone, ENOENT, 0, 1) ;
  check("closed before the answer", closed, EPIPE, 0, 1) ;
  check("no answer", silent, ETIMEDOUT, 200, 1) ;
  check("an answer that is none", strange, EPROTO, 0, 1) ;
  check("refused: nothing to acknowledge", refused, EBUSY, 0, 1) ;
  check("not to be deleted: nothing to acknowledge", plain, 0, 0, 0) ;
  check("s6's dialect has no acknowledgement", s6, 0, 0, 1) ;
  return tap_done() ;
}
