import type { CheckId } from '#shared/domain/check-id.ts';
import type { Plan, PlanStep, StepPreview } from '#shared/domain/plan.ts';

/** What the double plans for one check: the parts of a plan that depend on it. */
export type PlanPart = Pick<Plan, 'title' | 'settings' | 'steps' | 'proofs' | 'revertsAfter'>;

/** A step that needs an administrator and can be undone, unless said otherwise. */
export function stepOf(
  check: CheckId | null,
  title: string,
  preview: StepPreview,
  more: Partial<PlanStep> = {},
): PlanStep {
  return {
    check,
    title,
    phase: 'now',
    action: null,
    preview,
    needs: ['root'],
    interrupts: null,
    undo: 'What was there before is put back, byte for byte.',
    undoable: true,
    ...more,
  };
}

const command = (...words: string[]): StepPreview => ({ kind: 'command', arguments: words });

const RULES = `# Written by Swarmkeep. What may leave this node as mycoSwarm, in both families.
table inet swarmkeep_out {
  set nodes4 { type ipv4_addr; elements = { 192.168.1.24, 192.168.1.27, 192.168.1.31 } }
  chain output {
    type filter hook output priority filter; policy accept;
    meta skuid 1001 goto agent
    meta skuid 100000-165535 goto agent
  }
  chain agent {
    oifname "lo" accept
    ip daddr 224.0.0.251 udp dport 5353 accept
    ip6 daddr ff02::fb udp dport 5353 accept
    ip daddr @nodes4 tcp dport 7890 accept
    tcp dport 7890 drop
    ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 } accept
    ip6 daddr { fe80::/10, fc00::/7 } accept
    counter log prefix "swarmkeep-out " drop
  }
}
`;

const UNIT = `[Unit]
Description=Rules of Swarmkeep for what mycoSwarm may reach
PartOf=nftables.service
After=nftables.service
Before=mycoswarm.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/swarmkeep/outbound.nft

[Install]
WantedBy=multi-user.target
`;

/** The daemon's unit, long enough to fold: thirty lines that stay and two that come. */
const DAEMON = `[Unit]
Description=mycoSwarm node
After=network-online.target
Wants=network-online.target

[Service]
User=mycoswarm
Group=mycoswarm
WorkingDirectory=/opt/mycoswarm
Environment=PYTHONUNBUFFERED=1
${Array.from({ length: 18 }, (_, at) => `Environment=MYCOSWARM_OPTION_${at + 1}=default`).join('\n')}
ExecStart=/opt/mycoswarm/.venv/bin/mycoswarm daemon
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** @returns what the double would do for a check on a node; undefined for checks that it cannot repair */
export function planPart(check: CheckId, node: string): PlanPart | undefined {
  switch (check) {
    case 'outbound-firewall':
      return {
        title: `Close the way out for mycoSwarm on ${node}`,
        revertsAfter: 60,
        settings: [
          {
            check,
            setting: 'One rule set that covers IPv6 too',
            from: '5 rules, IPv4 only, gone after a reboot',
            to: 'IPv4 and IPv6 closed, home network open',
            takesEffect: 'At once. Nothing restarts; connections that are open to the internet are cut.',
            recover: 'It reverts by itself after 60 seconds unless you keep it. Undo stays in Activity.',
          },
        ],
        steps: [
          stepOf(
            check,
            'Write the rules',
            {
              kind: 'file',
              path: '/etc/swarmkeep/outbound.nft',
              before: null,
              after: RULES,
              attributes: 'root:root 0600',
            },
            { undo: 'The file is removed.' },
          ),
          stepOf(check, 'Load the rules', command('nft', '-f', '/etc/swarmkeep/outbound.nft'), {
            undo: 'The table swarmkeep_out is deleted; no other rule is touched.',
          }),
          stepOf(
            check,
            'Write the unit that loads them at boot',
            {
              kind: 'file',
              path: '/etc/systemd/system/swarmkeep-outbound.service',
              before: null,
              after: UNIT,
              attributes: 'root:root 0644',
            },
            { phase: 'when-kept', undo: 'The unit is removed.' },
          ),
          stepOf(
            check,
            'Let the daemon wait for the rules',
            {
              kind: 'file',
              path: '/etc/systemd/system/mycoswarm.service',
              before: DAEMON,
              after: DAEMON.replace(
                'Wants=network-online.target\n',
                'Wants=network-online.target\nRequires=swarmkeep-outbound.service\nAfter=swarmkeep-outbound.service\n',
              ).replace('RestartSec=5', 'RestartSec=10'),
              attributes: 'root:root 0644',
            },
            { phase: 'when-kept', undo: 'The unit is put back as it was.' },
          ),
        ],
        proofs: [
          { kind: 'check', check },
          { kind: 'packet', check, uid: 1001, address: '2001:4860:4860::8888', port: 443, wanted: 'stopped' },
          { kind: 'packet', check, uid: 1001, address: '192.168.1.27', port: 7890, wanted: 'open' },
          { kind: 'isolation', check, uid: 1001 },
        ],
      };
    case 'swarm-secret':
      return {
        title: `Close the swarm secret on ${node}`,
        revertsAfter: null,
        settings: [
          {
            check,
            setting: 'Who can read the secret',
            from: 'everyone with an account, 0644',
            to: 'the service and root, 0600',
            takesEffect: 'At once. Nothing restarts.',
            recover: 'Undo in Activity gives the old mode back.',
          },
          {
            check,
            setting: 'The folder above it',
            from: 'open to everyone, 0755',
            to: 'the service and root, 0700',
            takesEffect: 'At once.',
            recover: 'Undo in Activity gives the old mode back.',
          },
        ],
        steps: [
          stepOf(check, 'Take the file away from everyone but the service', {
            kind: 'attributes',
            path: '/var/lib/mycoswarm/.config/mycoswarm/swarm-token',
            before: 'mycoswarm:mycoswarm 0644',
            after: 'mycoswarm:mycoswarm 0600',
          }),
          stepOf(check, 'Close the folder above it', {
            kind: 'attributes',
            path: '/var/lib/mycoswarm/.config/mycoswarm',
            before: 'mycoswarm:mycoswarm 0755',
            after: 'mycoswarm:mycoswarm 0700',
          }),
        ],
        proofs: [{ kind: 'check', check }],
      };
    case 'service-bindings':
      return {
        title: `Let only the home network in on ${node}`,
        revertsAfter: 60,
        settings: [
          {
            check,
            setting: 'Let only the home network in',
            from: 'Port 7890 open on eth0 and tailscale0',
            to: `Port 7890 open on eth0 for 192.168.1.0/24 and to ${node} itself`,
            takesEffect: 'At once. Nothing restarts.',
            recover: 'Reverts by itself after 60 seconds unless you keep it.',
          },
        ],
        steps: [
          stepOf(check, 'Write the rules for what comes in', {
            kind: 'file',
            path: '/etc/swarmkeep/inbound.nft',
            before: null,
            after:
              'table inet swarmkeep_in {\n  chain input {\n    tcp dport 7890 iifname != { "lo", "eth0" } drop\n  }\n}\n',
            attributes: 'root:root 0600',
          }),
          stepOf(check, 'Load the rules', command('nft', '-f', '/etc/swarmkeep/inbound.nft')),
          stepOf(
            check,
            'Load them at boot too',
            command('systemctl', 'enable', 'swarmkeep-inbound.service'),
            {
              phase: 'when-kept',
            },
          ),
        ],
        proofs: [{ kind: 'check', check }],
      };
    case 'audit-logging':
      return {
        title: `Record what agents on ${node} do`,
        revertsAfter: null,
        settings: [
          {
            check,
            setting: 'What the agent runs and reaches',
            from: 'not recorded',
            to: 'recorded where the agent cannot rewrite it',
            takesEffect: 'At once, after auditd is installed.',
            recover: 'Undo removes the rules, and the package if it was not there before.',
          },
        ],
        steps: [
          stepOf(
            check,
            'Install auditd',
            command('apt-get', 'install', '--no-install-recommends', 'auditd'),
            {
              needs: ['root', 'package', 'network'],
              undo: 'The package is removed again; its log stays at /var/log/audit.',
              undoable: false,
            },
          ),
          stepOf(check, 'Restart the recorder', command('systemctl', 'restart', 'auditd.service'), {
            needs: ['root', 'restart'],
            interrupts: { what: 'auditd', seconds: 2 },
          }),
        ],
        proofs: [{ kind: 'check', check }],
      };
    default:
      return undefined;
  }
}

/** Why a check is left to a person. */
export const BY_HAND: Partial<Record<CheckId, string>> = {
  'plugin-inventory': 'Whether a plugin is yours is not for a program to decide. Read it first.',
  'pinned-dependencies': 'Which version is meant, only you know.',
  'unused-interfaces': 'Taking a network down could take you off the node.',
  'api-docs-exposed': 'mycoSwarm has no setting for it; nothing on the node alone changes that.',
  'tool-log': 'mycoSwarm has no setting for it; nothing on the node alone changes that.',
};
