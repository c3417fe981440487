/* ISC license. */

/* datagrams-send [-s] [-p PORT] WHERE TEXT...: sends each TEXT, with its \n, \0, \t and
   \xHH, as a datagram to WHERE: the path of a Unix socket (it has a slash), or ip_port.
   -s: as one stream, over one connection. -p: from that port.
   datagrams-send -n COUNT WHERE: COUNT of them, numbered from 1. Waits while there is no
   room. 1 and an errno's text where one cannot be sent. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

static size_t unescape (char *s)
{
  char *out = s ;
  char const *begin = s ;
  for (; *s ; s++)
  {
    if (*s != '\\')
    {
      *out++ = *s ;
      continue ;
    }
    s++ ;
    if (*s == 'n') *out++ = '\n' ;
    else if (*s == '0') *out++ = 0 ;
    else if (*s == 't') *out++ = '\t' ;
    else
    {
      char hex[3] = { s[1], s[2], 0 } ;
      *out++ = (char)strtoul(hex, 0, 16) ;
      s += 2 ;
    }
  }
  return (size_t)(out - begin) ;
}

static socklen_t scan (struct sockaddr_storage *address, char *where)
{
  struct sockaddr_un *un = (struct sockaddr_un *)address ;
  struct sockaddr_in *in = (struct sockaddr_in *)address ;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address ;
  char *port = strrchr(where, '_') ;
  memset(address, 0, sizeof(*address)) ;
  if (strchr(where, '/') || !port)
  {
    un->sun_family = AF_UNIX ;
    strncpy(un->sun_path, where, sizeof(un->sun_path) - 1) ;
    return sizeof(*un) ;
  }
  *port = 0 ;
  if (inet_pton(AF_INET, where, &in->sin_addr) == 1)
  {
    in->sin_family = AF_INET ;
    in->sin_port = htons((uint16_t)atoi(port + 1)) ;
    return sizeof(*in) ;
  }
  if (inet_pton(AF_INET6, where, &in6->sin6_addr) != 1) exit(100) ;
  in6->sin6_family = AF_INET6 ;
  in6->sin6_port = htons((uint16_t)atoi(port + 1)) ;
  return sizeof(*in6) ;
}

static void die (char const *what)
{
  perror(what) ;
  exit(1) ;
}

static void bind_to (int fd, int family, char const *port)
{
  char any[32] ;
  struct sockaddr_storage address ;
  snprintf(any, sizeof(any), "%s_%s", family == AF_INET ? "127.0.0.1" : "::1", port) ;
  if (bind(fd, (struct sockaddr *)&address, scan(&address, any)) == -1) die("bind") ;
}

int main (int argc, char **argv)
{
  struct sockaddr_storage address ;
  int type = SOCK_DGRAM ;
  unsigned long count = 0 ;
  char const *port = 0 ;
  socklen_t len ;
  int fd, opt ;
  while ((opt = getopt(argc, argv, "sp:n:")) != -1)
  {
    if (opt == 's') type = SOCK_STREAM ;
    else if (opt == 'p') port = optarg ;
    else if (opt == 'n') count = strtoul(optarg, 0, 10) ;
    else return 100 ;
  }
  argv += optind ;
  if (!*argv) return 100 ;
  len = scan(&address, *argv++) ;
  fd = socket(address.ss_family, type, 0) ;
  if (fd == -1) die("socket") ;
  if (port) bind_to(fd, address.ss_family, port) ;
  if (connect(fd, (struct sockaddr *)&address, len) == -1) die("connect") ;
  for (; *argv ; argv++)
  {
    size_t size = unescape(*argv) ;
    if (send(fd, *argv, size, 0) != (ssize_t)size) die("send") ;
  }
  for (unsigned long n = 1 ; n <= count ; n++)
  {
    char text[32] ;
    int size = snprintf(text, sizeof(text), "<14>%lu", n) ;
    if (send(fd, text, (size_t)size, 0) != size) die("send") ;
  }
  return 0 ;
}
