/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/posixplz.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"
#include "libsuperserver/superserver.h"
#include "libsockets/ucspi.h"

#define USAGE "s6-ipcserverd [ -v verbosity ] [ -1 ] [ -P | -p ] [ -c maxconn ] [ -C localmaxconn ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* The face's own: the ids of the client that is being met. */

struct credentials
{
  unsigned int lookup : 1 ;
  uid_t uid ;
  gid_t gid ;
} ;

static void put_path (struct superserver_client const *client, struct superserver_environment *environment)
{
  size_t const offset = offsetof(struct sockaddr_un, sun_path) ;
  struct sockaddr_un const *address = (struct sockaddr_un const *)&client->address ;
  char path[sizeof(address->sun_path) + 1] ;
  size_t len = client->addresslen > offset ? client->addresslen - offset : 0 ;
  if (len > sizeof(address->sun_path)) len = sizeof(address->sun_path) ;
  memcpy(path, address->sun_path, len) ;
  path[len] = 0 ;
  if (len && !path[0]) path[0] = '@' ;
  superserver_put(environment, "IPCREMOTEPATH", path) ;
}

static int identify (struct superserver_client *client, struct superserver_environment *environment, void *data)
{
  struct credentials *credentials = data ;
  client->known = credentials->lookup ;
  if (credentials->lookup)
  {
    char fmt[UID_FMT] ;
    if (getpeereid(client->fd, &credentials->uid, &credentials->gid) == -1) return 0 ;
    memcpy(client->key, &credentials->uid, sizeof(uid_t)) ;
    fmt[uid_fmt(fmt, credentials->uid)] = 0 ;
    superserver_put(environment, "IPCREMOTEEUID", fmt) ;
    fmt[gid_fmt(fmt, credentials->gid)] = 0 ;
    superserver_put(environment, "IPCREMOTEEGID", fmt) ;
  }
  put_path(client, environment) ;
  return 1 ;
}

static void format_client (char *s, struct superserver_client const *client, void *data)
{
  struct credentials const *credentials = data ;
  if (!client->known)
  {
    strcpy(s, "?:?") ;
    return ;
  }
  s += uid_fmt(s, credentials->uid) ;
  *s++ = ':' ;
  s[gid_fmt(s, credentials->gid)] = 0 ;
}

static void format_key (char *s, unsigned char const *key, int known)
{
  uid_t uid ;
  strcpy(s, "uid ?") ;
  if (!known) return ;
  memcpy(&uid, key, sizeof(uid_t)) ;
  s[4 + uid_fmt(s + 4, uid)] = 0 ;
}

static void format_user (char *s, unsigned char const *key)
{
  format_key(s, key, 1) ;
}

static struct superserver_face const face =
{
  .protocol = "IPC",
  .number = "IPCCONNNUM",
  .words = { .accepted = "allow ", .rejected = "deny ", .terminating = "SIGTERM+SIGCONT" },
  .variables = ucspi_ipc_variables,
  .identify = &identify,
  .format_client = &format_client,
  .format_key = &format_key,
  .format_user = &format_user
} ;

int main (int argc, char const *const *argv)
{
  struct credentials credentials = { .lookup = 1 } ;
  struct superserver config =
  {
    .face = &face,
    .data = &credentials,
    .bound = "",
    .verbosity = 1,
    .maxconn = SUPERSERVER_DEFAULT_MAXCONN,
    .localmaxconn = SUPERSERVER_DEFAULT_MAXCONN
  } ;
  subgetopt l = SUBGETOPT_ZERO ;
  PROG = "s6-ipcserverd" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "v:1Ppc:C:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'v' : if (!uint0_scan(l.arg, &config.verbosity)) dieusage() ; break ;
      case '1' : config.ready = "\n" ; break ;
      case 'P' : credentials.lookup = 0 ; break ;
      case 'p' : credentials.lookup = 1 ; break ;
      case 'c' : if (!uint0_scan(l.arg, &config.maxconn)) dieusage() ; break ;
      case 'C' : if (!uint0_scan(l.arg, &config.localmaxconn)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  config.argv = argv + l.ind ;
  if (!chain_isprogram(config.argv)) dieusage() ;
  superserver_check_listener(AF_UNIX) ;
  return superserver_run(&config) ;
}
