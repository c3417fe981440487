/* ISC license. */

/* What access rules say, for shell tests:
     judge-rules -i dir | -x cdbfile  uid uid gid | ip address | name host | key key
   prints "allow", "deny", "notfound" or "error", then the key, and in a
   line each what modifies the environment, and exec. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s6-activation/accessrules.h>

static accessrules_result judge (accessrules const *rules, char const *const *what, accessrules_params *params)
{
  char ip[16] ;
  if (!strcmp(what[0], "uid")) return accessrules_uidgid(rules, strtoul(what[1], 0, 10), strtoul(what[2], 0, 10), params) ;
  if (!strcmp(what[0], "name")) return accessrules_reversedns(rules, what[1], params) ;
  if (!strcmp(what[0], "key")) return accessrules_key(rules, what[1], params) ;
  if (inet_pton(AF_INET, what[1], ip) == 1) return accessrules_ip4(rules, ip, params) ;
  if (inet_pton(AF_INET6, what[1], ip) == 1) return accessrules_ip6(rules, ip, params) ;
  exit(100) ;
}

static void print (accessrules_result result, accessrules_params const *params)
{
  static char const *const names[] = { "error", "deny", "allow", "notfound" } ;
  printf("%s %s\n", names[result + 1], params->key) ;
  for (size_t i = 0 ; i < params->env.len ; i += strlen(params->env.s + i) + 1) printf("env %s\n", params->env.s + i) ;
  if (params->exec.len) printf("exec %s\n", params->exec.s) ;
}

int main (int argc, char const *const *argv)
{
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  accessrules_result result ;
  if (argc < 5 || (!strcmp(argv[3], "uid") && argc < 6)) return 100 ;
  if (!(strcmp(argv[1], "-x") ? accessrules_open_dir : accessrules_open_cdb)(&rules, argv[2]))
  {
    perror(argv[2]) ;
    return 111 ;
  }
  result = judge(&rules, argv + 3, &params) ;
  if (result == ACCESSRULES_ALLOW) result = accessrules_read(&rules, &params) ;
  print(result, &params) ;
  accessrules_params_free(&params) ;
  accessrules_close(&rules) ;
  return 0 ;
}
