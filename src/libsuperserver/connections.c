/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include "internal.h"

#include "libdaemon/children.h"
#include "libdaemon/tree.h"

#define client_of(n) tree_owner(struct client, node, (n))

static int compare_key (void const *key, struct tree_node const *node)
{
  return memcmp(key, client_of(node)->key, SUPERSERVER_KEYSIZE) ;
}

static int compare (struct tree_node const *a, struct tree_node const *b)
{
  return compare_key(client_of(a)->key, b) ;
}

static struct client *find (struct connections const *c, unsigned char const *key)
{
  struct tree_node *node = tree_find(&c->clients, key, &compare_key) ;
  return node ? client_of(node) : 0 ;
}

void connections_init (struct connections *c, child_ended_func *ended, void *data)
{
  children_init(&c->children, ended, data) ;
  tree_init(&c->clients, &compare) ;
  c->spare = 0 ;
  c->spareclient = 0 ;
}

int connections_reserve (struct connections *c)
{
  if (!c->spare) c->spare = malloc(sizeof(struct connection)) ;
  if (!c->spareclient) c->spareclient = malloc(sizeof(struct client)) ;
  return c->spare && c->spareclient ;
}

uint32_t connections_count (struct connections const *c, unsigned char const *key)
{
  struct client const *client = find(c, key) ;
  return client ? client->count : 0 ;
}

static struct client *take_client (struct connections *c, unsigned char const *key)
{
  struct client *client = find(c, key) ;
  if (!client)
  {
    client = c->spareclient ;
    c->spareclient = 0 ;
    memcpy(client->key, key, SUPERSERVER_KEYSIZE) ;
    client->count = 0 ;
    tree_insert(&c->clients, &client->node) ;
  }
  client->count++ ;
  return client ;
}

void connections_add (struct connections *c, pid_t pid, unsigned char const *key)
{
  struct connection *connection = c->spare ;
  c->spare = 0 ;
  connection->client = key ? take_client(c, key) : 0 ;
  children_add(&c->children, &connection->child, pid) ;
}

int connections_forget (struct connections *c, struct child *child, unsigned char *key)
{
  struct connection *connection = (struct connection *)child ;
  struct client *client = connection->client ;
  free(connection) ;
  if (!client) return 0 ;
  memcpy(key, client->key, SUPERSERVER_KEYSIZE) ;
  if (--client->count) return 1 ;
  tree_delete(&c->clients, &client->node) ;
  free(client) ;
  return 1 ;
}
