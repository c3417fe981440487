/* ISC license. */

/* libnotifyd/datagram.h: which lines count, what is told of a key, and what is no message. */

#include <stdlib.h>
#include <string.h>

#include "libnotifyd/datagram.h"
#include "support/tap.h"

#define parse(d, text) datagram_parse((d), text, sizeof(text) - 1)

static char const *value (struct datagram const *d, enum datagram_key key)
{
  static char s[256] ;
  struct datagram_value const *v = d->values + key ;
  if (!v->s) return 0 ;
  memcpy(s, v->s, v->len) ;
  s[v->len] = 0 ;
  return s ;
}

static void judge_lines (void)
{
  struct datagram d ;
  tap_ok(parse(&d, "READY=1\nSTATUS=a=b c\nMAINPID=7"), "lines, the last without its newline") ;
  tap_ok(datagram_is(&d, DATAGRAM_READY, "1"), "READY=1") ;
  tap_string(value(&d, DATAGRAM_STATUS), "a=b c", "a value has = and spaces") ;
  tap_string(value(&d, DATAGRAM_MAINPID), "7", "the last line") ;
  tap_int(d.lines, 3, "three lines") ;
  tap_ok(parse(&d, "READY=1\n"), "with a newline") ;
  tap_ok(datagram_is(&d, DATAGRAM_READY, "1"), "it is no part of the value") ;
  tap_ok(parse(&d, "\n\n"), "empty lines") ;
  tap_int(d.lines, 0, "are none") ;
  tap_ok(parse(&d, ""), "an empty message") ;
  tap_int(d.lines, 0, "says nothing") ;
}

static void judge_keys (void)
{
  static char const *const names[] = { "READY", "FDSTORE", "FDSTOREREMOVE", "FDNAME", "FDPOLL", "BARRIER", "STOPPING", "RELOADING", "STATUS", "ERRNO", "MAINPID", "WATCHDOG" } ;
  struct datagram d ;
  parse(&d, "READY\n=1\nready=1\nREADYX=1\nREAD=1\n READY=1\nX_UNKNOWN=1") ;
  tap_string(value(&d, DATAGRAM_READY), 0, "no =, no key, another case, longer, shorter, a space: another key") ;
  tap_int(d.lines, 7, "they are lines all the same") ;
  parse(&d, "READY=0\nREADY=1\nFDNAME=\nFDNAME=x") ;
  tap_ok(datagram_is(&d, DATAGRAM_READY, "0"), "the first one counts") ;
  tap_string(value(&d, DATAGRAM_FDNAME), "", "an empty one, too") ;
  tap_ok(!datagram_is(&d, DATAGRAM_BARRIER, ""), "what is not there is not the empty one") ;
  parse(&d, "READY=11") ;
  tap_ok(!datagram_is(&d, DATAGRAM_READY, "1"), "11 is not 1") ;
  for (unsigned int i = 0 ; i < DATAGRAM_KEYS ; i++) tap_string(datagram_name(i), names[i], "the name of key %u", i) ;
}

static void judge_nuls (void)
{
  struct datagram d ;
  tap_ok(parse(&d, "READY=1\0"), "a NUL at the end") ;
  tap_ok(datagram_is(&d, DATAGRAM_READY, "1"), "is no part of the value") ;
  tap_ok(!parse(&d, "READY=1\0\0"), "two are not understood") ;
  tap_ok(!parse(&d, "READY\0=1"), "nor one within") ;
  tap_ok(!parse(&d, "\0READY=1"), "nor one at the beginning") ;
}

 /* Nothing behind the end is looked at: of these, the sanitizers would tell. */

static void judge_bounds (void)
{
  static char const text[] = "FDNAME=abc\nFDSTORE=1" ;
  struct datagram d ;
  size_t good = 0 ;
  for (size_t len = 0 ; len < sizeof(text) ; len++)
  {
    char *s = malloc(len + !len) ;
    if (!s) tap_bail("malloc") ;
    memcpy(s, text, len) ;
    good += datagram_parse(&d, s, len) && datagram_is(&d, DATAGRAM_FDSTORE, "1") ;
    free(s) ;
  }
  tap_int((intmax_t)good, 1, "cut short anywhere") ;
}

int main (void)
{
  judge_lines() ;
  judge_keys() ;
  judge_nuls() ;
  judge_bounds() ;
  return tap_done() ;
}
