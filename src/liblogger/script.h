/* ISC license. */

#ifndef S6ACTIVATION_SCRIPT_H
#define S6ACTIVATION_SCRIPT_H

 /*
    What a logger is to do, as its command line says: s6-log(8). A script is groups,
    one after the other; a group is selections, then actions, each with the settings
    that hold where it stands. It is judged whole, and no file is touched.

      selections: + - f           actions: 1 2 =FILE DIR
      settings: n s S l r R E ^ p ! ? a o i y, and for one action only: t T u U
 */

#include <regex.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/stralloc.h>

enum script_numbers
{
  SCRIPT_SIZE_MIN = 4096,
  SCRIPT_SIZE_MAX = 268435455,
  SCRIPT_NEVER = UINT32_MAX  /* of sync: the system decides */
} ;

enum script_match
{
  SCRIPT_ALL,  /* any line */
  SCRIPT_PART,  /* one that has that text in it */
  SCRIPT_BEGIN,  /* one that begins with it */
  SCRIPT_REGEX
} ;

struct script_selection
{
  char how ;  /* + - f */
  enum script_match match ;
  char const *pattern ;  /* as it was written */
  char const *text ;  /* of PART, BEGIN: what is looked for */
  size_t len ;
  regex_t regex ;
} ;

enum script_type
{
  SCRIPT_STDOUT,
  SCRIPT_ALERT,
  SCRIPT_STATUS,
  SCRIPT_DIR
} ;

enum script_stamp
{
  SCRIPT_TAI64N = 0x01,
  SCRIPT_ISO = 0x02,
  SCRIPT_UTC = 0x04,
  SCRIPT_LOCAL = 0x08
} ;

struct script_settings
{
  uint64_t total ;  /* bytes of archives that are kept; 0: no limit */
  uint32_t archives ;
  uint32_t size ;  /* bytes of current */
  uint32_t tolerance ;
  uint32_t retry ;  /* milliseconds */
  uint32_t every ;  /* seconds between rotations; 0: none for that */
  uint32_t offset ;  /* of these, from midnight UTC; if isaligned */
  uint32_t age ;  /* seconds that an archive is kept; 0: no limit */
  uint32_t alert ;  /* bytes of a text that are told; 0: all */
  uint32_t status ;  /* bytes of a status file; 0: as many as there are */
  uint32_t lines ;  /* at most, in each window; 0: no limit */
  uint32_t window ;  /* seconds */
  uint32_t sync ;  /* milliseconds after a write, at most; SCRIPT_NEVER */
  char const *prefix ;  /* 0: none */
  char const *processor ;  /* 0: none */
  uint8_t isshell ;  /* it is for /bin/sh */
  uint8_t isaligned ;
  uint8_t isdropping ;  /* what cannot be taken at once is dropped, and counted */
  uint8_t stamps ;
  uint8_t digits ;  /* of a second, of UTC */
  uint8_t localdigits ;
} ;

struct script_action
{
  enum script_type type ;
  char const *path ;  /* of STATUS, DIR */
  struct script_settings settings ;
} ;

struct script_group
{
  unsigned int selections ;  /* how many */
  unsigned int firstselection ;
  unsigned int actions ;
  unsigned int firstaction ;
} ;

struct script
{
  struct script_selection *selections ;
  struct script_action *actions ;
  struct script_group *groups ;
  unsigned int selectionlen ;
  unsigned int actionlen ;
  unsigned int grouplen ;
  char const *useless ;  /* a selection that stands behind the last action; or 0 */
} ;

struct script_error
{
  char const *word ;  /* of the command line; 0: none in particular */
  char text[128] ;
} ;

 /* The words stay the caller's, and in use. 0: error says why; errno: EINVAL it is
    wrong, ENOMEM. */
extern int script_compile (struct script *, char const *const *words, struct script_error *) ;
extern void script_free (struct script *) ;

 /* Says what it selects and does, in words; a line for each. 0 and errno ENOMEM. */
extern int script_explain (stralloc *, struct script const *) ;

#endif
