/* ISC license. */

/* H18: env and exec files and entries beyond the bound are refused whole. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/uint16.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

static accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
static char text[70000] ;

 /* Something is there before, so that what is left of it would be seen. */

static void spoil (void)
{
  params.env.len = params.exec.len = 0 ;
  if (!stralloc_copyb(&params.env, "OLD=1", 6) || !stralloc_copyb(&params.exec, "old", 4)) tap_bail("stralloc") ;
}

static accessrules_result look_up (accessrules *rules)
{
  spoil() ;
  if (accessrules_key(rules, "class/name", &params) != ACCESSRULES_ALLOW) tap_bail("class/name") ;
  errno = 0 ;
  return accessrules_read(rules, &params) ;
}

static accessrules_result look_up_directory (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_result result ;
  if (!accessrules_open_dir(&rules, "rules")) tap_bail("rules") ;
  result = look_up(&rules) ;
  accessrules_close(&rules) ;
  return result ;
}

 /* What was read of something of len bytes: that, and nothing that was there before. */

static void check_read (accessrules_result result, size_t envlen, size_t execlen, char const *name, size_t len)
{
  tap_int(result, ACCESSRULES_ALLOW, "%s of %zu bytes is read", name, len) ;
  tap_int(params.env.len, envlen, "%s of %zu bytes: modifications", name, len) ;
  if (tap_int(params.exec.len, execlen, "%s of %zu bytes: exec", name, len) && execlen)
    tap_int(params.exec.s[execlen - 1], 0, "%s of %zu bytes: its end", name, len) ;
}

static void check_refused (accessrules_result result, char const *name, size_t len)
{
  int e = errno ;
  tap_int(result, ACCESSRULES_ERROR, "%s of %zu bytes is refused", name, len) ;
  tap_error(e, EMSGSIZE, "%s of %zu bytes: why", name, len) ;
  tap_int(params.env.len, 0, "%s of %zu bytes leaves no modifications", name, len) ;
  tap_int(params.exec.len, 0, "%s of %zu bytes leaves no exec", name, len) ;
}

static void fresh (void)
{
  rules_remove("rules") ;
  rules_file("rules/class/name/allow", "", 0) ;
}

static void check_exec_file (void)
{
  for (int more = -1 ; more <= 1 ; more++)
  {
    size_t len = ACCESSRULES_EXEC_MAX + more ;
    accessrules_result result ;
    fresh() ;
    rules_file("rules/class/name/exec", text, len) ;
    result = look_up_directory() ;
    if (more > 0) check_refused(result, "an exec file", len) ;
    else check_read(result, 0, len + 1, "an exec file", len) ;
  }
}

static void check_env_file (void)
{
  for (int more = -1 ; more <= 1 ; more++)
  {
    size_t len = ACCESSRULES_VALUE_MAX + more ;
    accessrules_result result ;
    fresh() ;
    rules_file("rules/class/name/env/V", text, len) ;
    result = look_up_directory() ;
    if (more > 0) check_refused(result, "an env file", len) ;
    else check_read(result, len + 3, 0, "an env file", len) ;
  }
  memset(text, 'x', sizeof(text)) ;
  text[5] = '\n' ;
  rules_file("rules/class/name/env/V", text, ACCESSRULES_VALUE_MAX + 1) ;
  check_refused(look_up_directory(), "an env file whose first line is short", ACCESSRULES_VALUE_MAX + 1) ;
  text[5] = 'x' ;
}

static void check_env_total (void)
{
  enum { FULL = 15, LAST = ACCESSRULES_ENV_MAX - FULL * (ACCESSRULES_VALUE_MAX + 5) - 5 } ;
  char path[64] ;
  fresh() ;
  for (unsigned int i = 0 ; i < FULL ; i++)
  {
    snprintf(path, sizeof(path), "rules/class/name/env/V%02u", i) ;
    rules_file(path, text, ACCESSRULES_VALUE_MAX) ;
  }
  rules_file("rules/class/name/env/LAS", text, LAST) ;
  check_read(look_up_directory(), ACCESSRULES_ENV_MAX, 0, "an env directory", ACCESSRULES_ENV_MAX) ;
  rules_file("rules/class/name/env/LAS", text, LAST + 1) ;
  check_refused(look_up_directory(), "an env directory", ACCESSRULES_ENV_MAX + 1) ;
}

 /* A record with those lengths: 'A', env, exec. */

static accessrules_result look_up_record (size_t envlen, size_t execlen)
{
  static char data[140000] ;
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_result result ;
  data[0] = 'A' ;
  uint16_pack_big(data + 1, envlen) ;
  memcpy(data + 3, text, envlen) ;
  if (envlen) data[3 + envlen - 1] = 0 ;
  uint16_pack_big(data + 3 + envlen, execlen) ;
  memcpy(data + 5 + envlen, text, execlen) ;
  rules_cdb_record("rules.cdb", "class/name", data, 5 + envlen + execlen) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  result = look_up(&rules) ;
  accessrules_close(&rules) ;
  return result ;
}

static void check_records (void)
{
  check_read(look_up_record(0, ACCESSRULES_EXEC_MAX), 0, ACCESSRULES_EXEC_MAX + 1, "an exec entry", ACCESSRULES_EXEC_MAX) ;
  check_refused(look_up_record(0, ACCESSRULES_EXEC_MAX + 1), "an exec entry", ACCESSRULES_EXEC_MAX + 1) ;
  check_refused(look_up_record(10, 65535), "an exec entry behind an env entry", 65535) ;
  check_read(look_up_record(ACCESSRULES_ENV_MAX, 3), ACCESSRULES_ENV_MAX, 4, "an env entry", ACCESSRULES_ENV_MAX) ;
}

int main (void)
{
  memset(text, 'x', sizeof(text)) ;
  check_exec_file() ;
  check_env_file() ;
  check_env_total() ;
  check_records() ;
  accessrules_params_free(&params) ;
  return tap_done() ;
}
