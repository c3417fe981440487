/* ISC license. */

/*
   Access rules: is this user, address or name allowed, and with which
   changes to the environment and which program?  Rules are a directory
   or the cdb file that s6-accessrules-cdb-from-fs makes of one; both are
   judged alike.  The format is described in accessrules(7).

   Everything here fails closed: what cannot be read, what is longer than
   the bounds below and what is damaged gives ACCESSRULES_ERROR or
   ACCESSRULES_DENY, never ACCESSRULES_ALLOW.  Grant access on
   ACCESSRULES_ALLOW only, and not on "is not DENY".
*/

#ifndef S6_ACTIVATION_ACCESSRULES_H
#define S6_ACTIVATION_ACCESSRULES_H

#include <sys/types.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

typedef enum accessrules_result_e
{
  ACCESSRULES_ERROR = -1,  /* errno says why; treat it as DENY, with a warning */
  ACCESSRULES_DENY = 0,    /* a rule says no */
  ACCESSRULES_ALLOW = 1,   /* a rule says yes; params->key names it */
  ACCESSRULES_NOTFOUND = 2 /* no rule; treat it as DENY */
} accessrules_result ;

enum accessrules_limit_e
{
  ACCESSRULES_NAME_MAX = 255,     /* bytes of a host name given to accessrules_reversedns */
  ACCESSRULES_KEY_SIZE = 512,     /* room for the longest key, 255 bytes on each side of the slash, and its NUL */
  ACCESSRULES_PATH_MAX = 4095,    /* bytes of the path of a rules directory */
  ACCESSRULES_VALUE_MAX = 4096,   /* bytes of one file in env */
  ACCESSRULES_ENV_MAX = 65535,    /* bytes of all modifications of one rule, NULs included */
  ACCESSRULES_EXEC_MAX = 4096,    /* bytes of an exec file or entry */
  ACCESSRULES_CDB_MAX = 0x4000000 /* bytes of a cdb file: 64 MiB */
} ;

 /* A set of rules. Everything in it belongs to it; nothing in it is for
    the caller to read or write. No descriptor is held between calls, but
    for the one of accessrules_open_cdb_lazy, which is close-on-exec. */

typedef struct accessrules_s accessrules ;
struct accessrules_s
{
  char *path ;   /* owned; 0: not open */
  char *map ;    /* owned; the cdb file in memory, or its header alone; 0: a directory */
  size_t size ;  /* of the cdb file */
  int fd ;       /* owned; where the rest of the cdb file is; -1: all of it is in map */
  int hasunmapped ;    /* some ids of this system have no number in this user namespace */
  uid_t overflowuid ;  /* then: what those ids are shown as */
  gid_t overflowgid ;
} ;
#define ACCESSRULES_ZERO { .path = 0, .map = 0, .size = 0, .fd = -1, .hasunmapped = 0, .overflowuid = 0, .overflowgid = 0 }

 /* What a lookup found. Begins as ACCESSRULES_PARAMS_ZERO, is used again
    and again, and is ended by accessrules_params_free. */

typedef struct accessrules_params_s accessrules_params ;
struct accessrules_params_s
{
  stralloc env ;   /* modifications, each with its NUL: "VAR=value", or "VAR" to unset VAR: what env_merge takes */
  stralloc exec ;  /* a command line for execlineb, with a final NUL; len is 0 where the rule has no exec */
  char key[ACCESSRULES_KEY_SIZE] ; /* the rule that matched, such as "uid/0"; "" for none */
} ;
#define ACCESSRULES_PARAMS_ZERO { .env = STRALLOC_ZERO, .exec = STRALLOC_ZERO, .key = "" }


 /* Opening, reloading and closing. 1 for success, 0 and errno for failure.
    They change *rules only when they succeed. */

 /* dir is remembered as it is given: each lookup starts from it anew, so
    changes are seen at once, and a relative path follows chdir(2). It is
    not looked at here: no lookup in what is not there says allow. errno:
    ENOMEM; ENAMETOOLONG longer than ACCESSRULES_PATH_MAX; ENOENT empty. */
extern int accessrules_open_dir (accessrules * /* rules */, char const * /* dir */) ;

 /* Reads the whole of file into memory and checks its structure: what
    happens to the file later changes nothing. errno: as open(2) and
    read(2) set it; ENOMEM; EFBIG longer than ACCESSRULES_CDB_MAX; EINVAL
    not a regular file; EPROTO not a whole and sound cdb of access rules. */
extern int accessrules_open_cdb (accessrules * /* rules */, char const * /* file */) ;

 /* The same for one who looks up once: whatever the size of file, only its
    header is read and checked now, and each lookup reads and checks what
    it touches. A file that is replaced stays the one that was opened; one
    that is written over or cut short is an error where a lookup sees it
    (EPROTO), and never a signal. Holds a descriptor. */
extern int accessrules_open_cdb_lazy (accessrules * /* rules */, char const * /* file */) ;

 /* A cdb: reads its file again, and swaps it in only if it is good; else
    what was there stays, and errno is as for accessrules_open_cdb. A
    directory: nothing to do, 1. */
extern int accessrules_reload (accessrules * /* rules */) ;

 /* Frees what *rules owns, which is ACCESSRULES_ZERO again. Keeps errno. */
extern void accessrules_close (accessrules * /* rules */) ;

 /* Frees what *params owns, which is ACCESSRULES_PARAMS_ZERO again. Keeps errno. */
extern void accessrules_params_free (accessrules_params * /* params */) ;


 /* Lookups. Each tries its keys in order; the first one that says allow or
    deny, or that cannot be read, decides. They judge only: params->key is
    set to the key that decided ("" for NOTFOUND), params->env and
    params->exec are left alone. Nothing is allocated. ERROR: errno as
    access(2) and stat(2) set it; ENOENT is a symbolic link to nothing. */

 /* uid/self (if uid is our effective uid), uid/N, gid/self, gid/N, uid/default.
    In a user namespace that has no number for some ids of the system, the
    overflow id (65534) stands for all of those: a rule of that uid can deny
    it, but only uid/default can allow it; a rule of that gid allows nobody. */
extern accessrules_result accessrules_uidgid (accessrules const * /* rules */, uid_t, gid_t, accessrules_params * /* params */) ;

 /* ip4/a.b.c.d_32 down to ip4/0.0.0.0_0, host bits cleared. ip: 4 bytes, network order. */
extern accessrules_result accessrules_ip4 (accessrules const * /* rules */, char const * /* ip */, accessrules_params * /* params */) ;

 /* ip6/…_128 down to ip6/::_0, in canonical form. ip: 16 bytes, network order. */
extern accessrules_result accessrules_ip6 (accessrules const * /* rules */, char const * /* ip */, accessrules_params * /* params */) ;

 /* One of the two above: ip is 16 bytes if is6, else 4. */
extern accessrules_result accessrules_ip46 (accessrules const * /* rules */, char const * /* ip */, int /* is6 */, accessrules_params * /* params */) ;

 /* reversedns/name, then without its first label, and so on to the last
    label, then reversedns/@. A dot that ends name is left out; case counts,
    so give lower case. The empty name is none: NOTFOUND. EINVAL: a
    name with an empty label or a slash. ENAMETOOLONG: longer than ACCESSRULES_NAME_MAX. */
extern accessrules_result accessrules_reversedns (accessrules const * /* rules */, char const * /* name */, accessrules_params * /* params */) ;

 /* One key as it stands, "class/name". EINVAL: no "class/name" of plain
    components ("." and ".." and further slashes are refused).
    ENAMETOOLONG: ACCESSRULES_KEY_SIZE or longer. */
extern accessrules_result accessrules_key (accessrules const * /* rules */, char const * /* key */, accessrules_params * /* params */) ;


 /* Reading what belongs to the rule that a lookup left in params->key.

    The rule is judged again, by its key alone, as it is now: DENY or
    NOTFOUND where it allows no longer. ALLOW: params->env and params->exec
    are replaced. In every other case both are emptied, so nothing of an
    older or half-read rule can be used. ERROR: errno is as open(2) and
    read(2) set it; ENOENT env, exec or an entry of env is a symbolic link to
    nothing; EMSGSIZE something is longer than its bound; EINVAL a FIFO, or
    a NUL within exec; ENOMEM. */
extern accessrules_result accessrules_read (accessrules const * /* rules */, accessrules_params * /* params */) ;

 /* The same without exec, which is neither read nor judged; params->exec is emptied. */
extern accessrules_result accessrules_read_env (accessrules const * /* rules */, accessrules_params * /* params */) ;

 /* One variable of env: params->env is its modification, or empty where the
    rule has none for it. The rule itself is not judged again, so call this
    soon after a lookup. Results and errno as above; ENAMETOOLONG: name is
    longer than ACCESSRULES_NAME_MAX. */
extern accessrules_result accessrules_read_variable (accessrules const * /* rules */, accessrules_params * /* params */, char const * /* name */) ;

#endif
