import { seen } from '#core/checks/knowledge.ts';
import type { InterfaceFact } from '#shared/domain/facts/network.ts';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { type Needed, obstacleAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { afterUndo, makeDirectory, step, typed, writeFile } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Interfaces of the machine itself; others are made, and brought up again, by the program that they belong to. */
const PHYSICAL: readonly InterfaceFact['kind'][] = ['ethernet', 'wifi', 'mobile'];

const NETWORKD = '/etc/systemd/network';
const MANAGER = '/etc/NetworkManager/conf.d';

/** Undeclared interfaces that the finding asks about and that no default route goes through. */
function unusedOf(input: Known): InterfaceFact[] {
  const asked = new Set(
    input.finding.evidence.flatMap(({ status, declarable }) =>
      status === 'review' && declarable?.kind === 'interface' ? [declarable.value] : [],
    ),
  );
  const facts = seen(input, 'interfaces');
  const needed = new Set(
    (facts?.routes ?? [])
      .filter(({ destination }) => ['default', '0.0.0.0/0', '::/0'].includes(destination))
      .flatMap((route) => route.interface ?? []),
  );
  return (facts?.interfaces ?? []).filter(
    ({ name, kind, up }) => up && asked.has(name) && PHYSICAL.includes(kind) && !needed.has(name),
  );
}

/** Managers of networks that run here, by their processes. */
function managersOf(input: Known): { networkd: boolean; networkManager: boolean } {
  const names = new Set((seen(input, 'processes')?.processes ?? []).map(({ name }) => name));
  return {
    networkd: names.has('systemd-network') || names.has('systemd-networkd'),
    networkManager: names.has('NetworkManager'),
  };
}

const networkdFile = (name: string) => `${NETWORKD}/05-swarmkeep-${name}.network`;
const managerFile = (name: string) => `${MANAGER}/60-swarmkeep-${name}.conf`;
const unitFile = (name: string) => `/etc/systemd/system/${unitName(name)}`;
const unitName = (name: string) => `swarmkeep-down-${name}.service`;

/** How a device is called as a unit of systemd (systemd-escape(1) `--path`, sysfs). */
const deviceUnit = (name: string) =>
  `sys-subsystem-net-devices-${name.replaceAll('\\', '\\x5c').replaceAll('-', '\\x2d').replaceAll('@', '\\x40')}.device`;

function neededFor(input: Known): Needed[] {
  const { networkd, networkManager } = managersOf(input);
  return unusedOf(input).flatMap(({ name }): Needed[] => [
    { path: unitFile(name), kind: 'file' },
    ...(networkd
      ? ([
          { path: NETWORKD, kind: 'directory' },
          { path: networkdFile(name), kind: 'file' },
        ] as const)
      : []),
    ...(networkManager
      ? ([
          { path: MANAGER, kind: 'directory' },
          { path: managerFile(name), kind: 'file' },
        ] as const)
      : []),
  ]);
}

/** Tells the manager that runs here to leave the interface down, and takes it down whenever it appears. */
function bootSteps(input: FixInput, name: string): PlanStep[] {
  const { networkd, networkManager } = managersOf(input);
  const kept = { phase: 'when-kept' } as const;
  const device = deviceUnit(name);
  const unit = unitName(name);
  const lines = [
    '[Unit]',
    `Description=Keeps the interface ${name} down`,
    `BindsTo=${device}`,
    `After=${device} network.target`,
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/usr/bin/env ip link set dev ${name} down`,
    '[Install]',
    `WantedBy=multi-user.target ${device}`,
  ];
  return [
    ...(networkd
      ? [
          ...makeDirectory(input, 'Make a folder for settings of networks', { path: NETWORKD }, kept),
          ...writeFile(
            input,
            `Let systemd-networkd leave ${name} down`,
            {
              path: networkdFile(name),
              text: `[Match]\nName=${name}\n[Link]\nActivationPolicy=always-down\n`,
            },
            kept,
          ),
        ]
      : []),
    ...(networkManager
      ? [
          ...makeDirectory(input, 'Make a folder for settings of NetworkManager', { path: MANAGER }, kept),
          ...writeFile(
            input,
            `Let NetworkManager leave ${name} alone`,
            { path: managerFile(name), text: `[keyfile]\nunmanaged-devices+=interface-name:${name}\n` },
            kept,
          ),
        ]
      : []),
    ...writeFile(
      input,
      `Write a unit that takes ${name} down at every start`,
      { path: unitFile(name), text: lines.map((line) => `${line}\n`).join('') },
      kept,
    ),
    step(
      input,
      'Switch that unit on for every start',
      { verb: 'set-unit', unit, enabled: true, action: 'start', reread: true },
      typed('systemctl', 'enable', '--now', '--', unit),
      { ...kept, undo: 'The unit is switched off again.' },
    ),
  ];
}

/** Takes interfaces of the machine down that nobody declared and that carry nothing of the swarm. */
export const unusedInterfacesFix: Fix = {
  check: 'unused-interfaces',
  words:
    'Takes down what is neither the home network nor declared, now and at every start. What you need, declare first.',
  after: [],
  targets: (input) => targetsFor(neededFor(input)),
  plan: (input) => {
    const offered = whyNotOffered(input, ['interfaces', 'processes', 'identity']);
    if (offered !== null) return notAutomatic(offered);
    const unused = unusedOf(input);
    if (unused.length === 0)
      return notAutomatic(
        'What is up here belongs to a program that made it, such as a VPN or a container engine, is a radio, or is the way to the rest of the world. Whether it is meant only you can say: declare it, or stop that program by the steps of the finding.',
      );
    const odd = unused.find(({ name }) => !interfaceName.safeParse(name).success);
    if (odd !== undefined)
      return notAutomatic(
        `The interface ${visible(odd.name)} has a name that no program may be given. Take the steps of the finding by hand.`,
      );
    if (seen(input, 'identity')?.init !== 'systemd')
      return notAutomatic(
        'This node has no systemd, so nothing would keep it down after a restart. Take the steps of the finding by hand.',
      );
    const blocked = obstacleAt(input, neededFor(input));
    if (blocked !== null) return notAutomatic(blocked);
    const names = unused.map(({ name }) => name);
    return planned({
      title: `Take down ${names.join(', ')}`,
      settings: unused.map(({ name, kind, addresses }) => ({
        check: 'unused-interfaces',
        setting: `Interface ${name} (${kind})`,
        from: `up${addresses.length === 0 ? '' : `, ${addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(', ')}`}`,
        to: 'down. If you reach this node through it, you lose it; declare it instead if it is meant',
        takesEffect: 'at once; at every start only after you kept it',
        recover: `It takes itself back unless you keep it. At the machine: ip link set dev ${name} up`,
      })),
      steps: [
        ...names.map((name) =>
          step(
            input,
            `Take ${name} down`,
            { verb: 'set-link', interface: name, up: false },
            typed('ip', 'link', 'set', 'dev', name, 'down'),
            { undo: `${name} comes up again; its addresses come back with its manager.` },
          ),
        ),
        { ...afterUndo(input, { rereadUnits: true }), phase: 'when-kept' as const },
        ...names.flatMap((name) => bootSteps(input, name)),
      ],
      proofs: [{ kind: 'check', check: 'unused-interfaces' }],
      mayCutOff: true,
    });
  },
};
