/* ISC license. */

#include <sys/wait.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "internal.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

void server_log_status (struct server *s)
{
  char running[UINT_FMT] ;
  char max[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  running[uint_fmt(running, children_running(&s->connections.children))] = 0 ;
  max[uint_fmt(max, s->config->maxconn)] = 0 ;
  log_line(&s->log, LOG_INFO, "status: ", running, "/", max) ;
}

static void format_share (struct server *s, char *running, char *max, uint32_t count)
{
  running[uint_fmt(running, count)] = 0 ;
  max[uint_fmt(max, s->config->localmaxconn)] = 0 ;
}

void server_log_accept (struct server *s, pid_t pid, unsigned char const *key)
{
  char name[SUPERSERVER_NAMESIZE] ;
  char fmtpid[PID_FMT] ;
  char running[UINT_FMT] ;
  char max[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  (*s->config->face->format_client)(name, &s->client, s->config->data) ;
  fmtpid[pid_fmt(fmtpid, pid)] = 0 ;
  format_share(s, running, max, key ? connections_count(&s->connections, key) : 0) ;
  log_line(&s->log, LOG_INFO, s->config->face->words.accepted, name, " pid ", fmtpid, " count ", key ? running : "?", "/", max) ;
}

 /* Told at -v 1 too, once a minute for each client: otherwise nobody sees
    that clients are turned away. At -v 2 each connection has its line. */

void server_log_reject (struct server *s, uint32_t count)
{
  char const *word = s->config->face->words.rejected ;
  char name[SUPERSERVER_NAMESIZE] ;
  char user[SUPERSERVER_NAMESIZE] ;
  char running[UINT_FMT] ;
  char max[UINT_FMT] ;
  struct complaint_account account ;
  if (!log_wants(&s->log, LOG_NOTE)) return ;
  (*s->config->face->format_client)(name, &s->client, s->config->data) ;
  format_share(s, running, max, count) ;
  if (log_wants(&s->log, LOG_INFO))
  {
    log_line(&s->log, LOG_INFO, word, name, " count ", running, "/", max) ;
    return ;
  }
  (*s->config->face->format_user)(user, s->client.key) ;
  complaint_account(&account, "", user) ;
  complaint_line(&s->complaints, LOG_NOTE, "turned away by -C", &account, &STAMP, word, name, " count ", running, "/", max) ;
}

void server_log_end (struct server *s, pid_t pid, unsigned char const *key, int known, int status)
{
  struct superserver_face const *face = s->config->face ;
  char name[SUPERSERVER_NAMESIZE] ;
  char fmtpid[PID_FMT] ;
  char fmtcode[UINT_FMT] ;
  char running[UINT_FMT] ;
  char max[UINT_FMT] ;
  if (s->log.verbosity < 2) return ;
  fmtpid[pid_fmt(fmtpid, pid)] = 0 ;
  fmtcode[uint_fmt(fmtcode, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status))] = 0 ;
  if (face->format_key)
  {
    (*face->format_key)(name, key, known) ;
    log_line(&s->log, LOG_INFO, "end pid ", fmtpid, " ", name, WIFSIGNALED(status) ? " signal " : " exitcode ", fmtcode) ;
    return ;
  }
  format_share(s, running, max, connections_count(&s->connections, key)) ;
  log_line(&s->log, LOG_INFO, "end pid ", fmtpid, WIFSIGNALED(status) ? " signal " : " exitcode ", fmtcode, " count ", running, "/", max) ;
}
