/* ISC license. */

 /* What comes: from run, from who controls us, from the kernel. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/loop.h"
#include "libdaemon/signals.h"
#include "libsupervise/child.h"
#include "libsupervise/supervisor-internal.h"

enum { LETTERS_AT_ONCE = 256, BYTES_AT_ONCE = 1024, READS_AT_ONCE = 64, LOOK_MS = 500 } ;

static int const signals[] = { SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT } ;

 /* A newline is what it waits for; nothing else is of interest, and nothing after it. Who
    says much without one is heard a pipe's worth at a time. */

static void hear (struct supervisor *s)
{
  char bytes[BYTES_AT_ONCE] ;
  for (unsigned int i = 0 ; i < READS_AT_ONCE && loop_watch_isstarted(&s->notification) ; i++)
  {
    ssize_t r = read(s->notification.fd, bytes, sizeof(bytes)) ;
    if (r == -1 && errno == EINTR) continue ;
    if (r == -1) break ;  /* it is told again that there is something */
    if (r > 0 && !memchr(bytes, '\n', (size_t)r)) continue ;
    supervisor_unhear(s) ;
    if (r > 0) supervisor_feed(s, MACHINE_READY, 0) ;
  }
}

static void forget_orphan (struct supervisor *s)
{
  int fd = s->adopted.fd ;
  s->orphan = 0 ;
  if (!loop_watch_isstarted(&s->adopted)) return ;
  loop_watch_stop(&s->loop, &s->adopted) ;
  fd_close(fd) ;
}

static void on_death (struct supervisor *s, int value)
{
  hear(s) ;  /* what it has said before */
  supervisor_unhear(s) ;
  forget_orphan(s) ;
  supervisor_feed(s, MACHINE_DIED, value) ;
}

 /* Others may be left to us by who executed into us. Run is looked at before it is taken
    notice of. 0: nobody else has died. -1 and errno. */

static int reap_one (struct supervisor *s)
{
  siginfo_t info = { .si_pid = 0 } ;
  int isours, wstat ;
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1) return errno == ECHILD ? 0 : -1 ;
  if (!info.si_pid) return 0 ;
  isours = info.si_pid == s->machine.status.pid && !s->orphan ;
  if (isours && s->machine.state == MACHINE_UP) supervisor_kill_leftovers(s) ;
  if (waitpid(info.si_pid, &wstat, 0) != info.si_pid) return -1 ;
  if (isours) on_death(s, wstat) ;
  return 1 ;
}

 /* No other signal comes for who has died: it is asked for until it is known. */

static void reap (struct supervisor *s)
{
  int r ;
  do r = reap_one(s) ;
  while (r > 0 || (r < 0 && errno == EINTR)) ;
  s->isunreaped = r < 0 ;
  if (!r)
  {
    supervisor_isfine(s, TROUBLE_DEATHS) ;
    return ;
  }
  supervisor_complain(s, TROUBLE_DEATHS, "wait for who has died") ;
  supervisor_put_off(s) ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct supervisor *s = data ;
  (void)pid ;
  if (sig == SIGCHLD) reap(s) ;
  else supervisor_feed(s, MACHINE_SIGNAL, sig) ;
}

static void on_signals_ready (void *data, unsigned int events, tain const *now)
{
  struct supervisor *s = data ;
  (void)events ;
  (void)now ;
  if (!signals_take(s->signals.fd, &on_signal, s)) supervisor_complain(s, TROUBLE_LOOP, "read signals") ;
}

static void on_control_ready (void *data, unsigned int events, tain const *now)
{
  struct supervisor *s = data ;
  char letters[LETTERS_AT_ONCE] ;
  ssize_t r = read(s->controlfd, letters, sizeof(letters)) ;
  (void)events ;
  (void)now ;
  for (ssize_t i = 0 ; i < r && s->machine.state != MACHINE_OVER ; i++) supervisor_feed(s, MACHINE_LETTER, (unsigned char)letters[i]) ;
}

static void on_notification_ready (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  hear(data) ;
}

static void on_adopted_ready (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  on_death(data, MACHINE_UNKNOWN) ;
}

static void on_due (void *data, tain const *now)
{
  (void)now ;
  supervisor_feed(data, MACHINE_DUE, 0) ;
}

static void on_later (void *data, tain const *now)
{
  struct supervisor *s = data ;
  (void)now ;
  if (s->isunreaped) reap(s) ;
  if (s->isunclean && s->machine.state == MACHINE_DOWN) supervisor_clean(s) ;
  if (s->machine.owed) supervisor_feed(s, MACHINE_AGAIN, 0) ;
  supervisor_retry(s) ;
}

 /* Where the system has no descriptors of processes. */

static void look_soon (struct supervisor *s)
{
  tain when ;
  clock_after(&when, &STAMP, LOOK_MS) ;
  loop_timer_set(&s->loop, &s->look, &when) ;
}

static void on_look (void *data, tain const *now)
{
  struct supervisor *s = data ;
  (void)now ;
  if (!s->orphan || loop_watch_isstarted(&s->adopted)) return ;
  if (child_lives(&s->child, s->orphan)) look_soon(s) ;
  else on_death(s, MACHINE_UNKNOWN) ;
}

int supervisor_adopt (struct supervisor *s, int fd)
{
  if (fd < 0)
  {
    look_soon(s) ;
    return 1 ;
  }
  if (loop_watch_start(&s->loop, &s->adopted, fd, LOOP_READ)) return 1 ;
  fd_close(fd) ;
  return 0 ;
}

int supervisor_begin (struct supervisor *s)
{
  int fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  if (fd < 0 || !loop_init_few(&s->loop)) return 0 ;
  loop_watch_init(&s->signals, &on_signals_ready, s) ;
  loop_watch_init(&s->control, &on_control_ready, s) ;
  loop_watch_init(&s->notification, &on_notification_ready, s) ;
  loop_watch_init(&s->adopted, &on_adopted_ready, s) ;
  loop_timer_init(&s->due, &on_due, s) ;
  loop_timer_init(&s->later, &on_later, s) ;
  loop_timer_init(&s->look, &on_look, s) ;
  return loop_watch_start(&s->loop, &s->signals, fd, LOOP_READ) && loop_watch_start(&s->loop, &s->control, s->controlfd, LOOP_READ) ;
}
