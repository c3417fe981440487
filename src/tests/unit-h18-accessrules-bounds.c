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

static int is_refused (accessrules_result result)
{
  return result == ACCESSRULES_ERROR && errno == EMSGSIZE && !params.env.len && !params.exec.len ;
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
    if (more > 0) tap_ok(is_refused(result), "an exec file of %zu bytes is refused", len) ;
    else tap_ok(result == ACCESSRULES_ALLOW && params.exec.len == len + 1 && !params.exec.s[len], "an exec file of %zu bytes is read whole", len) ;
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
    if (more > 0) tap_ok(is_refused(result), "an env file of %zu bytes is refused", len) ;
    else tap_ok(result == ACCESSRULES_ALLOW && params.env.len == len + 3, "an env file of %zu bytes is read whole", len) ;
  }
  memset(text, 'x', sizeof(text)) ;
  text[5] = '\n' ;
  rules_file("rules/class/name/env/V", text, ACCESSRULES_VALUE_MAX + 1) ;
  tap_ok(is_refused(look_up_directory()), "an env file whose first line is short, but not the file, is refused") ;
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
  tap_ok(look_up_directory() == ACCESSRULES_ALLOW && params.env.len == ACCESSRULES_ENV_MAX, "%d bytes of modifications are read", ACCESSRULES_ENV_MAX) ;
  rules_file("rules/class/name/env/LAS", text, LAST + 1) ;
  tap_ok(is_refused(look_up_directory()), "one byte more is refused") ;
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
  tap_ok(look_up_record(0, ACCESSRULES_EXEC_MAX) == ACCESSRULES_ALLOW && params.exec.len == ACCESSRULES_EXEC_MAX + 1, "an exec entry of %d bytes is read whole", ACCESSRULES_EXEC_MAX) ;
  tap_ok(is_refused(look_up_record(0, ACCESSRULES_EXEC_MAX + 1)), "one of %d is refused", ACCESSRULES_EXEC_MAX + 1) ;
  tap_ok(is_refused(look_up_record(10, 65535)), "one of 65535 is refused, with its env") ;
  tap_ok(look_up_record(ACCESSRULES_ENV_MAX, 3) == ACCESSRULES_ALLOW && params.env.len == ACCESSRULES_ENV_MAX && params.exec.len == 4, "an env entry of %d bytes is read whole", ACCESSRULES_ENV_MAX) ;
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
