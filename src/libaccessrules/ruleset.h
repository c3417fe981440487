/* ISC license. */

/* libaccessrules: what the accessrules_* functions, and the two programs
   that convert rules, share. For anybody else: <s6-activation/accessrules.h>. */

#ifndef S6ACTIVATION_RULESET_H
#define S6ACTIVATION_RULESET_H

#include <sys/types.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/fmtscan.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

enum ruleset_kind
{
  RULESET_DIR,
  RULESET_CDB,
  RULESET_CDB_LAZY
} ;
 /* 0 and errno: *rules is as it was. */
extern int ruleset_open (accessrules *, char const *, enum ruleset_kind) ;

 /* Finds out which ids a lookup cannot trust. Keeps errno. */
extern void ruleset_overflow (accessrules *) ;

 /* One key in one backend. key is NUL-terminated and shorter than
    ACCESSRULES_KEY_SIZE; it is put into params->key unless NOTFOUND. */
extern accessrules_result ruleset_lookup (accessrules const *, char const *, accessrules_params *) ;

 /* 1: rules has a class such as "ip6"; 0: it has none; -1 and errno: it
    has one that cannot be looked at. A cdb: always 1. */
extern int ruleset_has_class (accessrules const *, char const *) ;

enum accessrules_read_e
{
  ACCESSRULES_READ_ENV = 0x01,
  ACCESSRULES_READ_EXEC = 0x02
} ;
extern accessrules_result ruleset_read_parts (accessrules const *, accessrules_params *, unsigned int) ;

 /* Whether key is "class/name", both plain names that do not begin with a dot. */
extern int ruleset_key_is_sound (char const *, size_t) ;

 /* "class/name". Both are names of files, so that ACCESSRULES_KEY_SIZE holds them. */
extern void ruleset_key_join (char *, char const *class, char const *name) ;

 /* ip is 16 bytes if is6, else 4. */
extern accessrules_result ruleset_ip (accessrules const *, char const *, int, accessrules_params *) ;

 /* The key of a network, whose host bits are clear. */
enum { RULESET_IP_KEY_SIZE = sizeof "ip6/" + IP6_FMT + UINT_FMT + 1 } ;
extern void ruleset_ip_key (char *, char const *, int, unsigned int) ;

enum ruleset_name
{
  RULESET_NAME_GOOD,
  RULESET_NAME_NEVER,   /* no lookup asks for it */
  RULESET_NAME_UNKNOWN  /* the class is none of ours */
} ;

 /* Can a lookup ask for that name of that class? If not, the key that was
    probably meant, or "", is put into room for ACCESSRULES_KEY_SIZE bytes.
    Names are those of files: shorter than 256 bytes. */
extern enum ruleset_name ruleset_name_judge (char const *, char const *, char *) ;

 /* What names of one of our classes look like, in words. */
extern char const *ruleset_name_form (char const *) ;

 /* 1: nothing is at path, not even a link
    to nothing; 0 something is; -1 and errno: it cannot be told. */
extern int ruleset_absent (char const *) ;


 /* Directories */

 /* Writes "dir/key/" and a NUL; returns its length. Room: the next enum. */
enum accessrules_path_e { ACCESSRULES_PATH_SIZE = ACCESSRULES_PATH_MAX + ACCESSRULES_KEY_SIZE + 16 } ;
extern size_t ruleset_dir_path (char *, accessrules const *, char const *) ;

 /* The names in the directory at path, each with its NUL, in no order: all
    but . and .. . 0 and errno: it could not be read. */
extern int ruleset_list (char const *, stralloc *) ;

extern accessrules_result ruleset_dir_judge (accessrules const *, char const *) ;
extern int ruleset_dir_isrule (accessrules const *, char const *) ;
extern int ruleset_dir_read_variable (accessrules const *, accessrules_params *, char const *) ;
extern int ruleset_dir_read (accessrules const *, accessrules_params *, unsigned int) ;

 /* Adds what the directory at path modifies. */
extern int ruleset_envdir (char const *, stralloc *) ;

 /* Adds what the file at path, relative to the directory open as a
    descriptor, makes of the variable name: nothing if it is not there. */
extern int ruleset_variable (int, char const *, char const *, stralloc *) ;

 /* Reads name, which is relative to the directory open as a descriptor,
    into a room of max + 1 bytes. The length, or -1 and errno: EMSGSIZE
    when it is longer than max, EINVAL for a FIFO. */
extern ssize_t ruleset_readfile (int, char const *, char *, size_t) ;


 /* The cdb format, in memory. Numbers of the cdb itself are little-endian
    (cr.yp.to/cdb/cdb.txt), lengths within a rule are big-endian. */

typedef struct ruleset_record_s ruleset_record ;
struct ruleset_record_s
{
  char const *key ;
  char const *data ;
  uint32_t keylen ;
  uint32_t datalen ;
} ;

typedef struct ruleset_value_s ruleset_value ;
struct ruleset_value_s
{
  char const *env ;
  char const *exec ;
  uint16_t envlen ;
  uint16_t execlen ;
} ;

enum accessrules_cdb_e
{
  ACCESSRULES_CDB_TABLES = 256,
  ACCESSRULES_CDB_POINTER_SIZE = 8, /* as long as a slot, and as the head of a record */
  ACCESSRULES_CDB_HEADER_SIZE = ACCESSRULES_CDB_TABLES * ACCESSRULES_CDB_POINTER_SIZE
} ;

extern uint32_t ruleset_cdb_hash (char const *, uint32_t) ;

 /* Where one of the tables begins, and how many slots it has. */
extern void ruleset_cdb_pointer (char const *, unsigned int, uint32_t *, uint32_t *) ;

 /* Where the records end and the tables begin; 0: EPROTO. */
extern uint32_t ruleset_cdb_end (char const *, size_t) ;

 /* The same, for the header alone and the size of the file: sees that a
    file is cut short, or goes on. */
extern uint32_t ruleset_cdb_header (char const *, size_t) ;

 /* The records in their order: *position is ACCESSRULES_CDB_HEADER_SIZE at
    first. 1: a record, 0: no more, -1: EPROTO. */
extern int ruleset_cdb_next (char const *, size_t, uint32_t *, ruleset_record *) ;

 /* Takes a record's data apart: ALLOW, DENY, or ERROR and EPROTO. */
extern accessrules_result ruleset_cdb_value (char const *, uint32_t, ruleset_value *) ;
extern int ruleset_cdb_env_is_sound (char const *, size_t) ;

 /* The whole structure: every record is there and can be found, every
    slot belongs to a record, every rule is sound. 0 and EPROTO if not, or
    ENOMEM. Takes a time, and an eighth of the room, of what it checks. */
extern int ruleset_cdb_check (char const *, size_t) ;

 /* Puts a file into rules, in the place of what is there: all of it, after
    that check, or, if lazy, its header and a descriptor. 0 and errno:
    nothing has changed. */
extern int ruleset_cdb_load (accessrules *, char const *, int) ;

 /* Lookups; they check what they touch, and no more. */
extern accessrules_result ruleset_cdb_judge (accessrules const *, char const *) ;
extern accessrules_result ruleset_cdb_read (accessrules const *, accessrules_params *, unsigned int) ;
extern accessrules_result ruleset_cdb_read_variable (accessrules const *, accessrules_params *, char const *) ;

#endif
