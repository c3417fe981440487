/* ISC license. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "tap.h"
#include "tracer.h"

enum { SYSCALL_STOP = SIGTRAP | 0x80, OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC, SOCKETCALL_SENDMSG = 16 } ;

static pid_t begin (char const *const *argv, int input, int istraced)
{
  pid_t pid = fork() ;
  int null ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  null = open("/dev/null", O_WRONLY) ;
  if (dup2(input, 0) == -1 || dup2(null, 1) == -1 || dup2(null, 2) == -1) _exit(126) ;
  signal(SIGPIPE, SIG_DFL) ;
  if (istraced && ptrace(PTRACE_TRACEME, 0, 0, 0) == -1) _exit(126) ;
  execv(argv[0], (char **)argv) ;
  _exit(127) ;
}

static void note_end (struct trace *t, int status)
{
  t->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0 ;
  t->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1 ;
}

 /* Some machines (i386, s390x) had one call for all of sockets, and their C library uses it. */

static int is_sendmsg (pid_t pid)
{
  struct __ptrace_syscall_info info ;
  memset(&info, 0, sizeof(info)) ;
  ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) ;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return 0 ;
#ifdef SYS_socketcall
  if (info.entry.nr == SYS_socketcall && info.entry.args[0] == SOCKETCALL_SENDMSG) return 1 ;
#endif
  return info.entry.nr == SYS_sendmsg ;
}

static int is_entry (pid_t pid)
{
  struct __ptrace_syscall_info info ;
  memset(&info, 0, sizeof(info)) ;
  ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) ;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY ;
}

 /* At a stop: lets it go on, with the signal when its time has come. A call that it is
    killed in has not been made. */

static void step (struct trace *t, pid_t pid, int status, unsigned int n, int deadly)
{
  int pass = 0 ;
  if (WSTOPSIG(status) == SYSCALL_STOP)
  {
    if (is_entry(pid))
    {
      int isending = is_sendmsg(pid) ;
      if (++t->calls == n)
      {
        kill(pid, deadly) ;
        if (deadly == SIGKILL) return ;
      }
      t->sends += isending ;
    }
  }
  else if (!(status >> 16)) pass = WSTOPSIG(status) ;
  ptrace(PTRACE_SYSCALL, pid, 0, (long)pass) ;
}

 /* The next program begins where its own execve has succeeded. */

void tracer_run (struct trace *t, char const *const *argv, int input, unsigned int n, int deadly)
{
  unsigned int execs = 0 ;
  int status ;
  pid_t pid = begin(argv, input, 1) ;
  memset(t, 0, sizeof(*t)) ;
  if (waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  if (WIFSTOPPED(status))
  {
    ptrace(PTRACE_SETOPTIONS, pid, 0, OPTIONS | PTRACE_O_EXITKILL) ;
    ptrace(PTRACE_SYSCALL, pid, 0, 0) ;
  }
  while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8) && ++execs) ptrace(PTRACE_DETACH, pid, 0, 0) ;
    else step(t, pid, status, n, deadly) ;
  note_end(t, status) ;
}

static void let_go (pid_t pid)
{
  int status ;
  long pass ;
  if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) == -1) return ;
  if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status)) return ;
  pass = WSTOPSIG(status) == SYSCALL_STOP || status >> 16 ? 0 : WSTOPSIG(status) ;
  ptrace(PTRACE_DETACH, pid, 0, pass) ;
}

void tracer_run_against (struct trace *program, struct trace *victim, char const *const *argv, int input, pid_t target, unsigned int n, int deadly)
{
  siginfo_t info ;
  int status ;
  int running = 1 ;
  pid_t pid ;
  memset(program, 0, sizeof(*program)) ;
  memset(victim, 0, sizeof(*victim)) ;
  if (ptrace(PTRACE_SEIZE, target, 0, OPTIONS) == -1 || ptrace(PTRACE_INTERRUPT, target, 0, 0) == -1) tap_bail("ptrace") ;
  pid = begin(argv, input, 0) ;
  while (running)
  {
    info.si_pid = 0 ;
    if (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL) == -1) tap_bail("waitid") ;
    if (info.si_pid == target && (info.si_code == CLD_KILLED || info.si_code == CLD_EXITED))
    {
      victim->signal = info.si_code == CLD_KILLED ? info.si_status : 0 ;
      victim->code = info.si_code == CLD_EXITED ? info.si_status : -1 ;
      break ;
    }
    if (waitpid(info.si_pid, &status, __WALL) != info.si_pid) tap_bail("waitpid") ;
    if (info.si_pid != pid) step(victim, target, status, n, deadly) ;
    else running = WIFSTOPPED(status) ;
  }
  if (running && waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  else if (!running) let_go(target) ;
  note_end(program, status) ;
}

int tracer_works (void)
{
  static char const *const argv[] = { "/bin/true", 0 } ;
  struct trace t ;
  tracer_run(&t, argv, 0, 1, SIGKILL) ;
  return t.signal == SIGKILL ;
}
