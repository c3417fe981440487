/* ISC license. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/tai.h>
#include <s6-activation/fdholder.h>

#include "bench.h"
#include "tap.h"


void bench_work_retrieve_held (void *data)
{
  struct bench_client *c = data ;
  bench_retrieve(c->fd, c->dialect, "unix:/my/socket-0001") ;
}

void bench_work_retrieve_once (void *data)
{
  struct bench_client *c = data ;
  c->fd = bench_connect(c->daemon, c->dialect) ;
  bench_work_retrieve_held(c) ;
  close(c->fd) ;
}

void bench_work_store_and_delete (void *data)
{
  struct bench_client *c = data ;
  bench_store(c->fd, c->dialect, c->stored, "unix:/my/socket-new0", c->limited) ;
  bench_delete(c->fd, c->dialect, "unix:/my/socket-new0") ;
}

void bench_work_list (void *data)
{
  struct bench_client *c = data ;
  if (bench_list(c->fd, c->dialect) < BENCH_HELD_MAX) tap_bail("list") ;
}

void bench_work_dump (void *data)
{
  struct bench_client *c = data ;
  if (bench_getdump(c->fd, c->dialect) != BENCH_HELD_MAX) tap_bail("getdump") ;
}

void bench_work_library (void *data)
{
  fdholder *h = data ;
  tain deadline ;
  int fd ;
  tain_addsec_g(&deadline, 10) ;
  fd = fdholder_retrieve_g(h, "unix:/my/socket-0001", &deadline) ;
  if (fd < 0) tap_bail("fdholder_retrieve") ;
  close(fd) ;
}

static void run (struct bench_daemon const *b, posix_spawn_file_actions_t const *actions, char *const *argv)
{
  char path[4200] ;
  int status ;
  pid_t pid ;
  snprintf(path, sizeof(path), "%s/%s", b->dir, argv[0]) ;
  if (posix_spawn(&pid, path, actions, 0, argv, b->environment)) tap_bail(path) ;
  if (waitpid(pid, &status, 0) == -1 || status) tap_bail(argv[0]) ;
}

void bench_work_program (void *data)
{
  struct bench_client *c = data ;
  char *argv[] = { "s6-fdholder-retrieve", c->daemon->socket, "unix:/my/socket-0001", c->target, 0 } ;
  run(c->daemon, 0, argv) ;
}

static void run_list (struct bench_daemon *b, char **argv)
{
  posix_spawn_file_actions_t actions ;
  if (posix_spawn_file_actions_init(&actions) || posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)) tap_bail("posix_spawn_file_actions") ;
  run(b, &actions, argv) ;
  posix_spawn_file_actions_destroy(&actions) ;
}

void bench_work_list_program (void *data)
{
  struct bench_client *c = data ;
  char *argv[] = { "s6-fdholder-list", c->daemon->socket, 0 } ;
  run_list(c->daemon, argv) ;
}

void bench_work_detail_program (void *data)
{
  struct bench_client *c = data ;
  char *argv[] = { "s6-fdholder-list", "-o", "id,kind,address,state,queue,backlog,uid,pid,age,left", c->daemon->socket, 0 } ;
  run_list(c->daemon, argv) ;
}

char const *bench_label (char const *what, struct bench_daemon const *b, enum bench_dialect d)
{
  char s[128] ;
  snprintf(s, sizeof(s), "%s%s%s, %s dialect", b->name, *what ? ", " : "", what, d == BENCH_NATIVE ? "native" : "s6") ;
  return strdup(s) ;
}
