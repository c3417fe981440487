/* ISC license. */

#ifndef S6ACTIVATION_TESTS_PRELOAD_H
#define S6ACTIVATION_TESTS_PRELOAD_H

 /* What libraries that are preloaded share. Needs _GNU_SOURCE before everything. */

#include <dlfcn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>

 /* Names that one C library has, and others make macros of, or know as int. */
#ifdef __GLIBC__
#define PRELOAD_HAS_64 1
typedef __rlimit_resource_t preload_resource ;
typedef off64_t preload_off64 ;
#else
#define PRELOAD_HAS_64 0
typedef int preload_resource ;
typedef off_t preload_off64 ;
#endif

 /* Fills the pointer to a function at function with the one that name would be without us.
    ISO C knows no conversion from void * to it. */

static inline void preload_next (void *function, char const *name)
{
  void *symbol = dlsym(RTLD_NEXT, name) ;
  memcpy(function, &symbol, sizeof(symbol)) ;
}

#endif
