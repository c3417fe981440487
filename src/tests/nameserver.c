/* ISC license. */

 /*
   usage: nameserver ADDRESS ENTRY...

   A name server on UDP port 53 of an IPv4 address, for the tests of lookups.
   An ENTRY is NAME=IP or IP=NAME: what a name, or an address, leads to.
   fail instead of the latter answers that the lookup failed, and silent
   answers nothing. All else does not exist. Writes a line when it is ready,
   and one for each question: the kind (A, AAAA, PTR) and the name.
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum
{
  TYPE_A = 1,
  TYPE_PTR = 12,
  TYPE_AAAA = 28,
  HEAD = 12,
  MESSAGE = 4096,
  NAME = 1024,
  CODE_FAILED = 2,
  CODE_NONE = 3
} ;

struct message
{
  unsigned char s[MESSAGE] ;
  size_t len ;
} ;

static void put (struct message *m, void const *s, size_t len)
{
  if (m->len + len > MESSAGE) return ;
  memcpy(m->s + m->len, s, len) ;
  m->len += len ;
}

static void put16 (struct message *m, unsigned int n)
{
  unsigned char s[2] = { n >> 8, n & 0xff } ;
  put(m, s, 2) ;
}

 /* The name that the PTR record of an address has. 0: s is no address. */

static int reverse (char *name, char const *s)
{
  unsigned char ip[16] ;
  if (inet_pton(AF_INET, s, ip) == 1)
  {
    sprintf(name, "%u.%u.%u.%u.in-addr.arpa", ip[3], ip[2], ip[1], ip[0]) ;
    return 1 ;
  }
  if (inet_pton(AF_INET6, s, ip) != 1) return 0 ;
  for (int i = 15 ; i >= 0 ; i--) name += sprintf(name, "%x.%x.", ip[i] & 15, ip[i] >> 4) ;
  strcpy(name, "ip6.arpa") ;
  return 1 ;
}

 /* Reads the question's name and type. Where it ends, or 0. */

static size_t question (unsigned char const *s, size_t len, char *name, unsigned int *type)
{
  size_t at = HEAD ;
  size_t n = 0 ;
  while (at < len && s[at])
  {
    if (at + 1 + s[at] >= len || n + s[at] + 2 > NAME) return 0 ;
    if (n) name[n++] = '.' ;
    memcpy(name + n, s + at + 1, s[at]) ;
    n += s[at] ;
    at += 1 + s[at] ;
  }
  if (at + 5 > len) return 0 ;
  name[n] = 0 ;
  for (size_t i = 0 ; i < n ; i++) if (name[i] >= 'A' && name[i] <= 'Z') name[i] += 'a' - 'A' ;
  *type = s[at + 1] << 8 | s[at + 2] ;
  return at + 5 ;
}

static void put_record (struct message *m, unsigned int type, char const *value)
{
  struct message data = { .len = 0 } ;
  unsigned char ip[16] ;
  static char const head[] = "\xc0\x0c" ;  /* the question's name */
  static char const rest[] = "\0\1\0\0\0\1" ;  /* of the internet, for a second */
  if (type != TYPE_PTR)
  {
    if (inet_pton(type == TYPE_A ? AF_INET : AF_INET6, value, ip) != 1) return ;
    put(&data, ip, type == TYPE_A ? 4 : 16) ;
  }
  else
  {
    while (*value)
    {
      unsigned char len = strcspn(value, ".") ;
      put(&data, &len, 1) ;
      put(&data, value, len) ;
      value += len + (value[len] == '.') ;
    }
    put(&data, "", 1) ;
  }
  put(m, head, 2) ;
  put16(m, type) ;
  put(m, rest, 6) ;
  put16(m, data.len) ;
  put(m, data.s, data.len) ;
  m->s[7]++ ;
}

 /* Appends what the entries say; 0: nothing is to be answered. */

static int answer (struct message *m, char const *name, unsigned int type, char const *const *entries)
{
  int known = 0 ;
  for (; *entries ; entries++)
  {
    char key[NAME] ;
    char arpa[NAME] ;
    char const *value = strchr(*entries, '=') + 1 ;
    int isaddress ;
    snprintf(key, NAME, "%.*s", (int)(value - 1 - *entries), *entries) ;
    isaddress = reverse(arpa, key) ;
    if (strcmp(isaddress ? arpa : key, name)) continue ;
    known = 1 ;
    if (!strcmp(value, "silent")) return 0 ;
    if (!strcmp(value, "fail")) m->s[3] |= CODE_FAILED ;
    else if (isaddress ? type == TYPE_PTR : (type == TYPE_A || type == TYPE_AAAA)) put_record(m, type, value) ;
  }
  if (!known) m->s[3] |= CODE_NONE ;
  return 1 ;
}

int main (int argc, char const *const *argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) } ;
  int fd = socket(AF_INET, SOCK_DGRAM, 0) ;
  if (argc < 2 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) return 100 ;
  for (int i = 2 ; i < argc ; i++) if (!strchr(argv[i], '=')) return 100 ;
  if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
  {
    perror("nameserver") ;
    return 111 ;
  }
  setvbuf(stdout, 0, _IOLBF, 0) ;
  puts("ready") ;
  for (;;)
  {
    struct message m ;
    struct sockaddr_in from ;
    socklen_t fromlen = sizeof(from) ;
    char name[NAME] ;
    unsigned int type ;
    ssize_t r = recvfrom(fd, m.s, MESSAGE, 0, (struct sockaddr *)&from, &fromlen) ;
    if (r < HEAD) continue ;
    m.len = question(m.s, r, name, &type) ;
    if (!m.len) continue ;
    printf("%s %s\n", type == TYPE_A ? "A" : type == TYPE_AAAA ? "AAAA" : type == TYPE_PTR ? "PTR" : "other", name) ;
    m.s[2] = 0x85 ;  /* an answer, and to be relied on */
    m.s[3] = 0x80 ;
    memset(m.s + 6, 0, 6) ;  /* no records yet; what came after the question is cut off */
    if (answer(&m, name, type, argv + 2)) sendto(fd, m.s, m.len, 0, (struct sockaddr *)&from, fromlen) ;
  }
}
