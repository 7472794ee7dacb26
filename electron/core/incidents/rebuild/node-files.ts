import { ruleLines } from '#core/checks/audit-rule-parts.ts';
import { FENCE_UNIT, fenceLines, RULES, UNIT } from '#core/checks/outbound-fence.ts';
import { unitLines } from '#core/checks/own-unit.ts';
import { KEYS_ONLY, KEYS_ONLY_FILE } from '#core/checks/ssh-server.ts';
import {
  AGENT,
  ENVIRONMENT,
  HOME,
  instanceOf,
  KIT,
  RECORDS,
  recordsOf,
  TOKEN,
  UNIT_NAME,
  WORKSPACE,
} from './layout.ts';

/** A file that the kit places on the node, root's. */
export interface NodeFile {
  path: string;
  mode: string;
  text: string;
}

export interface NodeAddress {
  version: 4 | 6;
  address: string;
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const dropIn = (name: string) => `/etc/systemd/system/${UNIT_NAME}.d/${name}.conf`;

/**
 * What makes a node hard from its first start on: the same files that the fixes of a running node write.
 * @param about.peers nodes that it may reach on the port of the API
 * @param about.requirements text of a requirements file with every package pinned
 */
export function nodeFiles(about: {
  port: number;
  peers: readonly NodeAddress[];
  requirements: string;
}): NodeFile[] {
  const { port, peers, requirements } = about;
  const agent = { login: AGENT.name, instance: instanceOf(port) };
  const fence = { uids: [String(AGENT.uid)], ports: [port], nodes: peers, resolvers: [] };
  const kernel = ['# io_uring goes past every rule that records.', 'kernel.io_uring_disabled = 2'];
  const journal = ['[Journal]', 'Storage=persistent', 'SystemMaxUse=1G', 'MaxRetentionSec=3month'];
  const updates = ['APT::Periodic::Update-Package-Lists "1";', 'APT::Periodic::Unattended-Upgrade "1";'];
  return [
    { path: KEYS_ONLY_FILE, mode: '0644', text: textOf(KEYS_ONLY) },
    { path: RULES, mode: '0644', text: textOf(fenceLines(fence)) },
    { path: `/etc/systemd/system/${UNIT}`, mode: '0644', text: textOf(FENCE_UNIT) },
    {
      path: `/etc/systemd/system/${UNIT_NAME}`,
      mode: '0644',
      text: textOf(unitLines(agent, [`${ENVIRONMENT}/bin/mycoswarm`], WORKSPACE)),
    },
    {
      path: dropIn('40-swarmkeep-agent'),
      mode: '0644',
      text: textOf(['[Unit]', `Requires=${UNIT}`, `After=${UNIT}`]),
    },
    {
      path: dropIn('30-swarmkeep-token'),
      mode: '0644',
      // Without a token mycoSwarm makes one of its own and looks healthy; so it waits for the one that the console brings.
      text: textOf(['[Unit]', `ConditionPathExists=${TOKEN}`]),
    },
    ...RECORDS.map((machine) => ({
      path: recordsOf(machine),
      mode: '0640',
      text: textOf(ruleLines(AGENT.uid, machine === 'other' ? ['b32'] : ['b64', 'b32'], machine)),
    })),
    { path: '/etc/sysctl.d/60-swarmkeep-io-uring.conf', mode: '0644', text: textOf(kernel) },
    { path: '/etc/systemd/journald.conf.d/60-swarmkeep.conf', mode: '0644', text: textOf(journal) },
    { path: '/etc/apt/apt.conf.d/60-swarmkeep-updates', mode: '0644', text: textOf(updates) },
    { path: `${KIT}/requirements.txt`, mode: '0644', text: requirements },
  ];
}

/** Folders of the agent: only the workspace is its own to write in. */
export const FOLDERS = [
  { path: HOME, owner: 'root', mode: '0750' },
  { path: `${HOME}/.config`, owner: 'root', mode: '0750' },
  { path: `${HOME}/.config/mycoswarm`, owner: 'root', mode: '0750' },
  { path: `${HOME}/.config/mycoswarm/plugins`, owner: 'root', mode: '0750' },
  { path: WORKSPACE, owner: AGENT.name, mode: '0700' },
] as const;
