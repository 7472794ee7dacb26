import type { Random } from './random.ts';
import { AGENT, WORLD } from './world.ts';

const COMPONENTS = [
  'canary',
  'secret',
  'inner',
  'file',
  'root',
  'sub',
  'shared',
  'sticky',
  'suid',
  'agent',
  'work',
  'deep',
  'foreign',
  'link',
  'top',
  'passwd',
  'dangling',
  'fifo',
  'null',
  'twice',
  'tree',
  'a',
  'b',
  'l',
  'swap',
  'flip',
  'new',
  'new2',
];
const HOSTILE = [
  '..',
  '.',
  '',
  '*',
  '$(id)',
  '`id`',
  '-rf',
  '--help',
  'a\0b',
  'a\nb',
  '\u202e',
  'ü',
  '\ud800',
  'x'.repeat(256),
  '%2e%2e',
  '~',
];
const FORBIDDEN = [
  '/etc/shadow',
  '/etc/passwd',
  '/etc/sudoers',
  '/etc/sudoers.d/x',
  '/etc/pam.d/x',
  '/proc/self/mem',
  '/proc/sys/kernel/core_pattern',
  '/dev/null',
  '/dev/new',
  '/sys/kernel/x',
  '/run/x',
  '/boot/x',
  '/etc',
  '/var',
  '/var/lib',
  '/var/lib/swarmkeep/x',
  '/var/lib/swarmkeep/changes',
  '/usr/local/libexec/swarmkeep/x',
  '/etc/ld.so.preload',
  '/etc/ssh/ssh_host_rsa_key',
  '/',
  '//',
  '/root/.ssh/authorized_keys',
];

/** What is there, traps first. */
const THERE = [
  'agent/link/secret',
  'agent/link/inner/file',
  'agent/link/new',
  'agent/secret',
  'agent/top/etc/passwd',
  'agent/workspace/link/secret',
  'agent/passwd',
  'agent/dangling',
  'agent/foreign/new',
  'agent/fifo',
  'agent/twice',
  'agent/swap-other/secret',
  'agent/flip-other',
  'agent/tree/b/l',
  'root/shared/file',
  'root/shared/new',
  'root/sticky/file',
  'root/sticky/new',
  'root/suid',
  'root/null',
  'canary/twice',
  'root/file',
  'agent/file',
  'agent/workspace/file',
  'agent/tree',
  'agent/workspace/deep',
  'root/sub',
  'root/sub/new',
  'agent',
];

/** A path: mostly in the world, at times one of the forbidden, at times no path at all. */
export function anyPath(random: Random): string {
  const roll = random.next();
  if (roll < 0.08) return random.pick(FORBIDDEN);
  if (roll > 0.45) return `${WORLD}/${random.pick(THERE)}`;
  const components = Array.from({ length: 1 + random.below(4) }, () =>
    random.chance(0.04) ? random.pick(HOSTILE) : random.pick(COMPONENTS),
  );
  const path = `${WORLD}/${components.join('/')}`;
  if (roll < 0.1) return path.replace('/srv/', '/srv/../srv/');
  return roll < 0.12 ? path.slice(1) : path;
}

/** A path that is there and may be changed: for requests that get far. */
const goodPath = (random: Random) =>
  `${WORLD}/${random.pick(['root/file', 'root/new', 'root/sub/file', 'root/sub/new', 'agent/file', 'agent/new', 'agent/workspace/file', 'agent/workspace/deep/new', 'agent/tree', 'agent/workspace', 'root/sub'])}`;

const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => random.below(16).toString(16)).join('');

/** A request that may be right. `good` makes paths that are there likely. */
export function anyRequest(random: Random, good: boolean): Record<string, unknown> {
  const path = () => (good ? goodPath(random) : anyPath(random));
  const base = { version: 1, change: hex(random, 32), step: random.below(256) };
  const roll = random.next();
  if (!good && roll < 0.04) {
    const record = hex(random, 64);
    const { version, ...named } = { ...base, record };
    return random.chance(0.5)
      ? { version, ask: 'compare', steps: [named] }
      : { ...base, ask: 'undo', record };
  }
  if (!good && roll < 0.06)
    return { version: 1, ask: random.pick(['confirm', 'revert', 'forget']), change: base.change };
  if (!good && roll < 0.08)
    return { version: 1, ask: 'inspect', paths: [{ path: path(), text: random.chance(0.5) }] };
  return { ...base, ask: 'do', action: anyAction(random, path) };
}

function anyAction(random: Random, path: () => string): Record<string, unknown> {
  const uid = random.pick([0, AGENT, 2_000, 4_294_967_294]);
  const owner = { uid, gid: uid, mode: random.pick([0o600, 0o644, 0o755, 0o777, 0o4755, 0]) };
  const expect = random.chance(0.9)
    ? { kind: 'any' }
    : random.pick([
        { kind: 'absent' },
        { kind: 'directory', ...owner },
        { kind: 'file', sha256: hex(random, 64), ...owner },
      ]);
  const contents = Buffer.from(hex(random, random.below(64) * 2), 'hex').toString('base64');
  const name = `swarmkeep_${random.pick(['a', 'b'])}`;
  return random.pick([
    () => ({ verb: 'write-file', path: path(), contents, ...owner, expect }),
    () => ({ verb: 'write-file', path: path(), contents, ...owner, expect }),
    () => ({ verb: 'remove-file', path: path(), expect }),
    () => ({ verb: 'make-directory', path: path(), ...owner, expect }),
    () => ({ verb: 'set-attributes', path: path(), ...owner, expect }),
    () => ({
      verb: 'set-tree-attributes',
      path: path(),
      uid,
      gid: uid,
      takeBits: 0o022,
      giveBits: random.pick([0, 0o100, 0o4000]),
      expect,
    }),
    () => ({ verb: 'copy-tree', from: path(), path: path(), uid, gid: uid, expect }),
    () => ({ verb: 'move', from: path(), path: path(), expect }),
    () => ({ verb: 'remove-lines', path: path(), lines: [hex(random, 64)], expect }),
    () => ({ verb: 'load-table', table: { family: 'inet', name }, text: anyRules(random, name) }),
    () => ({ verb: 'load-chains', program: 'iptables', text: anyChains(random) }),
    () => ({ verb: 'remove-owner-drop', program: 'iptables', uid }),
    () => ({
      verb: 'set-unit',
      unit: random.pick(['x.service', '../x.service', '-x.service', 'a/b.service']),
      action: 'stop',
    }),
    () => ({
      verb: 'create-account',
      name: random.pick(['root', 'a', '-a', 'a b']),
      home: path(),
      comment: 'x',
    }),
    () => ({ verb: 'install-packages', packages: [random.pick(['bash', '-y', 'a b', '../x'])] }),
    () => ({
      verb: 'upgrade-packages',
      path: path(),
      site: random.pick(['lib/python3.11/site-packages', '../lib', 'lib/python3.1/../../x']),
      packages: [{ name: random.pick(['demo', '-r', 'a b']), from: '1.0', to: random.pick(['1.1', '-x']) }],
      expect: { kind: 'any' },
    }),
    () => ({ verb: 'set-link', interface: random.pick(['lo', '-x', 'a/b', '..']), up: true }),
    () => ({
      verb: 'set-kernel-switch',
      name: random.pick(['kernel.core_pattern', '../x', 'kernel/x']),
      value: 1,
    }),
    () => ({
      verb: 'load-apparmor-profile',
      path: random.pick(['/etc/apparmor.d/swarmkeep-x', '/etc/apparmor.d/../x']),
    }),
  ])();
}

const FRAGMENTS = [
  'chain o { type filter hook output priority 0; meta skuid 1 counter drop; }',
  'set s { type ipv4_addr; }',
  '}',
  '{',
  '"',
  '#',
  '\n',
  'flush ruleset',
  'include "/etc/nftables.conf"',
  'table inet canary { }',
  'delete table inet canary',
  'define x = 1',
  ';',
  '\\',
  'add table inet canary',
  'table ip other { chain c { } }',
  'add rule inet canary c drop',
  '# comment }',
  'log prefix "a } b"',
];

/** nft text that is often nearly right, and at times reaches for the table of somebody else. */
export function anyRules(random: Random, name: string): string {
  const inner = Array.from({ length: random.below(4) }, () => random.pick(FRAGMENTS)).join('\n');
  const outer = random.chance(0.4) ? random.pick(FRAGMENTS) : '';
  return `${outer}\ntable inet ${name} {\n${random.chance(0.5) ? FRAGMENTS[0] : inner}\n}\n${random.chance(0.3) ? random.pick(FRAGMENTS) : ''}`;
}

function anyChains(random: Random): string {
  const lines = [
    '*filter',
    ':SWARMKEEP_A - [0:0]',
    '-A SWARMKEEP_A -p tcp -j DROP',
    '-I OUTPUT 1 -j SWARMKEEP_A',
    'COMMIT',
  ];
  const hostile = [
    '-F',
    '-P OUTPUT DROP',
    '-A OUTPUT -j DROP',
    ':CANARY - [0:0]',
    '-A CANARY -j DROP',
    '*nat',
    '-A SWARMKEEP_A -j CANARY',
    '-D CANARY 1',
    '-X CANARY',
  ];
  if (random.chance(0.7)) lines.splice(random.below(6), 0, random.pick(hostile));
  return `${lines.join('\n')}\n`;
}

/** Bytes that are no request any more: cut, doubled, with a field too many or of another kind, deep. */
export function damage(random: Random, request: Record<string, unknown>): Buffer {
  const text = JSON.stringify(request);
  const ways = [
    () => text.slice(0, random.below(text.length)),
    () => text + text,
    () => JSON.stringify({ ...request, [random.pick(['x', 'stateFolder', '__proto__', 'constructor'])]: 1 }),
    () => JSON.stringify({ ...request, version: random.pick([0, 2, '1', null, 1.5]) }),
    () => `${'['.repeat(1 + random.below(100_000))}${text}`,
    () => text.replace(/"action":\{/, '"action":{"force":true,'),
    () =>
      text.replaceAll(/\d+/g, () =>
        random.pick(['-1', '1e99', '0.5', '"1"', 'null', '99999999999999999999']),
      ),
    () =>
      Buffer.from(text)
        .toString('latin1')
        .replace(/[aeiou]/, '\xff'),
  ];
  const damaged = random.pick(ways)();
  return Buffer.from(damaged, 'latin1');
}
