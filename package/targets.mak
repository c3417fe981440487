# One program a line. Its source is src/*/NAME.c; it links what src/*/link lists.
