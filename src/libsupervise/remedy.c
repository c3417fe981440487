/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "libsupervise/remedy.h"
#include "libsupervise/wholefile.h"

enum { FIRST_LINE = 256 } ;

 /* The interpreter that the first line names; its length. 0: it names none. */

static size_t get_interpreter (char const *path, char *s)
{
  size_t at = 2, len ;
  ssize_t r = wholefile_read(path, s, FIRST_LINE, 0) ;
  if (r < 2 || s[0] != '#' || s[1] != '!') return 0 ;
  s[r] = 0 ;
  at += strspn(s + at, " \t") ;
  len = strcspn(s + at, " \t\n") ;
  memmove(s, s + at, len) ;
  s[len] = 0 ;
  return len ;
}

static char const *of_what_is_absent (char *text, char const *path)
{
  char s[FIRST_LINE + 1] ;
  size_t len ;
  if (access(path, F_OK) == -1) return "there is no such file: create it" ;
  len = get_interpreter(path, s) ;
  if (!len) return "its dynamic loader does not exist: install it" ;
  if (s[len-1] == '\r')
  {
    s[len-1] = 0 ;
    snprintf(text, REMEDY_MAX, "its first line ends in a carriage return, after %s: remove those of the file", s) ;
  }
  else snprintf(text, REMEDY_MAX, "its interpreter %s does not exist: install it, or correct the first line", s) ;
  return text ;
}

static char const *of_what_is_forbidden (char *text, char const *path)
{
  char s[FIRST_LINE + 1] ;
  struct stat st ;
  struct statvfs fs ;
  if (stat(path, &st) == -1) return strerror(EACCES) ;
  if (S_ISDIR(st.st_mode)) return "it is a directory: put a program in its place" ;
  if (!S_ISREG(st.st_mode)) return "it is no regular file: put a program in its place" ;
  if (statvfs(path, &fs) == 0 && fs.f_flag & ST_NOEXEC) return "its file system is mounted noexec: mount it with exec, or move the service" ;
  if (access(path, X_OK) == -1) return "it is not executable: chmod +x" ;
  if (!get_interpreter(path, s)) return strerror(EACCES) ;
  snprintf(text, REMEDY_MAX, "its interpreter %s may not be executed: correct the first line, or its permissions", s) ;
  return text ;
}

char const *remedy (char *text, char const *path, int e)
{
  switch (e)
  {
    case ENOENT : return path ? of_what_is_absent(text, path) : strerror(e) ;
    case EACCES : return path ? of_what_is_forbidden(text, path) : strerror(e) ;
    case ENOEXEC : return "it is no program, and its first line names no interpreter: begin it with #! and one" ;
    case ENOTDIR : return "its interpreter's path goes through what is no directory: correct the first line" ;
    case EAGAIN : return "there are too many processes: raise the limit of the user, or of the cgroup" ;
    case ENOMEM : return "there is no memory for another process" ;
    default : return strerror(e) ;
  }
}
