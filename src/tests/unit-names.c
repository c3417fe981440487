/* ISC license. */

 /* H50: which names of a resolver are names. */

#include <stdio.h>
#include <string.h>

#include "libsockets/inetaddress.h"
#include "support/tap.h"

struct named
{
  char const *given ;
  char const *want ;  /* 0: none */
} ;

static struct named const table[] =
{
  { "www.example.org", "www.example.org" },
  { "localhost", "localhost" },
  { "WWW.Example.ORG", "www.example.org" },
  { "www.example.org.", "www.example.org" },
  { "_dmarc.x_y.example", "_dmarc.x_y.example" },
  { "a-b.3com.example", "a-b.3com.example" },
  { "1.2.3.example", "1.2.3.example" },
  { "192-0-2-1.pool.example", "192-0-2-1.pool.example" },
  { "", 0 },
  { ".", 0 },
  { "..", 0 },
  { ".example", 0 },
  { "a..example", 0 },
  { "example..", 0 },
  { "a/b", 0 },
  { "../../etc", 0 },
  { "@", 0 },
  { "a@example", 0 },
  { "a b", 0 },
  { "a\nallow pid 1 ip 127.0.0.1", 0 },
  { "a\033[2J", 0 },
  { "$(reboot)", 0 },
  { "`x`", 0 },
  { "a;b", 0 },
  { "a*", 0 },
  { "a%eth0", 0 },
  { "a=b", 0 },
  { "a:b", 0 },
  { "::1", 0 },
  { "caf\303\251.example", 0 },
  { "caf\351", 0 },
  { "a\177", 0 },
  { "-rf", 0 },
  { "127.0.0.1", 0 },
  { "127.0.0.1.", 0 },
  { "127.1", 0 },
  { "2130706433", 0 },
  { "0x7f000001", 0 },
  { "0x7f.1", 0 },
  { "0177.1", 0 },
  { 0, 0 }
} ;

 /* A name of so many bytes, in labels of 50. */

static void make (char *s, size_t len)
{
  for (size_t i = 0 ; i < len ; i++) s[i] = i % 51 == 50 && i + 1 < len ? '.' : 'a' ;
  s[len] = 0 ;
}

static void show (char *out, char const *s)
{
  for (; *s ; s++)
    if (*s > ' ' && *s < 127) *out++ = *s ;
    else out += sprintf(out, "\\%o", (unsigned char)*s) ;
  *out = 0 ;
}

static void judged (char const *given, char const *want)
{
  char name[INETADDRESS_NAME_MAX + 1] = "" ;
  char shown[4 * sizeof(name) * 2] ;
  int got = inetaddress_judge_name(name, given) ;
  show(shown, given) ;
  tap_string(got ? name : 0, want, "\"%s\"", shown) ;
}

 /* Which single bytes may stand within a name. */

static void bytes (void)
{
  char name[INETADDRESS_NAME_MAX + 1] ;
  int wrong = 0 ;
  for (int c = 1 ; c < 256 ; c++)
  {
    char one[4] = { 'a', c, 'b', 0 } ;
    int want = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", c) != 0 ;
    if (inetaddress_judge_name(name, one) == want) continue ;
    tap_diag("byte %d: want %d", c, want) ;
    wrong++ ;
  }
  tap_int(wrong, 0, "each byte in the middle") ;
}

int main (void)
{
  char given[2 * INETADDRESS_NAME_MAX] ;
  for (struct named const *item = table ; item->given ; item++)
    judged(item->given, item->want) ;
  make(given, INETADDRESS_NAME_MAX) ;
  judged(given, given) ;
  make(given, INETADDRESS_NAME_MAX + 1) ;
  judged(given, 0) ;
  make(given, sizeof(given) - 1) ;
  judged(given, 0) ;
  bytes() ;
  return tap_done() ;
}
