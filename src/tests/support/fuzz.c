/* ISC license. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "tap.h"

enum { INPUT_MAX = 0x1000000 } ;

 /* The input is copied to where one byte too far is found out. */

static void replay_file (char const *path, fuzz_input_function *function)
{
  static uint8_t room[INPUT_MAX] ;
  FILE *file = fopen(path, "rb") ;
  uint8_t *input ;
  size_t len ;
  if (!file) tap_bail(path) ;
  len = fread(room, 1, sizeof(room), file) ;
  fclose(file) ;
  input = malloc(len ? len : 1) ;
  if (!input) tap_bail("malloc") ;
  memcpy(input, room, len) ;
  (*function)(input, len) ;
  free(input) ;
}

static unsigned int replay_folder (char const *folder, fuzz_input_function *function)
{
  unsigned int n = 0 ;
  DIR *dir = opendir(folder) ;
  struct dirent *entry ;
  if (!dir) tap_bail(folder) ;
  while ((entry = readdir(dir)))
  {
    char path[4096] ;
    if (entry->d_name[0] == '.') continue ;
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= sizeof(path)) continue ;
    replay_file(path, function) ;
    n++ ;
  }
  closedir(dir) ;
  return n ;
}

uint8_t fuzz_next (struct fuzz_script *script)
{
  if (!script->len) return 0 ;
  script->len-- ;
  return *script->s++ ;
}

int fuzz_replay (int argc, char const *const *argv, fuzz_input_function *function)
{
  for (int i = 1 ; i < argc ; i++)
  {
    unsigned int n = replay_folder(argv[i], function) ;
    tap_ok(n > 0, "replayed the %u files of the corpus", n) ;
  }
  return tap_done() ;
}
