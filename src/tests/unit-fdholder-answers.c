/* ISC license. */

/* The client library against answers that no daemon should give: an errno,
   a connection that is of no more use, and no descriptor left behind. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/stralloc.h>

#include <s6-activation/fdholder.h>

#include "support/scripted-client.h"
#include "support/tap.h"

enum operation { LIST, RETRIEVE, DELETE, STORE, GETDUMP, SETDUMP, REPLACE, KEEP, SETDUMP_NEW } ;

struct answer
{
  char const *name ;
  enum operation operation ;
  int want ;    /* errno, or 0 for success */
  int broken ;  /* the connection must be of no more use */
  struct step step ;
} ;

static struct answer const answers[] =
{
  { "a list of two", LIST, 0, 0, SEND("\0\0\0\12\0\0\0\0\2a\0bc\0", 0) },
  { "a list in single bytes", LIST, 0, 0, DRIP("\0\0\0\12\0\0\0\0\2a\0bc\0", 0) },
  { "an empty list", LIST, 0, 0, SEND("\0\0\0\5\0\0\0\0\0", 0) },
  { "a list that is refused", LIST, EPERM, 0, SEND("\0\0\0\1\1", 0) },
  { "more ids than it says", LIST, EPROTO, 1, SEND("\0\0\0\12\0\0\0\0\1a\0bc\0", 0) },
  { "fewer ids than it says", LIST, EPROTO, 1, SEND("\0\0\0\12\0\0\0\0\3a\0bc\0", 0) },
  { "an id without its end", LIST, EPROTO, 1, SEND("\0\0\0\11\0\0\0\0\2a\0bc", 0) },
  { "an empty id", LIST, EPROTO, 1, SEND("\0\0\0\6\0\0\0\0\1\0", 0) },
  { "a list that brings a descriptor", LIST, EPROTO, 1, SEND("\0\0\0\5\0\0\0\0\0", 1) },
  { "half a list", LIST, EPIPE, 1, SEND("\0\0\0\5\0\0", 0) },
  { "an answer of 256 MiB", LIST, EPROTO, 1, SEND("\20\0\0\0\0\0\0\0\0", 0) },
  { "an answer of 4 GiB", DELETE, EPROTO, 1, SEND("\377\377\377\377\0", 0) },
  { "an answer without a byte", DELETE, EPROTO, 1, SEND("\0\0\0\0", 0) },
  { "an error and something more", DELETE, EPROTO, 1, SEND("\0\0\0\2\1\1", 0) },
  { "two answers", DELETE, EPROTO, 1, SEND("\0\0\0\1\0\0\0\0\1\0", 0) },
  { "no answer", DELETE, EPIPE, 1, SEND("\0", 0) },
  { "a descriptor for a delete", DELETE, EPROTO, 1, SEND("\0\0\0\1\0", 1) },
  { "a delete that is refused", DELETE, ENOENT, 0, SEND("\0\0\0\1\2", 0) },
  { "a store", STORE, 0, 0, SEND("\0\0\0\1\0", 0) },
  { "a store that is refused", STORE, EBUSY, 0, SEND("\0\0\0\1\20", 0) },
  { "a replace", REPLACE, 0, 0, SEND("\0\0\0\1\0", 0) },
  { "a replace that is refused", REPLACE, EPERM, 0, SEND("\0\0\0\1\1", 0) },
  { "a replace that is unknown", REPLACE, ENOSYS, 0, SEND("\0\0\0\1\46", 0) },
  { "a replace by a holder of the first release", REPLACE, ENOSYS, 1, SEND("\0\0\0\1\107", 0) },  /* EPROTO */
  { "a replace that is answered in other words", REPLACE, EPROTO, 1, SEND("\0\0\0\0", 0) },
  { "to keep", KEEP, 0, 0, SEND("\0\0\0\1\0", 2) },
  { "to keep, with one descriptor", KEEP, EPROTO, 1, SEND("\0\0\0\1\0", 1) },
  { "to keep what has a keeper", KEEP, EBUSY, 0, SEND("\0\0\0\1\20", 0) },
  { "to keep a holder of the first release", KEEP, ENOSYS, 1, SEND("\0\0\0\1\107", 0) },  /* EPROTO */
  { "a retrieve", RETRIEVE, 0, 0, SEND("\0\0\0\1\0", 1) },
  { "a retrieve in single bytes", RETRIEVE, 0, 0, DRIP("\0\0\0\1\0", 1) },
  { "a retrieve without a descriptor", RETRIEVE, EPROTO, 1, SEND("\0\0\0\1\0", 0) },
  { "a retrieve with two", RETRIEVE, EPROTO, 1, SEND("\0\0\0\1\0", 2) },
  { "a retrieve with 253", RETRIEVE, EPROTO, 1, SEND("\0\0\0\1\0", 253) },
  { "an error that brings a descriptor", RETRIEVE, EPROTO, 1, SEND("\0\0\0\1\1", 1) },
  { "a descriptor and then nothing", RETRIEVE, EPIPE, 1, SEND("\0\0\0\1", 1) },
  { "an empty dump", GETDUMP, 0, 0, SEND("\0\0\0\11\0\0\0\0\0\0\0\0\0", 0) },
  { "a dump that is refused", GETDUMP, EPERM, 0, SEND("\0\0\0\1\1", 0) },
  { "a dump of more than there is room for", GETDUMP, ENFILE, 1, SEND("\0\0\0\11\0\0\0\377\377\377\377\377\377", 0) },
  { "a dump of entries and no frame", GETDUMP, EPROTO, 1, SEND("\0\0\0\11\0\0\0\0\0\0\0\0\1", 0) },
  { "a dump of more frames than entries", GETDUMP, EPROTO, 1, SEND("\0\0\0\11\0\0\0\0\2\0\0\0\1", 0) },
  { "a dump that ends early", GETDUMP, EPIPE, 1, SEND("\0\0\0\11\0\0\0\0\1\0\0\0\1", 0) },
  { "a dump with no number", GETDUMP, EPROTO, 1, SEND("\0\0\0\5\0\0\0\0\1", 0) },
  { "a dump that may not be set", SETDUMP, EPERM, 0, SEND("\0\0\0\1\1", 0) },
  { "a setdump answered in other words", SETDUMP, EPROTO, 1, SEND("\0\0\0\3\0\0\0", 0) },
  { "new ids that may not be set", SETDUMP_NEW, EPERM, 0, SEND("\0\0\0\1\1", 0) },
  { "new ids, and an older holder", SETDUMP_NEW, ENOSYS, 1, SEND("\0\0\0\1\107", 0) }  /* EPROTO */
} ;

static int do_setdump (fdholder *h, unsigned int flags, tain const *deadline)
{
  fdholder_entry const entry = { .id = "x", .fd = 2 } ;
  return fdholder_setdump_flags_g(h, &entry, 1, flags, deadline) ;
}

static int do_keep (fdholder *h, tain const *deadline)
{
  int fds[2] ;
  if (!fdholder_keep_g(h, 0, fds, deadline)) return 0 ;
  close(fds[0]) ;
  close(fds[1]) ;
  return 1 ;
}

static int do_operation (fdholder *h, enum operation operation, tain const *deadline)
{
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  stralloc ids = STRALLOC_ZERO ;
  size_t count ;
  int fd, ok ;
  switch (operation)
  {
    case LIST :
      ok = fdholder_list_g(h, &ids, &count, deadline) ;
      if (!ok && ids.len) tap_ok(0, "a list that failed left something behind") ;
      stralloc_free(&ids) ;
      return ok ;
    case RETRIEVE :
      fd = fdholder_retrieve_g(h, "x", deadline) ;
      if (fd < 0) return 0 ;
      tap_ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "a descriptor comes with close-on-exec") ;
      close(fd) ;
      return 1 ;
    case DELETE : return fdholder_delete_g(h, "x", deadline) ;
    case STORE : return fdholder_store_g(h, 0, "x", 0, deadline) ;
    case REPLACE : return fdholder_replace_g(h, 0, "x", 0, deadline) ;
    case KEEP : return do_keep(h, deadline) ;
    case SETDUMP : return do_setdump(h, 0, deadline) ;
    case SETDUMP_NEW : return do_setdump(h, FDHOLDER_SETDUMP_NEW, deadline) ;
    default :
      if (!fdholder_getdump_g(h, &dump, deadline)) return 0 ;
      fdholder_dump_free(&dump) ;
      return 1 ;
  }
}

static size_t request_size (enum operation operation)
{
  static size_t const sizes[] = { 1, 5, 4, 16, 1, 5, 16, 1, 6 } ;
  return 4 + sizes[operation] ;
}

static void check (struct answer const *a)
{
  struct step const steps[] =
  {
    STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), { STEP_READ, 0, request_size(a->operation), 0 }, a->step, STEP(STEP_CLOSE), STEP(STEP_END)
  } ;
  struct conversation c ;
  conversation_start(&c, steps) ;
  errno = 0 ;
  conversation_result(do_operation(&c.h, a->operation, &c.deadline), a->want, a->name) ;
  tap_int(!!c.h.error, a->broken, "%s: the connection is %s", a->name, a->broken ? "useless" : "good") ;
  conversation_end(&c, a->name) ;
}

int main (void)
{
  for (size_t i = 0 ; i < sizeof(answers) / sizeof(answers[0]) ; i++) check(answers + i) ;
  return tap_done() ;
}
