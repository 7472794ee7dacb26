# Runs "$@" beside a systemd-journald of its own, in a mount namespace of its own (unshare -m). It listens in a /run of its own, reads nothing
# of the kernel and leaves kernel auditing as it is (journald.conf(5)).
set -eu
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/log
mkdir -p /run/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\nAudit=\nReadKMsg=no\nForwardToWall=no\n' >/run/systemd/journald.conf.d/test.conf
/lib/systemd/systemd-journald >/dev/null 2>&1 &
journald=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
	[ -n "$(ls /run/log/journal/*/system.journal 2>/dev/null)" ] && [ -S /run/systemd/journal/dev-log ] && break
	sleep 0.25
done
status=0
"$@" || status=$?
kill "$journald"
wait "$journald" || true
exit "$status"
