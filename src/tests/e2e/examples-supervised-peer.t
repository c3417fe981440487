#!/bin/sh
# ISC license.
# examples-supervised.t under Debian's s6-svscan and s6-supervise.
# timeout: 180
SUPERVISION=2.11
export SUPERVISION
exec sh "$(dirname "$0")/examples-supervised.t"
