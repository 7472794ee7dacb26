import { seen } from '#core/checks/knowledge.ts';
import { addressesOf, type Fence, HOME4, HOME6, UNIT } from '#core/checks/outbound-fence.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { makeDirectory, step, typed, writeFile } from './steps.ts';

const FOLDER = '/etc/iptables';
const FAMILIES = [
  { version: 4, program: 'iptables', path: `${FOLDER}/swarmkeep-agent.v4` },
  { version: 6, program: 'ip6tables', path: `${FOLDER}/swarmkeep-agent.v6` },
] as const;

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/**
 * @returns whether this node has the programs of iptables for both families, no nft, and a kernel that holds no tables of nft. Where
 * it may hold some, nft is installed instead: without it nobody could see them.
 */
export function hasIptablesOnly(input: Omit<FixInput, 'states'>): boolean {
  const firewall = seen(input, 'firewall');
  if (firewall === null || firewall === undefined || firewall.nftJson === null) return false;
  const { toolsPresent } = firewall;
  return !toolsPresent.includes('nft') && FAMILIES.every(({ program }) => toolsPresent.includes(program));
}

/**
 * The fence as chains of its own in table `filter`, for `iptables-restore --noflush` (iptables-extensions(8): owner, hashlimit):
 * the same that `fenceLines` says to nft. What the chains let pass is let pass by this table, as `-g` to them is the first rule of OUTPUT.
 * Loading it twice leaves a second jump, which changes nothing.
 */
export function chainLines({ uids, ports, nodes, resolvers }: Fence, version: 4 | 6): string[] {
  const own = version === 4 ? '127.0.0.0/8' : '::1/128';
  const home = version === 4 ? HOME4 : HOME6;
  const mdns = version === 4 ? '224.0.0.251/32' : 'ff02::fb/128';
  const onLoopback = version === 4 ? HOME4.slice(0, 4) : [];
  const rule = (chain: string, words: string) => `-A SWARMKEEP_${chain} ${words}`;
  const names = ['udp', 'tcp'].flatMap((protocol) => [53, 853].map((port) => ({ protocol, port })));
  return [
    '*filter',
    ...['OUT', 'AGENT', 'NODES', 'NAMES', 'STOP'].map((chain) => `:SWARMKEEP_${chain} - [0:0]`),
    ...uids.map((range) => rule('OUT', `-m owner --uid-owner ${range} -g SWARMKEEP_AGENT`)),
    rule('AGENT', `-d ${mdns} -p udp -m udp --dport 5353 -j ACCEPT`),
    ...ports.map((port) => rule('AGENT', `-p tcp -m tcp --dport ${port} -g SWARMKEEP_NODES`)),
    ...names.map(({ protocol, port }) =>
      rule('AGENT', `-p ${protocol} -m ${protocol} --dport ${port} -g SWARMKEEP_NAMES`),
    ),
    ...[own, ...home].map((network) => rule('AGENT', `-d ${network} -j ACCEPT`)),
    rule('AGENT', '-g SWARMKEEP_STOP'),
    ...[own, ...addressesOf(nodes, version)].map((address) => rule('NODES', `-d ${address} -j ACCEPT`)),
    ...onLoopback.map((network) => rule('NODES', `-d ${network} -o lo -j ACCEPT`)),
    rule('NODES', '-g SWARMKEEP_STOP'),
    ...addressesOf(resolvers, version).map((address) => rule('NAMES', `-d ${address} -j ACCEPT`)),
    rule('NAMES', '-g SWARMKEEP_STOP'),
    rule(
      'STOP',
      `-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 1 --hashlimit-mode dstip --hashlimit-name swarmkeep${version} --hashlimit-htable-size 512 --hashlimit-htable-max 4096 -j LOG --log-prefix "swarmkeep agent stopped: " --log-uid`,
    ),
    rule('STOP', '-j DROP'),
    '-I OUTPUT 1 -j SWARMKEEP_OUT',
    'COMMIT',
  ];
}

/** The unit that loads both files at boot, and again after netfilter-persistent put its own rules in their place. */
export const CHAINS_UNIT: readonly string[] = [
  '[Unit]',
  'Description=Keeps the agent of mycoSwarm at home',
  'DefaultDependencies=no',
  'Wants=network-pre.target',
  'Before=network-pre.target shutdown.target',
  'After=local-fs.target netfilter-persistent.service',
  'Conflicts=shutdown.target',
  'PartOf=netfilter-persistent.service',
  'ReloadPropagatedFrom=netfilter-persistent.service',
  '[Service]',
  'Type=oneshot',
  'RemainAfterExit=yes',
  ...(['ExecStart', 'ExecReload'] as const).flatMap((key) =>
    FAMILIES.map(({ program, path }) => `${key}=/usr/sbin/${program}-restore -w 5 --noflush ${path}`),
  ),
  '[Install]',
  'WantedBy=multi-user.target',
];

/** What has to be known before the chains are planned. */
export function chainsNeeds(): Needed[] {
  return [
    { path: FOLDER, kind: 'directory' },
    ...FAMILIES.map(({ path }): Needed => ({ path, kind: 'file' })),
    { path: `/etc/systemd/system/${UNIT}`, kind: 'file' },
  ];
}

/**
 * Loads the chains of both families now, and by a unit at every start. Undo takes the unit, the files and the chains with all
 * jumps to them away.
 */
export function chainsSteps(input: FixInput, fence: Fence): PlanStep[] {
  const files = FAMILIES.map((family) => ({ ...family, text: textOf(chainLines(fence, family.version)) }));
  return [
    ...files.map(({ program, path, text, version }) =>
      step(
        input,
        `Load chains for the account of the agent now, IPv${version}`,
        { verb: 'load-chains', program, text },
        {
          kind: 'file',
          path,
          before: null,
          after: text,
          attributes: `loaded with ${program}-restore --noflush, as one transaction`,
        },
        { undo: `The chains SWARMKEEP_… of ${program} are taken away; other rules were never touched.` },
      ),
    ),
    ...makeDirectory(input, 'Make a folder for rules of your own', { path: FOLDER }),
    ...files.flatMap(({ path, text, version }) =>
      writeFile(input, `Write the same chains where they are loaded from at every start, IPv${version}`, {
        path,
        text,
      }),
    ),
    ...writeFile(input, 'Write a unit that loads them at every start', {
      path: `/etc/systemd/system/${UNIT}`,
      text: textOf(CHAINS_UNIT),
    }),
    step(
      input,
      'Switch that unit on, now and at every start',
      { verb: 'set-unit', unit: UNIT, enabled: true, action: 'start', reread: true },
      typed('systemctl', 'enable', '--now', '--', UNIT),
      { undo: 'The unit is switched off again, or left as it was.' },
    ),
  ];
}
