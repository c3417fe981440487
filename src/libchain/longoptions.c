/* ISC license. */

#include <string.h>

#include <skalibs/sgetopt.h>

#include "libchain/longoptions.h"

int longoptions_next (int argc, char const *const *argv, subgetopt *l, char const *letters, struct longoption const *options, unsigned int n)
{
  char const *word ;
  if (l->pos && l->ind < argc && !argv[l->ind][l->pos])  /* all letters of that word are read */
  {
    l->ind++ ;
    l->pos = 0 ;
  }
  word = l->ind < argc ? argv[l->ind] : "" ;
  if (l->pos || strncmp(word, "--", 2) || !word[2]) return subgetopt_r(argc, argv, letters, l) ;
  l->ind++ ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    char const *name = options[i].name ;
    size_t len = strlen(name) ;
    l->arg = word + 2 + len ;
    if (name[len - 1] == '=' ? !strncmp(word + 2, name, len) : !strcmp(word + 2, name)) return options[i].letter ;
  }
  return '?' ;
}
