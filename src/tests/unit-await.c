/* ISC license. */

/* fdholder_await and fdholder_await_take, with daemons that cannot wait, or that
   end the connection meanwhile. */

#include <errno.h>
#include <unistd.h>

#include <s6-activation/fdholder.h>

#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

#define GREETED STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE)
#define ASKED(flags) READ("\0\0\0\5R" flags "\1x\0")
#define HERE SEND("\0\0\0\1\0", 1)
#define ERROR(e) SEND("\0\0\0\1" e, 0)
#define END STEP(STEP_WAITEOF), STEP(STEP_END)

 /* Of the first release: a flag that it does not know is EINVAL (22, octal 26). */
static struct step const older_has[] = { GREETED, ASKED("\2"), ERROR("\26"), ASKED("\0"), HERE, END } ;
static struct step const older_lacks[] = { GREETED, ASKED("\2"), ERROR("\26"), ASKED("\0"), ERROR("\2"), END } ;
static struct step const older_refuses[] = { GREETED, ASKED("\2"), ERROR("\26"), ASKED("\0"), ERROR("\1"), END } ;
static struct step const older_gives[] = { GREETED, ASKED("\3"), ERROR("\26"), ASKED("\1"), HERE, END } ;
static struct step const older_isused[] = { GREETED, ASKED("\3"), ERROR("\26"), ASKED("\1"), ERROR("\20"), END } ;

static struct step const ends[] = { GREETED, ASKED("\2"), GREETED, ASKED("\2"), GREETED, ASKED("\2"), HERE, END } ;

static void judge (struct step const *steps, int istake, int want, char const *name)
{
  struct conversation c ;
  int fd ;
  conversation_start(&c, steps) ;
  fd = istake ? fdholder_await_take_g(&c.h, "x", &c.deadline) : fdholder_await_g(&c.h, "x", &c.deadline) ;
  conversation_result(fd >= 0, want, name) ;
  if (fd >= 0) close(fd) ;
  conversation_end(&c, name) ;
}

int main (void)
{
  testdaemon_workdir() ;
  judge(older_has, 0, 0, "a daemon of the first release has it") ;
  judge(older_lacks, 0, ENOSYS, "it has none, and cannot wait") ;
  judge(older_refuses, 0, EPERM, "it refuses it") ;
  judge(older_gives, 1, 0, "it has it, to be taken") ;
  judge(older_isused, 1, ENOSYS, "another is taking it, and it cannot wait") ;
  judge(ends, 0, 0, "the connection ends twice") ;
  return tap_done() ;
}
