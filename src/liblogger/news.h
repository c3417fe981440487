/* ISC license. */

#ifndef S6ACTIVATION_NEWS_H
#define S6ACTIVATION_NEWS_H

 /* Whether anything has happened in logdirs: inotify(7) on Linux. Elsewhere, and where it
    cannot be had, who waits looks again from time to time. */

#include <stdint.h>

enum news_numbers
{
  NEWS_NONE_MS = 250,  /* how long to wait where nothing is told */
  NEWS_SOME_MS = 5000  /* where it is: what other machines do in a directory that they share is not */
} ;

 /* How many files of the name current a logdir has begun by then. */
struct news_mark
{
  uint64_t turns ;
  uint64_t gaps ;
  uint8_t isknown ;
} ;

struct news_dir
{
  int watch ;  /* -1: none */
  uint64_t turns ;
} ;

struct news
{
  int fd ;  /* readable when there are some; or -1 */
  struct news_dir *dirs ;
  unsigned int n ;
  uint64_t gaps ;  /* so many times some were lost */
} ;

extern int news_init (struct news *, unsigned int n) ;  /* 0 and errno ENOMEM */
extern void news_free (struct news *) ;
extern void news_watch (struct news *, unsigned int i, char const *path) ;  /* the i-th one, anew */
extern void news_take (struct news *) ;  /* all that have come */
extern int news_patience (struct news const *) ;  /* milliseconds */

extern void news_mark (struct news const *, unsigned int i, struct news_mark *) ;
extern int news_issame (struct news_mark const *, struct news_mark const *) ;
 /* How many since; 0: it is not known. */
extern int news_between (struct news_mark const *, struct news_mark const *, uint64_t *n) ;

#endif
