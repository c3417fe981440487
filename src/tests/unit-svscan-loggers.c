/* ISC license. */

 /* What s6-svscan makes of services with loggers: the pipe between them, and in which
    order they end. See support/scanscript.h. */

#include "support/scanscript.h"

static struct scanscript const scripts[] =
{
  { "no room for a logger: its service goes on", {
    { "max 1", "" },
    { "scan a:1", "add:a" },
    { "scan a:1+", "noroom:a" },
    { "show", "a=0,-" },
    { "max 2", "" },
    { "scan a:1+", "keep:a" },
    { "show", "a=0,0" },
    { "max 1000", "" } } },
  { "a logger that comes later", {
    { "scan a:1", "add:a" },
    { "start", "" },
    { "scan a:1+", "keep:a" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "a logger that is gone while its service is there is left alone", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan a:1", "keep:a gone:a/log" },
    { "prune", "" },
    { "told a/log", "nothing" },
    { "show", "a=R,R-rw" },
    { "kill a/log", "" },
    { "show", "a=R,-rw" },
    { "kill a", "" },
    { "show", "a=1000,-" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,-" } } },
  { "a pipe outlives both its ends' supervisors", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "kill a", "" },
    { "show", "a=1000,Rrw" },
    { "kill a/log", "" },
    { "show", "a=1000,1000rw" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "told to end: its logger sees the end of what it reads", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "show", "a=R-,R-rw" },
    { "told a", "TERM" },
    { "show", "a=-,R-r" },
    { "told a/log", "HUP" },
    { "show", "" } } },
  { "told to end when its service is dead already", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "kill a", "" },
    { "show", "a=-,R-rw" },
    { "prune", "" },
    { "show", "a=-,R-r" },
    { "told a/log", "HUP" },
    { "show", "" } } },
  { "gone and not told to end: the pipe is there when it comes back", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "kill a", "" },
    { "scan a:1+", "keep:a" },
    { "show", "a=1000,Rrw" } } },
  { "come back after its end: a pipe that is whole", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "told a", "TERM" },
    { "scan a:1+", "keep:a" },
    { "show", "a=1000,R" },
    { "told a/log", "HUP" },
    { "later 1000", "" },
    { "start", "" },
    { "show", "a=R,Rrw" } } },
  { "come back before its end: the same pipe", {
    { "scan a:1+", "add:a" },
    { "start", "" },
    { "scan ", "gone:a gone:a/log" },
    { "prune", "" },
    { "scan a:1+", "keep:a" },
    { "told a", "TERM" },
    { "show", "a=1000,Rrw" },
    { "told a/log", "HUP" },
    { "show", "a=1000,1000rw" } } },
  { "pruned the hard way", {
    { "scan a:1+ b:2", "add:a add:b" },
    { "start", "" },
    { "scan b:2", "keep:b gone:a gone:a/log" },
    { "Prune", "" },
    { "told a/log", "TERM" },
    { "told a", "TERM" },
    { "told b", "nothing" },
    { "show", "b=R,-" } } },
  { "the end: those that read what others say hear of it by HUP", {
    { "scan a:1+ s6-svscan-log:2", "add:a add:s6-svscan-log" },
    { "start", "" },
    { "end", "" },
    { "told a", "TERM" },
    { "told a/log", "HUP" },
    { "told s6-svscan-log", "HUP" } } },
  { 0, { { 0, 0 } } }
} ;

int main (int argc, char **argv)
{
  (void)argc ;
  return scanscript_main(argv[0], scripts) ;
}
