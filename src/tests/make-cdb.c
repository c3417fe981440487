/* ISC license. */

/* A cdb of any records, for shell tests:
     make-cdb file key data [key data...]
   \0 and \t in them are a NUL and a tab. data is D as it stands, or A and
   one modification of the environment, which gets its lengths. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/cdbmake.h>
#include <skalibs/uint16.h>

enum { ROOM = 4096 } ;

static size_t unescape (char *to, char const *from)
{
  size_t len = 0 ;
  while (*from && len < ROOM)
  {
    if (from[0] == '\\' && (from[1] == '0' || from[1] == 't'))
    {
      to[len++] = from[1] == '0' ? 0 : '\t' ;
      from += 2 ;
    }
    else to[len++] = *from++ ;
  }
  return len ;
}

static size_t data_of (char *to, char const *from)
{
  size_t len ;
  if (from[0] != 'A') return unescape(to, from) ;
  to[0] = 'A' ;
  len = unescape(to + 3, from + 1) ;
  to[3 + len++] = 0 ;
  uint16_pack_big(to + 1, len) ;
  uint16_pack_big(to + 3 + len, 0) ;
  return len + 5 ;
}

int main (int argc, char const *const *argv)
{
  static char key[ROOM] ;
  static char data[ROOM + 8] ;
  cdbmaker maker = CDBMAKER_ZERO ;
  int fd ;
  if (argc < 2) return 100 ;
  fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0644) ;
  if (fd == -1 || !cdbmake_start(&maker, fd)) return 111 ;
  for (int i = 2 ; i + 1 < argc ; i += 2)
  {
    size_t keylen = unescape(key, argv[i]) ;
    size_t datalen = data_of(data, argv[i+1]) ;
    if (!cdbmake_add(&maker, key, keylen, data, datalen)) return 111 ;
  }
  return cdbmake_finish(&maker) && close(fd) == 0 ? 0 : 111 ;
}
