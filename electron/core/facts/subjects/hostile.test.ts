import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjects } from '#shared/domain/facts/facts.ts';
import { observe } from '../collect/observe.ts';
import type { CollectContext, ScriptOutput } from '../collector.ts';
import type { AnyCollector } from '../collectors.ts';
import { accountsCollector } from './accounts.ts';
import { containersCollector } from './containers.ts';
import { firewallCollector } from './firewall.ts';
import { identityCollector } from './identity.ts';
import { interfacesCollector } from './interfaces.ts';
import { mountsCollector } from './mounts.ts';
import { processesCollector } from './processes.ts';
import { socketsCollector } from './sockets.ts';

const context: CollectContext = {
  privilege: 'user',
  now: new Date('2026-11-21T19:20:00.000Z'),
  skewMs: null,
  salt: '0'.repeat(64),
  profile: { instances: [], corrected: [] },
  seen: {},
};

/** Tags that the scripts really print, so that the fuzzer gets past the first check. */
const TAGS: Record<string, string[]> = {
  identity: [
    'account',
    'kernel',
    'os-release',
    'init',
    'time',
    'virtualization',
    'cpuinfo',
    'memory',
    'cores',
    'model',
  ],
  mounts: ['mountinfo', 'answered', 'asked', 'encrypted'],
  interfaces: ['address', 'route-inet', 'route-inet-six', 'net', 'inet-six', 'radio', 'resolvers'],
  processes: ['self', 'kernel', 'begin', 'lacking'],
  sockets: ['accounts', 'ss', 'tcp', 'tcp-six', 'udp', 'udp-six', 'owners', 'begin'],
  accounts: [
    'passwd',
    'group',
    'shadow',
    'subuid',
    'subgid',
    'sudoers',
    'sudoers-none',
    'homes',
    'modes',
    'keys',
    'trace',
    'closed',
    'sessions',
    'who',
    'last',
    'newuidmap',
    'setuid',
    'capabilities',
  ],
  firewall: ['tools', 'nft', 'save', 'closed', 'legacy-unread', 'units', 'ufw'],
  containers: ['engine', 'list', 'inspect', 'podman-program', 'podman-inspect', 'installed'],
};

const bytes = fc.uint8Array({ maxLength: 200, min: 1 }).map((list) => Buffer.from(list));
/** Pieces that mean something to one of the parsers. */
const words = fc.constantFrom(
  '0',
  '1',
  '-1',
  '4294967296',
  '99999999999999999999',
  'root:x:0:0:root:/root:/bin/sh\n',
  'a:x:1:1:::',
  '/home/x',
  '\n',
  ' ',
  ':',
  '=',
  '\\040',
  '24 1 0:1 / / rw - ext4 /dev/x rw',
  '[{"ifname":"e","flags":["UP"],"__proto__":{"x":1}}]',
  '[]',
  '{}',
  'null',
  '[null]',
  'tcp LISTEN 0 1 0.0.0.0:22 0.0.0.0:* ino:1 sk:1 cgroup:/x <->',
  '   0: 0100007F:1F90 00000000:0000 0A 0:0 00:0 0 1000 0 5 1 x',
  '1/status:',
  'Uid:\t0\t0\t0\t0',
  '1/stat:1 (a) b) S 1 1 1',
  'files',
  'links',
  'docker',
  'open',
  '755 0 0 /home/x',
  '\u0001' + '0',
  'Id=ufw.service\nActiveState=active',
  '[{"Id":"x","NetworkSettings":{"Ports":{"80/tcp":[{"HostPort":"99999"}]}}}]',
  '%adm ALL=(ALL) ALL',
  'User_Alias A = A',
  'x'.repeat(300),
  'y'.repeat(17_000),
);
const field = fc.oneof(
  bytes,
  words.map((word) => Buffer.from(word)),
  fc.array(words, { maxLength: 8 }).map((list) => Buffer.from(list.join(''))),
);

function recordsFor(subject: string): fc.Arbitrary<Buffer> {
  const one = fc
    .tuple(fc.constantFrom(...(TAGS[subject] ?? ['x'])), fc.array(field, { maxLength: 8 }))
    .map(([tag, fields]) =>
      Buffer.concat([
        Buffer.from(`@${tag}:${fields.length}\0`),
        ...fields.flatMap((value) => [value, Buffer.from([0])]),
      ]),
    );
  return fc
    .array(fc.oneof(one, field), { maxLength: 12 })
    .map((parts) => Buffer.concat([...parts, Buffer.from('@end:0\0')]));
}

const COLLECTORS: AnyCollector[] = [
  identityCollector,
  mountsCollector,
  interfacesCollector,
  processesCollector,
  socketsCollector,
  accountsCollector,
  firewallCollector,
  containersCollector,
];

/** The reason and the seed are enough to find it again; the bytes themselves would fill the screen. */
function reporter<T>(run: fc.RunDetails<T>): void {
  if (run.failed)
    throw new Error(`seed ${run.seed}, path ${run.counterexamplePath}`, { cause: run.errorInstance });
}

describe.each(COLLECTORS.map((collector) => [collector.subject, collector] as const))(
  'hostile answers: %s',
  (subject, collector) => {
    const outputOf = (stdout: Buffer, timedOut: boolean): ScriptOutput => ({
      stdout,
      stderr: '',
      exitCode: timedOut ? null : 0,
      timedOut,
      cut: false,
      tookMs: 1,
    });

    it('never makes the parser throw, and only what fits the shape comes out', () => {
      fc.assert(
        fc.property(fc.oneof(recordsFor(subject), bytes), fc.boolean(), (stdout, timedOut) => {
          const output = outputOf(stdout, timedOut);
          // The parser itself must bear it: the engine's safety net is for defects.
          const read = collector.parse(output, context);
          if (read.seen) expect(read.gaps.length).toBeLessThanOrEqual(256);
          const observed = observe(collector, output, context);
          // One wild value must not cost the whole subject: parsers bound every field themselves.
          if (read.seen && observed.state === 'unseen') throw new Error(observed.reason);
          expect(subjects.shape[subject].safeParse(observed).success).toBe(true);
        }),
        { numRuns: 200, reporter },
      );
    });

    it('says that nothing was seen when nothing came', () => {
      expect(collector.parse(outputOf(Buffer.alloc(0), true), context)).toMatchObject({ seen: false });
    });
  },
);
