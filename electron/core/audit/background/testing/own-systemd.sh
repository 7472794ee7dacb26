# Runs "$@" beside a systemd manager of the user of its own, in namespaces of its own for mounts, cgroups and processes (unshare(1)).
# The manager wants a system that systemd started (sd_booted(3)): a folder of its own /run says so. Its cgroup is "$1", its home "$2".
set -eu
group=$1
export HOME=$2
shift 2
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/systemd/system /run/user/0
chmod 0700 /run/user/0
mkdir -p "$group"
echo $$ >"$group/cgroup.procs"
export XDG_RUNTIME_DIR=/run/user/0
unset DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_HOME XDG_DATA_HOME || true
/lib/systemd/systemd --user --log-target=null >/dev/null 2>&1 &
manager=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -S /run/user/0/systemd/private ] && break
	sleep 0.25
done
status=0
"$@" || status=$?
kill "$manager"
wait "$manager" || true
exit "$status"
