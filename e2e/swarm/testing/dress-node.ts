import { join } from 'node:path';

/** Where a dressed node has its secret. */
export const TOKEN_FOLDER = '/home/mycoswarm/.config/mycoswarm';
export const TOKEN_PATH = `${TOKEN_FOLDER}/swarm-token`;
export const UNIT = 'mycoswarm.service';
export const DAEMON_UID = 1990;

const FIXTURE = join(import.meta.dirname, '../../fixtures/stand-in-mycoswarm/mycoswarm');

/**
 * Dresses a test node, as root in it: an account for mycoSwarm, the stand-in daemon, a folder that says that systemd runs, and stand-ins for
 * systemctl and systemd-run that know one unit. They say `stand-in` when they are asked for anything else. `$1` is the checkout's fixture.
 */
export const DRESS = `
set -e
umask 022
groupadd -g ${DAEMON_UID} mycoswarm
useradd -u ${DAEMON_UID} -g ${DAEMON_UID} -d /home/mycoswarm -m -s /usr/sbin/nologin -p '*' mycoswarm
mkdir -p /opt/mycoswarm ${TOKEN_FOLDER} /var/log/stand-in
cp -R "$1" /opt/mycoswarm/mycoswarm
chown -R mycoswarm:mycoswarm /home/mycoswarm /var/log/stand-in
chmod 0755 /home/mycoswarm
cat > /usr/sbin/systemctl <<'END'
#!/bin/sh
# A stand-in for systemctl in test nodes: it knows mycoswarm.service, which it starts and stops itself.
exec 9>&- 8>&-
stop() {
  [ -f /run/mycoswarm.pid ] || return 0
  pid=$(cat /run/mycoswarm.pid)
  kill -TERM "$pid" 2>/dev/null || return 0
  n=0
  while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.02; n=$((n + 1)); done
  kill -KILL "$pid" 2>/dev/null
  return 0
}
start() {
  [ -e /run/no-start ] && return 1
  settings=$(cat /etc/mycoswarm-environment 2>/dev/null)
  setsid setpriv --reuid=${DAEMON_UID} --regid=${DAEMON_UID} --clear-groups env -i HOME=/home/mycoswarm USER=mycoswarm PATH=/usr/bin:/bin PYTHONPATH=/opt/mycoswarm PYTHONDONTWRITEBYTECODE=1 $settings /usr/bin/python3 -S -c 'from mycoswarm.cli import main; main()' daemon </dev/null >>/var/log/stand-in/daemon.log 2>&1 3>&- 4>&- &
  echo $! > /run/mycoswarm.pid
}
case "$*" in
  "restart -- mycoswarm.service") echo restart >> /var/log/stand-in/systemctl.log; stop; start ;;
  "start -- mycoswarm.service") start ;;
  "stop -- mycoswarm.service") stop ;;
  "kill --signal=HUP -- mycoswarm.service") kill -HUP "$(cat /run/mycoswarm.pid)" ;;
  *) echo "stand-in systemctl does not know: $*" >&2; exit 1 ;;
esac
END
cat > /usr/sbin/systemd-run <<'END'
#!/bin/sh
# A stand-in for systemd-run in test nodes: starts what stands behind --, in a session of its own.
while [ "$1" != -- ]; do shift; done
shift
setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@" </dev/null >>/var/log/stand-in/systemd-run.log 2>&1 3>&- 4>&- &
END
chmod 0755 /usr/sbin/systemctl /usr/sbin/systemd-run
`;

/** What is in memory only, at each start of a node. */
export const WAKE = 'mkdir -p /run/systemd/system /run/sshd';

/** Arguments of `sh` that dress a node. */
export const dressArguments = () => ['-c', DRESS, 'sh', FIXTURE] as const;
