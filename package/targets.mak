# One program a line. Its source is src/*/NAME.c; it links what src/*/link lists.
s6-ipcserver-socketbinder
s6-applyuidgid
s6-ipcclient
s6-ioconnect
s6-accessrules-cdb-from-fs
s6-accessrules-fs-from-cdb
s6-ipcserverd
s6-fdholderd
s6-fdholder-delete
s6-fdholder-getdump
s6-fdholder-list
s6-fdholder-retrieve
s6-fdholder-setdump
s6-fdholder-store
s6-fdholder-transferdump
s6-ipcserver
s6-fdholder-daemon
