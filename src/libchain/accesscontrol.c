/* ISC license. */

#include <unistd.h>
#include <stdlib.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>
#include <skalibs/exec.h>
#include <skalibs/stralloc.h>
#include <skalibs/env.h>

#include <s6-activation/config.h>
#include <s6-activation/accessrules.h>

#include "libchain/accesscontrol.h"
#include "exitcodes.h"
#include "libsockets/ucspi.h"

void accesscontrol_deny (struct accesscontrol const *control, char const *client, char const *why, char const *rule)
{
  char fmt[PID_FMT] ;
  fmt[pid_fmt(fmt, getpid())] = 0 ;
  if (control->verbosity >= 2) strerr_warni("deny pid ", fmt, " ", client, ": ", why, rule) ;
  _exit(EXITCODE_DENIED) ;
}

void accesscontrol_exec (struct accesscontrol *control, char const *options, char const *const *argv)
{
  char const *instead[] = { S6_ACTIVATION_EXECLINEPREFIX "execlineb", options, control->params.exec.s, 0 } ;
  if (!stralloc_catb(&control->params.env, control->modifs.s, control->modifs.len))
    strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
  if (control->params.exec.len) argv = instead ;
  xmexec_m(argv, control->params.env.s, control->params.env.len) ;
}

static void make_name (char *full, char const *protocol, char const *name)
{
  if (!ucspi_name(full, protocol, name)) strerr_dief(EXITCODE_USAGE, "PROTO is too long") ;
}

char const *accesscontrol_get (char const *protocol, char const *name)
{
  char full[UCSPI_NAME_SIZE] ;
  make_name(full, protocol, name) ;
  return getenv(full) ;
}

void accesscontrol_log_allow (struct accesscontrol const *control, char const *client)
{
  char fmt[PID_FMT] ;
  if (!control->verbosity) return ;
  fmt[pid_fmt(fmt, getpid())] = 0 ;
  strerr_warni("allow pid ", fmt, " ", client) ;
}

void accesscontrol_modify (struct accesscontrol *control, char const *protocol, char const *name, char const *value)
{
  char full[UCSPI_NAME_SIZE] ;
  make_name(full, protocol, name) ;
  if (!env_addmodif(&control->modifs, full, value)) strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
}

int accesscontrol_open (struct accesscontrol *control)
{
  if (control->cdb)
  {
    if (!accessrules_open_cdb_lazy(&control->rules, control->cdb))
      strerr_diefusys(EXITCODE_SYSTEM, "read the rules in ", control->cdb) ;
    return 1 ;
  }
  if (control->directory)
  {
    if (!accessrules_open_dir(&control->rules, control->directory))
      strerr_diefusys(EXITCODE_SYSTEM, "use the rules in ", control->directory) ;
    return 1 ;
  }
  if (control->verbosity >= 2) strerr_warnw("no rules are given (-i or -x): every client is let in") ;
  return 0 ;
}

 /* An error is told at every verbosity: it is ours to mend, and keeps out clients that may come in. */

void accesscontrol_require (struct accesscontrol *control, accessrules_result result, char const *client)
{
  char const *key = control->params.key ;
  if (result == ACCESSRULES_ALLOW) result = accessrules_read(&control->rules, &control->params) ;
  switch (result)
  {
    case ACCESSRULES_ALLOW : return ;
    case ACCESSRULES_ERROR : strerr_diefusys(EXITCODE_SYSTEM, "read the rules ", key, key[0] ? " " : "", "for ", client) ;
    case ACCESSRULES_DENY : accesscontrol_deny(control, client, "rule ", key) ;
    case ACCESSRULES_NOTFOUND : accesscontrol_deny(control, client, "no rule", "") ;
  }
  strerr_dief(EXITCODE_BUG, "a lookup of rules gave an unknown result") ;
}

char const *accesscontrol_variable (char const *protocol, char const *name)
{
  char const *value = accesscontrol_get(protocol, name) ;
  if (!value) strerr_dief(EXITCODE_USAGE, protocol, name, " not set: run ", PROG, " under s6-ipcserverd (without -P) or s6-tcpserverd") ;
  return value ;
}
