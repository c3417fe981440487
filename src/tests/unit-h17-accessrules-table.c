/* ISC license. */

/* H17: every shape of rule at every key, for own and foreign uid and gid,
   in both backends, against a model of five lines. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

enum { KEYS = 7, SHAPES = 5, IDS = 4 } ;
enum { UID_SELF, UID_OWN, UID_OTHER, GID_SELF, GID_OWN, GID_OTHER, UID_DEFAULT } ;

static char names[KEYS][32] = { "uid/self", "", "", "gid/self", "", "", "uid/default" } ;
static unsigned int shapes[KEYS] ;
static uid_t uids[2] ;
static gid_t gids[2] ;
static unsigned int judged = 0 ;
static unsigned int wrong = 0 ;

 /* What a key with that shape says: absent, empty, deny, allow, both. */

static accessrules_result const says[SHAPES] =
{
  ACCESSRULES_NOTFOUND, ACCESSRULES_NOTFOUND, ACCESSRULES_DENY, ACCESSRULES_ALLOW, ACCESSRULES_ALLOW
} ;

static accessrules_result model (int other_uid, int other_gid, char const **key)
{
  int order[] = { other_uid ? -1 : UID_SELF, other_uid ? UID_OTHER : UID_OWN, other_gid ? -1 : GID_SELF, other_gid ? GID_OTHER : GID_OWN, UID_DEFAULT } ;
  for (unsigned int i = 0 ; i < 5 ; i++)
  {
    *key = order[i] < 0 ? "" : names[order[i]] ;
    if (order[i] >= 0 && says[shapes[order[i]]] != ACCESSRULES_NOTFOUND) return says[shapes[order[i]]] ;
  }
  *key = "" ;
  return ACCESSRULES_NOTFOUND ;
}

static void judge (accessrules const *rules, accessrules_params *params, char const *backend)
{
  for (unsigned int i = 0 ; i < IDS ; i++)
  {
    char const *key ;
    char variable[40] ;
    accessrules_result wanted = model(i & 1, i >> 1, &key) ;
    accessrules_result got = accessrules_uidgid(rules, uids[i & 1], gids[i >> 1], params) ;
    int good = got == wanted && !strcmp(params->key, key) && accessrules_read(rules, params) == wanted ;
    int len = wanted == ACCESSRULES_ALLOW ? snprintf(variable, sizeof(variable), "KEY=%s", key) + 1 : 0 ;
    if (good) good = params->env.len == (size_t)len && (!len || !memcmp(params->env.s, variable, len)) && !params->exec.len ;
    judged++ ;
    if (good) continue ;
    wrong++ ;
    if (wrong < 10) tap_diag("%s, shapes %u%u%u%u%u%u%u, case %u: %d by %s, and not %d by %s", backend, shapes[0], shapes[1], shapes[2], shapes[3], shapes[4], shapes[5], shapes[6], i, got, params->key, wanted, key) ;
  }
}

static void judge_both (accessrules const *directory, accessrules_params *params)
{
  struct testrule made[KEYS] ;
  char variables[KEYS][40] ;
  accessrules cdb = ACCESSRULES_ZERO ;
  for (unsigned int i = 0 ; i < KEYS ; i++)
  {
    snprintf(variables[i], sizeof(variables[i]), "KEY=%.31s", names[i]) ;
    made[i].key = names[i] ;
    made[i].action = says[shapes[i]] == ACCESSRULES_ALLOW ? "allow" : says[shapes[i]] == ACCESSRULES_DENY ? "deny" : "" ;
    made[i].variable = variables[i] ;
    made[i].exec = 0 ;
  }
  judge(directory, params, "directory") ;
  rules_cdb("rules.cdb", made, KEYS) ;
  if (!accessrules_open_cdb(&cdb, "rules.cdb")) tap_bail("rules.cdb") ;
  judge(&cdb, params, "cdb") ;
  accessrules_close(&cdb) ;
}

static void shape (unsigned int key, unsigned int which)
{
  char path[40] ;
  char variable[40] ;
  struct testrule rule = { .key = names[key], .action = "", .variable = variable } ;
  shapes[key] = which ;
  snprintf(path, sizeof(path), "rules/%.31s", names[key]) ;
  rules_remove(path) ;
  snprintf(variable, sizeof(variable), "KEY=%.31s", names[key]) ;
  if (which == 2 || which == 4) rule.action = "deny" ;
  if (which) rules_directory("rules", &rule, 1) ;
  rule.action = "allow" ;
  if (which >= 3) rules_directory("rules", &rule, 1) ;
}

 /* The own and the foreign number of a kind never meet in one lookup: they have one shape. */

static void all_shapes (accessrules const *directory, accessrules_params *params, unsigned int key)
{
  if (key == KEYS)
  {
    judge_both(directory, params) ;
    return ;
  }
  for (unsigned int i = 0 ; i < SHAPES ; i++)
  {
    int twin = key == UID_OWN || key == GID_OWN ;
    shape(key, i) ;
    if (twin) shape(key + 1, i) ;
    all_shapes(directory, params, key + 1 + twin) ;
  }
}

int main (void)
{
  accessrules directory = ACCESSRULES_ZERO ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    uids[i] = geteuid() + 1000 * i ;
    gids[i] = getegid() + 1000 * i ;
    snprintf(names[UID_OWN + i], sizeof(names[0]), "uid/%lu", (unsigned long)uids[i]) ;
    snprintf(names[GID_OWN + i], sizeof(names[0]), "gid/%lu", (unsigned long)gids[i]) ;
  }
  rules_directory("rules", 0, 0) ;
  if (!accessrules_open_dir(&directory, "rules")) tap_bail("rules") ;
  all_shapes(&directory, &params, 0) ;
  accessrules_close(&directory) ;
  accessrules_params_free(&params) ;
  tap_int(judged, 2 * IDS * SHAPES * SHAPES * SHAPES * SHAPES * SHAPES, "the cases") ;
  tap_int(wrong, 0, "those that are not judged as the model does") ;
  return tap_done() ;
}
