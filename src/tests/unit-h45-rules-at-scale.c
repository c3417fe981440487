/* ISC license. */

/* H45: a lookup costs what it touches, however many rules there are; checking
   them all takes a time that grows with them and with nothing else. */

#include <netinet/in.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"
#include "support/bulkcdb.h"
#include "support/child.h"
#include "support/tap.h"

enum
{
  FEW = 10,
  MANY = 200000,
  COLLIDING = 80000,
  LEVELS = 17,  /* 2 to the 17 keys can be told apart */
  RUNS = 25,
  TRIES = 4
} ;

static double seconds (clockid_t clock)
{
  struct timespec t ;
  clock_gettime(clock, &t) ;
  return t.tv_sec + t.tv_nsec * 1e-9 ;
}

 /* A block list: addresses that are denied, and 127.0.0.0 and ::1 that are not. */

static void make_list (char const *file, uint32_t records)
{
  struct bulkcdb m ;
  bulkcdb_begin(&m, records) ;
  bulkcdb_add(&m, "ip4/127.0.0.0_8", "A\0\0\0\0", 5) ;
  bulkcdb_add(&m, "ip6/::_0", "A\0\0\0\0", 5) ;
  for (uint32_t i = 2 ; i < records ; i++)
  {
    char key[64] ;
    snprintf(key, sizeof(key), "ip4/10.%u.%u.%u_32", i >> 16, i >> 8 & 255, i & 255) ;
    bulkcdb_add(&m, key, "D", 1) ;
  }
  bulkcdb_end(&m, file) ;
}

 /* Two texts of two letters that take the hash from one state to the same next one. */

static uint32_t find_pair (uint32_t hash, char *one, char *two)
{
  static char const letters[] = "abcdefghijklmnopqrstuvwxyz0123456789" ;
  enum { N = sizeof(letters) - 1, PAIRS = N * N } ;
  for (unsigned int i = 0 ; i < PAIRS ; i++)
    for (unsigned int j = i + 1 ; j < PAIRS ; j++)
    {
      uint32_t a = (hash * 33 ^ letters[i / N]) * 33 ^ letters[i % N] ;
      uint32_t b = (hash * 33 ^ letters[j / N]) * 33 ^ letters[j % N] ;
      if (a != b) continue ;
      one[0] = letters[i / N] ; one[1] = letters[i % N] ;
      two[0] = letters[j / N] ; two[1] = letters[j % N] ;
      return a ;
    }
  tap_bail("a pair of texts with one hash") ;
}

static char pairs[2][LEVELS][2] ;

static void colliding_key (char *key, uint32_t number)
{
  memcpy(key, "uid/", 4) ;
  for (unsigned int i = 0 ; i < LEVELS ; i++) memcpy(key + 4 + 2 * i, pairs[number >> i & 1][i], 2) ;
  key[4 + 2 * LEVELS] = 0 ;
}

static void make_colliding (char const *file, uint32_t records)
{
  struct bulkcdb m ;
  uint32_t hash = ruleset_cdb_hash("uid/", 4) ;
  for (unsigned int i = 0 ; i < LEVELS ; i++) hash = find_pair(hash, pairs[0][i], pairs[1][i]) ;
  bulkcdb_begin(&m, records) ;
  for (uint32_t i = 0 ; i < records ; i++)
  {
    char key[64] ;
    colliding_key(key, i) ;
    bulkcdb_add(&m, key, "D", 1) ;
  }
  bulkcdb_end(&m, file) ;
}

 /* How much, and in how many calls, this process has read. */

struct reads
{
  unsigned long bytes ;
  unsigned long calls ;
} ;

static struct reads count_reads (void)
{
  struct reads r ;
  FILE *f = fopen("/proc/self/io", "r") ;
  if (!f || fscanf(f, "rchar: %lu wchar: %*u syscr: %lu", &r.bytes, &r.calls) != 2) r.bytes = r.calls = 0 ;
  if (f) fclose(f) ;
  return r ;
}

static int reads_of (char const *file, int is6, struct reads *r)
{
  static char const denied[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } ;
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  struct reads before, nothing ;
  int result ;
  nothing = count_reads() ;
  before = count_reads() ;
  if (!accessrules_open_cdb_lazy(&rules, file)) tap_bail(file) ;
  result = accessrules_ip46(&rules, denied, is6, &params) ;
  *r = count_reads() ;
  r->bytes -= before.bytes + (before.bytes - nothing.bytes) ;
  r->calls -= before.calls + (before.calls - nothing.calls) ;
  accessrules_close(&rules) ;
  return result ;
}

 /* Every key that is tried costs a read of at most 128 bytes, and what is found three more. Maps of ids are read at the opening. */

static void check_reads (void)
{
  for (int is6 = 0 ; is6 < 2 ; is6++)
  {
    unsigned long keys = is6 ? 129 : 33 ;
    int want = is6 ? ACCESSRULES_ALLOW : ACCESSRULES_NOTFOUND ;
    struct reads few, many ;
    int result = reads_of("few", is6, &few) ;
    tap_int(result, want, "ip%d: the answer from few rules", is6 ? 6 : 4) ;
    tap_int(reads_of("many", is6, &many), want, "ip%d: and from many", is6 ? 6 : 4) ;
    if (!few.calls) tap_diag("/proc/self/io counts nothing here") ;
    tap_most(many.calls, few.calls + keys + 4, "ip%d: at most one read for each key", is6 ? 6 : 4) ;
    tap_most(many.bytes, few.bytes + keys * 128 + 1024, "ip%d: and few bytes each time", is6 ? 6 : 4) ;
  }
}

static int execute (void *argv)
{
  execv(*(char **)argv, argv) ;
  return 127 ;
}

 /* What one connection costs: the program that is run for each. */

static double run_once (char const *program, char const *file)
{
  char const *argv[] = { program, "-v0", "-Hl0", "-x", file, "true", 0 } ;
  double begin = seconds(CLOCK_MONOTONIC) ;
  if (child_run(&execute, argv)) tap_bail("s6-tcpserver-access -x, for an address that is allowed") ;
  return seconds(CLOCK_MONOTONIC) - begin ;
}

 /* The fastest of many runs of each, by turns: other processes only slow them down. */

static double ratio (char const *program)
{
  double few = 1e9, many = 1e9 ;
  for (unsigned int i = 0 ; i < RUNS ; i++)
  {
    double t = run_once(program, "few") ;
    if (t < few) few = t ;
    t = run_once(program, "many") ;
    if (t < many) many = t ;
  }
  tap_diag("%d rules: %.0f us, %d rules: %.0f us, %.2f times", FEW, few * 1e6, MANY, many * 1e6, many / few) ;
  return many / few ;
}

static void check_time (void)
{
  char program[4096] ;
  char const *build = getenv("BUILD") ;
  struct sockaddr_in address = { .sin_family = AF_INET } ;
  int fd = socket(AF_INET, SOCK_STREAM, 0) ;
  int enough = 0 ;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK) ;
  if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(fd, 1) == -1) tap_bail("a socket") ;
  if (dup2(fd, 0) == -1) tap_bail("dup2") ;
  snprintf(program, sizeof(program), "%s/s6-tcpserver-access", build ? build : ".") ;
  setenv("PROTO", "TCP", 1) ;
  setenv("TCPREMOTEIP", "127.0.0.1", 1) ;
  setenv("TCPREMOTEPORT", "1", 1) ;
  setenv("TCPLOCALIP", "127.0.0.1", 1) ;
  setenv("TCPLOCALPORT", "2", 1) ;
  for (unsigned int i = 0 ; i < TRIES && !enough ; i++) enough = ratio(program) <= 1.3 ;
  tap_ok(enough, "a connection costs with %d rules at most 1.3 times what it costs with %d", MANY, FEW) ;
}

static double time_of_check (char const *file)
{
  accessrules rules = ACCESSRULES_ZERO ;
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID) ;
  if (!accessrules_open_cdb(&rules, file)) tap_bail(file) ;
  begin = seconds(CLOCK_PROCESS_CPUTIME_ID) - begin ;
  accessrules_close(&rules) ;
  return begin ;
}

static void check_colliding (void)
{
  char key[64] ;
  double quarter, all ;
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  make_colliding("quarter", COLLIDING / 4) ;
  make_colliding("all", COLLIDING) ;
  alarm(60) ;
  quarter = time_of_check("quarter") ;
  all = time_of_check("all") ;
  tap_diag("%d rules of one hash: %.1f ms, a quarter of them: %.1f ms", COLLIDING, all * 1e3, quarter * 1e3) ;
  tap_most((intmax_t)(all * 1e3), 999, "%d rules of one hash are checked within a second, in milliseconds", COLLIDING) ;
  tap_most((intmax_t)(all * 1e6), (intmax_t)((8 * quarter + 0.02) * 1e6), "and in a time that grows with their number, in microseconds") ;
  tap_diag("%d rules: %.1f ms", MANY, time_of_check("many") * 1e3) ;
  if (!accessrules_open_cdb_lazy(&rules, "all")) tap_bail("all") ;
  colliding_key(key, COLLIDING - 1) ;
  tap_int(accessrules_key(&rules, key, &params), ACCESSRULES_DENY, "and the last of them is found") ;
  colliding_key(key, COLLIDING) ;
  tap_int(accessrules_key(&rules, key, &params), ACCESSRULES_NOTFOUND, "and one more is not") ;
  accessrules_close(&rules) ;
  alarm(0) ;
}

int main (void)
{
  make_list("few", FEW) ;
  make_list("many", MANY) ;
  check_reads() ;
  check_time() ;
  check_colliding() ;
  return tap_done() ;
}
