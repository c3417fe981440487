/* ISC license. */

#ifndef S6ACTIVATION_SVSCAN_H
#define S6ACTIVATION_SVSCAN_H

 /*
    The engine of s6-svscan. The current directory is the scan directory.

    Each turn: what was told and who has died; a scan if there is to be one;
    what is gone, if it is to end; what is due to be started. When the next
    turn is to come is worked out anew each time, from all there is.

      RUNNING -> ENDING    t, i, q; TERM, INT, QUIT    supervisors are told, nothing is started
      RUNNING -> OVER      b; ABRT
      ENDING -> OVER       no supervisor is left; b; ABRT
      OVER                 it executes into finish
 */

#include <dirent.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libsvscan/troubles.h"
#include "libsvscan/registry.h"
#include "libsvscan/starts.h"

enum svscan_numbers
{
  SVSCAN_SERVICES_USUALLY = 1000,
  SVSCAN_SERVICES_LEAST = 4,
  SVSCAN_SERVICES_MOST = 160000,
  SVSCAN_NAME_USUALLY = 251,
  SVSCAN_NAME_LEAST = 11,
  SVSCAN_NAME_MOST = 1019
} ;

struct svscan_options
{
  uint32_t services ;  /* supervisors at most */
  uint32_t name ;  /* bytes of a name at most */
  unsigned int interval ;  /* milliseconds between scans; 0: none but those that are asked for */
  int console ;  /* for the catch-all logger's supervisor, and for us at our end; or -1 */
  int control ;  /* the fifo (svcontrol.h) */
  char const *const *envp ;
} ;

enum svscan_state { SVSCAN_RUNNING, SVSCAN_ENDING, SVSCAN_OVER } ;

struct svscan
{
  struct svscan_options options ;
  struct log log ;
  struct registry registry ;
  struct starts starts ;
  struct troubles troubles ;
  DIR *directory ;
  struct loop loop ;
  struct loop_watch control ;
  struct loop_watch signals ;
  struct loop_timer timer ;
  enum svscan_state state ;
  unsigned int pruning ;  /* ORDER_PRUNE, maybe with ORDER_HARD, that waits for a scan */
  uint8_t isscanwanted ;
  uint8_t isconsole ;  /* stdout and stderr are no longer the catch-all logger's */
  uint8_t fruitless ;  /* turns in which waiting, or reading signals, has failed, one after the other */
  uint8_t hasfailed ;  /* in this turn */
  uint8_t isbroken ;  /* it cannot wait, or not read signals: OVER is a crash */
  uint16_t pause ;  /* seconds, of the last one after a scan that failed; 0: it did not */
  int error ;  /* of that scan */
  tain scan ;  /* the end of that pause, or when the next scan is to come; or infinite */
} ;

 /* 0 and errno. From then on orders are heard. */
extern int svscan_init (struct svscan *, struct svscan_options const *) ;

 /* Until the end, at which it executes another program: the exit code if there is none. */
extern int svscan_run (struct svscan *) ;

#endif
