# Runs one throwaway PostgreSQL cluster for as long as standard input stays open.
#
#   sh serve.sh BINDIR TEMPLATE WORK [postgres option…]
#
# Whoever holds the other end of standard input needs not stop the server: when that process ends, however it ends, the
# server is stopped and WORK removed. TEMPLATE is the cached cluster that initdb made; "" means that there is no cache.
set -eu
umask 077
bin=$1
template=$2
work=$3
shift 3

# A background job of a POSIX shell reads from /dev/null, so the pipe moves to another descriptor.
exec 3<&0 </dev/null
# Sessions of a server that was killed may still be writing.
sweep() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$work" 2>/dev/null && return
    sleep 0.1
  done
}
trap sweep EXIT
echo $$ >"$work/supervisor"

create() {
  "$bin/initdb" -D "$1" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --wal-segsize=1 --no-sync --no-instructions >/dev/null
}

if [ -z "$template" ]; then
  create "$work/data"
else
  if [ ! -d "$template" ]; then
    create "$work/template"
    cp -a "$work/template" "$template.$$"
    # Another run may have been quicker; then its cluster is as good.
    mv -T "$template.$$" "$template" 2>/dev/null || rm -rf "$template.$$"
    rm -rf "$work/template"
  fi
  cp -a "$template" "$work/data"
fi

"$bin/postgres" -D "$work/data" -k "$work" "$@" 3<&- >"$work/log" 2>&1 &
server=$!
echo $server >"$work/server"
trap 'kill -QUIT $server 2>/dev/null' TERM INT HUP

(
  cat <&3 >/dev/null
  # Whoever asked for it stops the server himself; its files go then too. A server that is only starting still ignores
  # the signal, as every background job does.
  [ -e "$work/keep" ] || while kill -QUIT $server 2>/dev/null; do sleep 0.05; done
) &
reader=$!
exec 3<&-

set +e
while :; do
  wait $server
  status=$?
  kill -0 $server 2>/dev/null || break
done
kill $reader 2>/dev/null
[ $status -eq 0 ] || tail -n 5 "$work/log" >&2
exit $status
