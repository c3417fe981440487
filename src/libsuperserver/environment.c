/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/posixplz.h>

#include "internal.h"

enum { TEXT_PER_VARIABLE = 192 } ;

static int is_named (char const *entry, char const *name)
{
  size_t len = strlen(name) ;
  return !strncmp(entry, name, len) && entry[len] == '=' ;
}

static int is_ours (char const *entry, struct superserver_face const *face)
{
  for (char const *const *name = face->variables ; *name ; name++)
    if (is_named(entry, *name)) return 1 ;
  return 0 ;
}

int environment_init (struct superserver_environment *e, struct superserver_face const *face)
{
  size_t total = 0 ;
  size_t ours = 0 ;
  while (environ[total]) total++ ;
  while (face->variables[ours]) ours++ ;
  e->max = total + ours ;
  e->size = ours * TEXT_PER_VARIABLE ;
  e->inherited = 0 ;
  e->len = 0 ;
  e->envp = malloc((e->max + 1) * sizeof(char const *)) ;
  e->text = malloc(e->size) ;
  if (!e->envp || !e->text) return 0 ;
  for (size_t i = 0 ; i < total ; i++)
    if (!is_ours(environ[i], face)) e->envp[e->inherited++] = environ[i] ;
  environment_restart(e) ;
  return 1 ;
}

void environment_restart (struct superserver_environment *e)
{
  e->n = e->inherited ;
  e->len = 0 ;
  e->envp[e->n] = 0 ;
}

void superserver_put (struct superserver_environment *e, char const *name, char const *value)
{
  size_t namelen = strlen(name) ;
  size_t valuelen = strlen(value) ;
  char *s = e->text + e->len ;
  if (e->n == e->max || namelen + valuelen + 2 > e->size - e->len) return ;
  memcpy(s, name, namelen) ;
  s[namelen] = '=' ;
  memcpy(s + namelen + 1, value, valuelen + 1) ;
  e->len += namelen + valuelen + 2 ;
  e->envp[e->n++] = s ;
  e->envp[e->n] = 0 ;
}
