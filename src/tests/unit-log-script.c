/* ISC license. */

/* liblogger/script.h: groups, settings and where they hold, limits, and what is wrong. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "liblogger/script.h"
#include "support/tap.h"

enum { WORDS_MAX = 32 } ;

static struct script script ;
static struct script_error error ;
static char *text ;  /* the words are in it */

 /* By blanks; % is a blank in a word. */

static int compile (char const *line)
{
  char const *words[WORDS_MAX] ;
  unsigned int n = 0 ;
  script_free(&script) ;
  free(text) ;
  text = strdup(line) ;
  if (!text) tap_bail("memory") ;
  for (char *word = strtok(text, " ") ; word ; word = strtok(0, " "))
  {
    for (char *at = word ; *at ; at++) if (*at == '%') *at = ' ' ;
    words[n++] = word ;
  }
  words[n] = 0 ;
  return script_compile(&script, words, &error) ;
}

static struct script_settings const *of (unsigned int action)
{
  return &script.actions[action].settings ;
}

static void test_groups (void)
{
  tap_ok(compile("+a -b 1 ./x f 2 =s"), "two groups") ;
  tap_int(script.grouplen, 2, "groups") ;
  tap_int(script.groups[0].selections, 2, "selections of the first") ;
  tap_int(script.groups[0].actions, 2, "its actions") ;
  tap_int(script.groups[1].firstaction, 2, "the second one's first action") ;
  tap_int(script.groups[1].firstselection, 2, "and selection") ;
  tap_int(script.actions[0].type, SCRIPT_STDOUT, "1") ;
  tap_int(script.actions[1].type, SCRIPT_DIR, "a directory") ;
  tap_string(script.actions[1].path, "./x", "its path") ;
  tap_int(script.actions[2].type, SCRIPT_ALERT, "2") ;
  tap_int(script.actions[3].type, SCRIPT_STATUS, "=") ;
  tap_string(script.actions[3].path, "s", "its file") ;
  tap_ok(compile("1 n5 2"), "a setting is no new group") ;
  tap_int(script.grouplen, 1, "one") ;
  tap_ok(compile("1 +a -b n7"), "selections behind the last action") ;
  tap_int(script.grouplen, 1, "are none") ;
  tap_int(script.selectionlen, 0, "at all") ;
  tap_string(script.useless, "-b", "which can be told") ;
  tap_ok(compile("+a 1 n7") && !script.useless, "settings there are not told") ;
}

static void test_settings (void)
{
  tap_ok(compile("1 n3 s50000 l100 S70000000000 r5 R60 E9 ^8 pfoo%bar !gz a7 od i10/2 y30 ./a n4 p ! ob i ?x ./b"), "settings") ;
  tap_int(of(0)->archives, 10, "before: n") ;
  tap_int(of(0)->size, 99999, "s") ;
  tap_int(of(0)->tolerance, 2000, "l") ;
  tap_int(of(0)->retry, 2000, "r") ;
  tap_int(of(0)->alert, 200, "E") ;
  tap_int(of(0)->status, 1001, "^") ;
  tap_int(of(0)->sync, SCRIPT_NEVER, "y") ;
  tap_ok(!of(0)->total && !of(0)->every && !of(0)->age && !of(0)->lines && !of(0)->isdropping && !of(0)->prefix && !of(0)->processor, "and no other") ;
  tap_int(of(1)->archives, 3, "after: n") ;
  tap_int(of(1)->size, 50000, "s") ;
  tap_int(of(1)->tolerance, 100, "l") ;
  tap_int((intmax_t)of(1)->total, 70000000000, "S has 64 bits") ;
  tap_int(of(1)->retry, 5, "r") ;
  tap_ok(of(1)->every == 60 && !of(1)->isaligned, "R") ;
  tap_ok(of(1)->alert == 9 && of(1)->status == 8, "E ^") ;
  tap_string(of(1)->prefix, "foo bar", "p") ;
  tap_string(of(1)->processor, "gz", "!") ;
  tap_int(of(1)->isshell, 0, "of execline") ;
  tap_int(of(1)->age, 7, "a") ;
  tap_int(of(1)->isdropping, 1, "od") ;
  tap_ok(of(1)->lines == 10 && of(1)->window == 2, "i") ;
  tap_int(of(1)->sync, 30, "y") ;
  tap_int(of(2)->archives, 4, "it holds until the next one") ;
  tap_int(of(2)->size, 50000, "and so does what is not set again") ;
  tap_ok(!of(2)->prefix && !of(2)->isdropping && !of(2)->lines, "p, ob, i take away") ;
  tap_string(of(2)->processor, "x", "?") ;
  tap_int(of(2)->isshell, 1, "of the shell") ;
}

static void test_stamps (void)
{
  tap_ok(compile("t 1 2 T t ./a u 1 U9 u3 ./b"), "stamps") ;
  tap_int(of(0)->stamps, SCRIPT_TAI64N, "t") ;
  tap_int(of(1)->stamps, 0, "for one action only") ;
  tap_int(of(2)->stamps, SCRIPT_TAI64N | SCRIPT_ISO, "t and T") ;
  tap_ok(of(3)->stamps == SCRIPT_UTC && of(3)->digits == 6, "u: six digits") ;
  tap_ok(of(4)->stamps == (SCRIPT_UTC | SCRIPT_LOCAL) && of(4)->digits == 3 && of(4)->localdigits == 9, "U9 u3") ;
}

static void test_limits (void)
{
  tap_ok(compile("s1 1 s999999999 1 s4096 l2048 1 n0 r0 R0 E0 ^0 y0 1"), "limits") ;
  tap_int(of(0)->size, SCRIPT_SIZE_MIN, "s is raised") ;
  tap_int(of(1)->size, SCRIPT_SIZE_MAX, "and lowered") ;
  tap_int(of(2)->tolerance, 2048, "l is half of s at most") ;
  tap_ok(!of(3)->archives && !of(3)->retry && !of(3)->alert && !of(3)->status && !of(3)->sync, "zeroes") ;
  tap_ok(compile("l5000 s4096 1"), "l is held against the s before it only") ;
  tap_ok(compile("R86400@3600 1") && of(0)->isaligned && of(0)->offset == 3600, "R with an offset") ;
  tap_ok(compile("R86400@0 R60 1") && !of(0)->isaligned, "which the next one has not") ;
}

static void test_wrong (void)
{
  static char const *const wrong[] =
  {
    "", "n5", "+a", "n 1", "s 1", "nx 1", "n-1 1", "n4294967296 1", "s10k 1", "S18446744073709551616 1", "l2049 s4096 l2049 1",
    "l60000 1", "t1 1", "T1 1", "f1 1", "12", "22", "=", "R 1", "R5@ 1", "R5@5 1", "R0@0 1", "Rx@1 1", "o 1", "ox 1", "obb 1", "i5 1",
    "i0/5 1", "i5/0 1", "i5/ 1", "i/5 1", "y 1", "a 1", "u4 1", "u33 1", "U0 1", "+( 1", "-[ 1", "x", "dir", "./a ./a", "./a 1 +x ./a/", "/ 1 /", "E 1", "^ 1", "r 1"
  } ;
  for (unsigned int i = 0 ; i < sizeof(wrong) / sizeof(wrong[0]) ; i++)
  {
    int ok = compile(wrong[i]) ;
    tap_ok(!ok && errno == EINVAL && error.text[0], "wrong: %s", wrong[i]) ;
  }
  compile("n5 s10k 1") ;
  tap_string(error.word, "s10k", "the word is told") ;
  tap_string(error.text, "directive s wants a number", "and what is wrong") ;
  compile("+( 1") ;
  tap_string(error.word, "+(", "of an expression, too") ;
  compile("./a ./a/ 1") ;
  tap_string(error.text, "the same directory twice", "of a directory") ;
}

 /* What s6-log -n says. */

static void test_explained (void)
{
  static char const want[] =
    "group 1: all lines\n"
    "  but not what contains \"foo\"\n"
    "  and also what the expression \"^b.r\" matches\n"
    "  go\n"
    "    to stdout, with a TAI64N label, after \"X \"\n"
    "      what it cannot take is dropped and counted\n"
    "      at most 5 lines in 6 seconds; the others are counted\n"
    "group 2: the lines that the one before has taken\n"
    "  no: what no group before has taken, and nothing else\n"
    "  but not the rest\n"
    "  and also all others\n"
    "  and also what begins with \"x\"\n"
    "  go\n"
    "    to stderr, as an alert of at most 7 bytes of the line, with the local time, with the UTC time to 3 digits, with the local time and its offset to 6 digits\n"
    "    the last one into the file f, of 1001 bytes\n"
    "    into the directory ./d\n"
    "      files of at most 5000 bytes, rotated when there is no room for 9 more\n"
    "      at most 10 archives\n"
    "      what fails is tried again after 2000 milliseconds\n"
    "    into the directory ./e\n"
    "      files of at most 5000 bytes, rotated when there is no room for 9 more, and every 60 seconds, 7 seconds after midnight UTC\n"
    "      at most 3 archives, of 70000000000 bytes together, none older than 8 seconds, made by sh: \"gzip -c\"\n"
    "      on the disk within 0 milliseconds\n"
    "      what fails is tried again after 5 milliseconds\n" ;
  stralloc sa = STRALLOC_ZERO ;
  compile("-foo +^b.r pX t od i5/6 1 f - + +^x p i ob E7 T u3 U 2 =f s5000 l9 ./d n3 S70000000000 a8 R60@7 r5 y0 ?gzip%-c ./e") ;
  tap_ok(script_explain(&sa, &script) && stralloc_0(&sa), "it is explained") ;
  tap_string(sa.s, want, "in words") ;
  stralloc_free(&sa) ;
}

int main (void)
{
  test_groups() ;
  test_settings() ;
  test_stamps() ;
  test_limits() ;
  test_wrong() ;
  test_explained() ;
  script_free(&script) ;
  free(text) ;
  return tap_done() ;
}
