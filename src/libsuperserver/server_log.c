/* ISC license. */

#include <sys/wait.h>

#include <skalibs/types.h>

#include "internal.h"

void server_log_status (struct server *s)
{
  char running[UINT_FMT] ;
  char max[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  running[uint_fmt(running, s->children.running)] = 0 ;
  max[uint_fmt(max, s->config->maxconn)] = 0 ;
  superlog_line(&s->log, "status: ", running, "/", max) ;
}

void server_log_client (struct server *s, char const *verdict, pid_t pid, uint32_t count)
{
  char name[SUPERSERVER_NAMESIZE] ;
  char fmtpid[PID_FMT] ;
  char fmtcount[UINT_FMT] = "?" ;
  char fmtmax[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  (*s->config->face->format_client)(name, &s->client, s->config->data) ;
  fmtpid[pid_fmt(fmtpid, pid)] = 0 ;
  if (s->client.known) fmtcount[uint_fmt(fmtcount, count)] = 0 ;
  fmtmax[uint_fmt(fmtmax, s->config->localmaxconn)] = 0 ;
  superlog_line(&s->log, verdict, name, pid ? " pid " : "", pid ? fmtpid : "", " count ", fmtcount, "/", fmtmax) ;
}

void server_log_end (struct server *s, pid_t pid, unsigned char const *key, int known, int status)
{
  char name[SUPERSERVER_NAMESIZE] ;
  char fmtpid[PID_FMT] ;
  char fmtcode[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  (*s->config->face->format_key)(name, key, known) ;
  fmtpid[pid_fmt(fmtpid, pid)] = 0 ;
  fmtcode[uint_fmt(fmtcode, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status))] = 0 ;
  superlog_line(&s->log, "end pid ", fmtpid, " ", name, WIFSIGNALED(status) ? " signal " : " exitcode ", fmtcode) ;
}
