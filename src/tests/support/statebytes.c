/* ISC license. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/memfile.h"
#include "statebytes.h"
#include "tap.h"
#include "testdaemon.h"

struct wire_id statebytes_id (char const *s)
{
  struct wire_id i = { .s = s, .len = (uint8_t)strlen(s) } ;
  return i ;
}

 /* Two entries, four connections, one that is being closed: all that a state has. */

static struct wire_state_helper helper ;
struct wire_state_entry statebytes_entries[2] ;
struct wire_state_connection statebytes_connections[4] ;
struct wire_state_closing statebytes_closing ;
stralloc statebytes_bytes = STRALLOC_ZERO ;

void statebytes_choose (void)
{
  static struct wire_state_connection const none = { .channel = -1, .uid = 1, .gid = 2, .pid = 3 } ;
  helper = (struct wire_state_helper){ .pid = 77, .isneedless = 1 } ;
  statebytes_entries[0] = (struct wire_state_entry){ .fd = STATEBYTES_FIRST, .issocket = 1, .left = tain_infinite_relative, .age = tain_zero, .uid = 4, .pid = 5, .rule = statebytes_id("uid/default"), .id = statebytes_id("a") } ;
  statebytes_entries[1] = statebytes_entries[0] ;
  statebytes_entries[1].fd = STATEBYTES_FIRST + 1 ;
  statebytes_entries[1].isunix = 1 ;
  statebytes_entries[1].id = statebytes_id("b\n\"") ;
  tain_addsec(&statebytes_entries[1].left, &tain_zero, 60) ;
  for (unsigned int i = 0 ; i < 4 ; i++)
  {
    statebytes_connections[i] = none ;
    statebytes_connections[i].fd = STATEBYTES_FIRST + 2 + (int)i ;
    statebytes_connections[i].rule = statebytes_id("gid/7") ;
    statebytes_connections[i].silent = tain_zero ;
  }
  statebytes_connections[0].kind = WIRE_STATE_NEW ;
  statebytes_connections[1].kind = WIRE_STATE_IDLE ;
  statebytes_connections[1].iss6 = 1 ;
  statebytes_connections[1].unread = 9 ;
  statebytes_connections[2].kind = WIRE_STATE_WAITING ;
  statebytes_connections[2].channel = STATEBYTES_FIRST + 6 ;
  statebytes_connections[2].flags = WIRE_RETRIEVE_WAIT ;
  statebytes_connections[2].id = statebytes_id("c") ;
  statebytes_connections[2].iswatching = statebytes_connections[2].islost = 1 ;
  statebytes_connections[2].glob = statebytes_id("d*") ;
  statebytes_connections[3].kind = WIRE_STATE_ROOM ;
  statebytes_closing = (struct wire_state_closing){ .fd = STATEBYTES_FIRST + 7, .uid = 6, .rule = statebytes_id("") } ;
}

void statebytes_seal (void)
{
  if (!stralloc_readyplus(&statebytes_bytes, WIRE_STATE_DIGEST)) tap_bail("memory") ;
  wire_state_seal(statebytes_bytes.s + statebytes_bytes.len, statebytes_bytes.s, statebytes_bytes.len) ;
  statebytes_bytes.len += WIRE_STATE_DIGEST ;
}

#define put(type, ...) (stralloc_readyplus(&statebytes_bytes, 4096) ? (void)(statebytes_bytes.len += wire_state_pack_##type(statebytes_bytes.s + statebytes_bytes.len, __VA_ARGS__)) : tap_bail("memory"))

void statebytes_pack (void)
{
  struct wire_state_head head = { .clock = tain_zero, .uptime = tain_zero, .upgrades = 12, .helpers = 1, .entries = 2, .connections = 4, .closing = 1 } ;
  statebytes_bytes.len = 0 ;
  put(head, &head) ;
  put(helper, &helper) ;
  for (unsigned int i = 0 ; i < 2 ; i++) put(entry, statebytes_entries + i, i ? statebytes_entries : 0) ;
  for (unsigned int i = 0 ; i < 4 ; i++) put(connection, statebytes_connections + i) ;
  put(closing, &statebytes_closing) ;
  statebytes_seal() ;
}

 /* 0: it is good. Consumes fd, a file of nothing. */

char const *statebytes_load_from (int fd, struct state *st, size_t len, int areours, int issealed)
{
  static char copy[256] ;
  char const *why ;
  enum state_verdict verdict ;
  if (write(fd, statebytes_bytes.s, len) != (ssize_t)len) tap_bail("write") ;
  if (issealed && !memfile_seal(fd)) tap_bail("memfile_seal") ;
  verdict = state_load(st, fd, areours, &why) ;
  close(fd) ;
  if (verdict == STATE_GOOD) return 0 ;
  if (verdict == STATE_UNREADABLE) why = strerror(errno) ;
  strncpy(copy, why, sizeof(copy) - 1) ;
  return copy ;
}

char const *statebytes_load (struct state *st, size_t len, int areours)
{
  return statebytes_load_from(testfile(), st, len, areours, 0) ;
}

void statebytes_refused (char const *why, char const *name)
{
  struct state st = STATE_ZERO ;
  tap_string(statebytes_load(&st, statebytes_bytes.len, 1), why, "%s", name) ;
  state_free(&st) ;
}

 /* As after a change of what is written. */

void statebytes_refused_anew (char const *why, char const *name)
{
  statebytes_pack() ;
  statebytes_refused(why, name) ;
  statebytes_choose() ;
}
