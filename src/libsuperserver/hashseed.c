/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#include "internal.h"

 /* SipHash-1-3 (Aumasson and Bernstein): short keys, and an unknown seed. */

enum { COMPRESSION_ROUNDS = 1, FINAL_ROUNDS = 3 } ;

static uint64_t rotate (uint64_t x, unsigned int bits)
{
  return (x << bits) | (x >> (64 - bits)) ;
}

static void rounds (uint64_t *v, unsigned int n)
{
  while (n--)
  {
    v[0] += v[1] ; v[1] = rotate(v[1], 13) ; v[1] ^= v[0] ; v[0] = rotate(v[0], 32) ;
    v[2] += v[3] ; v[3] = rotate(v[3], 16) ; v[3] ^= v[2] ;
    v[0] += v[3] ; v[3] = rotate(v[3], 21) ; v[3] ^= v[0] ;
    v[2] += v[1] ; v[1] = rotate(v[1], 17) ; v[1] ^= v[2] ; v[2] = rotate(v[2], 32) ;
  }
}

void hashseed_init (struct hashseed *seed)
{
  struct timespec now ;
#ifdef __linux__
  void const *given = (void const *)getauxval(AT_RANDOM) ;
  if (given)
  {
    memcpy(seed->k, given, sizeof(seed->k)) ;
    return ;
  }
#endif
  clock_gettime(CLOCK_REALTIME, &now) ;
  seed->k[0] = (uint64_t)now.tv_sec * 1000000007 + getpid() ;
  seed->k[1] = (uint64_t)now.tv_nsec << 20 ^ (uintptr_t)&now ;
}

uint64_t hashseed_hash (struct hashseed const *seed, void const *bytes, size_t n)
{
  unsigned char const *s = bytes ;
  uint64_t last = (uint64_t)n << 56 ;
  uint64_t v[4] =
  {
    seed->k[0] ^ UINT64_C(0x736f6d6570736575), seed->k[1] ^ UINT64_C(0x646f72616e646f6d),
    seed->k[0] ^ UINT64_C(0x6c7967656e657261), seed->k[1] ^ UINT64_C(0x7465646279746573)
  } ;
  for (; n >= 8 ; n -= 8, s += 8)
  {
    uint64_t word ;
    memcpy(&word, s, 8) ;
    v[3] ^= word ;
    rounds(v, COMPRESSION_ROUNDS) ;
    v[0] ^= word ;
  }
  while (n--) last |= (uint64_t)s[n] << (8 * n) ;
  v[3] ^= last ;
  rounds(v, COMPRESSION_ROUNDS) ;
  v[0] ^= last ;
  v[2] ^= 0xff ;
  rounds(v, FINAL_ROUNDS) ;
  return v[0] ^ v[1] ^ v[2] ^ v[3] ;
}
