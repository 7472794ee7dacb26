import { RULES_FILE } from '#core/checks/audit-rule-parts.ts';
import { CODE_SCRIPT } from './host-key-code.ts';
import {
  AGENT,
  CODE_FILE,
  CONFIGURATION,
  ENVIRONMENT,
  HOME,
  ISSUE,
  KIT,
  OUTCOME,
  recordsOf,
  UNIT_NAME,
} from './layout.ts';
import { FOLDERS } from './node-files.ts';

/** Packages of Debian and its kin that the kit needs. */
export const PACKAGES = [
  'auditd',
  'ca-certificates',
  'nftables',
  'openssh-server',
  'python3-venv',
  'sudo',
  'systemd-timesyncd',
  'unattended-upgrades',
  'util-linux',
] as const;

/**
 * The script of the first start, for sh(1) as root: an account, folders, the pinned packages, rules, the unit, and the code of the new host
 * key on the screen. Each part may be done again. What fails is written down and shown, and the daemon is not enabled then.
 * @param hashed every requirement has a hash, so pip takes nothing else
 */
export function firstBoot(hashed: boolean): string {
  const pip = [
    `${ENVIRONMENT}/bin/pip install --quiet --disable-pip-version-check --no-input`,
    '--only-binary=:all: --no-deps',
    ...(hashed ? ['--require-hashes'] : []),
    `-r ${KIT}/requirements.txt`,
  ].join(' ');
  return `#!/bin/sh
# Sets up a node of mycoSwarm, hardened from its first start on. Written with Swarmkeep; there is no secret in it.
set -eu
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

${CODE_SCRIPT}

say() {
  printf '%s\\n' "$*" >> ${OUTCOME}
  printf 'swarmkeep: %s\\n' "$*" > /dev/console 2>/dev/null || true
}

failed() {
  code=$?
  [ "$code" -eq 0 ] || say "failed while: $doing"
  exit "$code"
}

: > ${OUTCOME}
doing='beginning'
trap failed EXIT

doing='showing the code of the host key'
[ -s /etc/ssh/ssh_host_ed25519_key.pub ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
code_of /etc/ssh/ssh_host_ed25519_key.pub > ${CODE_FILE}
mkdir -p ${dirname(ISSUE)}
printf 'Code of the host key, for Swarmkeep: %s\\n\\n' "$(cat ${CODE_FILE})" > ${ISSUE}
say "code of the host key: $(cat ${CODE_FILE})"

doing='closing SSH to passwords'
sshd -t
systemctl reload ssh.service 2>/dev/null || systemctl restart ssh.service

doing='making the account'
if ! id ${AGENT.name} >/dev/null 2>&1; then
  if getent passwd ${AGENT.uid} >/dev/null; then say 'the number ${AGENT.uid} is taken by another account'; exit 1; fi
  useradd --system --uid ${AGENT.uid} --user-group --no-create-home --home-dir ${HOME} --shell /usr/sbin/nologin ${AGENT.name}
fi
[ "$(id -u ${AGENT.name})" = ${AGENT.uid} ]
sed -i '/^${AGENT.name}:/d' /etc/subuid /etc/subgid 2>/dev/null || true
${FOLDERS.map(({ path, owner, mode }) => `install -d -o ${owner} -g ${AGENT.name} -m ${mode} ${path}`).join('\n')}
touch ${CONFIGURATION}/access.log
chown ${AGENT.name}:${AGENT.name} ${CONFIGURATION}/access.log
chmod 0600 ${CONFIGURATION}/access.log

doing='giving the node an id of its own'
if [ ! -s ${CONFIGURATION}/node_id ]; then
  head -c 8 /dev/urandom | od -An -tx1 | tr -d ' \\n' > ${CONFIGURATION}/node_id.new
  chown root:${AGENT.name} ${CONFIGURATION}/node_id.new
  chmod 0640 ${CONFIGURATION}/node_id.new
  mv ${CONFIGURATION}/node_id.new ${CONFIGURATION}/node_id
fi

doing='loading the rules around the account'
systemctl daemon-reload
systemctl enable --quiet --now swarmkeep-agent.service

doing='installing mycoSwarm'
[ -x ${ENVIRONMENT}/bin/python3 ] || python3 -m venv ${ENVIRONMENT}
${pip}
chown -R root:root ${dirname(ENVIRONMENT)}
chmod -R go-w ${dirname(ENVIRONMENT)}
[ -x ${ENVIRONMENT}/bin/mycoswarm ]

doing='recording what the account does'
sysctl -q -p /etc/sysctl.d/60-swarmkeep-io-uring.conf 2>/dev/null || true
systemctl enable --quiet --now auditd.service || say 'auditd could not be started: look at the check audit-logging'
case $(uname -m) in
  x86_64) rules=${recordsOf('x86_64')} ;;
  aarch64) rules=${recordsOf('aarch64')} ;;
  *) rules=${recordsOf('other')} ;;
esac
install -o root -g root -m 0640 "$rules" ${RULES_FILE}
augenrules --load >/dev/null 2>&1 || say 'the rules of auditd could not be loaded: look at the check audit-logging'
systemctl restart systemd-journald.service

doing='enabling mycoSwarm'
systemctl enable --quiet ${UNIT_NAME}
systemctl start ${UNIT_NAME} 2>/dev/null || true
say 'done: mycoSwarm starts when the console brings the secret of the swarm'
`;
}

const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/'));
