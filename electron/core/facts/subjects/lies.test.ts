import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjects } from '#shared/domain/facts/facts.ts';
import type { CollectContext, Collector, ScriptOutput } from '../collector.ts';
import type { AnyCollector } from '../collectors.ts';
import { installationsCollector } from '../profile/installations.ts';
import { account, process, socket, subjectsOf, unit } from '../profile/testing.ts';
import { auditCollector } from './audit.ts';
import { credentialsCollector } from './credentials.ts';
import { filesCollector } from './files.ts';
import { mycoswarmCollector } from './mycoswarm.ts';
import { ollamaCollector } from './ollama.ts';
import { pythonCollector } from './python.ts';
import { sandboxCollector } from './sandbox.ts';
import { sshServerCollector } from './ssh-server.ts';
import { timeCollector } from './time.ts';
import { unitsCollector } from './units.ts';
import { updatesCollector } from './updates.ts';

const COLLECTORS: AnyCollector[] = [
  auditCollector,
  credentialsCollector,
  filesCollector,
  mycoswarmCollector,
  ollamaCollector,
  pythonCollector,
  sandboxCollector,
  sshServerCollector,
  timeCollector,
  unitsCollector,
  updatesCollector,
];

/** Tags that the scripts use, so that the reading behind them is reached. */
const TAGS =
  'acl acls agent announced attributes auditd boot chrony closed configuration connected counts direct distribution drop effective environ environment errors file filetext folder headers image include installed journal journald kernel late leads leak link linked lists looked manager marks marks-of missing name names ntpctl ntpq package peers pending plugin probe program pyvenv records refreshed release requirement resolved restart rules searched settings settings-closed shape show site small source source-closed stat state switch systemd tags target text timesync token tool-log tree tried unattended unreadable uring venv version zone'.split(
    ' ',
  );

const HOME = '/home/minotaur';
const context: CollectContext = {
  privilege: 'user',
  now: new Date('2026-11-21T20:00:00Z'),
  skewMs: 0,
  salt: 'ab'.repeat(32),
  profile: {
    corrected: [],
    instances: [
      {
        id: 'a',
        detectedBy: 'by-hand',
        user: 'minotaur',
        uid: 1000,
        home: HOME,
        configurationFolder: `${HOME}/.config/mycoswarm`,
        workspace: `${HOME}/workspace`,
        source: `${HOME}/mycoSwarm`,
        virtualEnvironment: `${HOME}/mycoSwarm/.venv`,
        sitePackages: null,
        unit: 'mycoswarm.service',
        version: null,
        apiPort: 7890,
        dashboardPort: 8080,
        logFolder: '/var/log/mycoswarm',
        pids: [50],
        running: true,
      },
    ],
  },
  seen: subjectsOf({
    accounts: [account('minotaur', 1000)],
    processes: [process(50, 1000, ['mycoswarm', 'daemon'], { seccomp: 2 })],
    units: [unit('mycoswarm.service', '/x/bin/mycoswarm daemon', { user: 'minotaur' })],
    sockets: [socket(7890, 1000, [50])],
  }),
};

function answer(stdout: Buffer): ScriptOutput {
  return { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 };
}

const word = fc.oneof(
  fc.constantFrom(
    'a',
    '0',
    '1',
    '999999999999999',
    '1000',
    'yes',
    'no',
    'read',
    'folder',
    'tried',
    'system',
    'api',
    'file',
    't0',
  ),
  fc.constantFrom(
    '-1',
    '0755',
    '1763768512.5',
    HOME,
    `${HOME}/mycoSwarm`,
    '/etc/ssh/sshd_config',
    '200 text/html',
    'x=y\n[Service]\nUser=a',
  ),
  fc.constantFrom(
    '{"a":{"__proto__":1}}',
    '[]',
    '{"models":[{"name":1},null,{"name":"m","size":-1}]}',
    'B f 0 0 644 3\nX /a\nT 1 1 1 0 0 5.0',
  ),
  fc.constantFrom(
    'Suite: stable\nDate: Sat, 21 Nov 2026 10:00:00 UTC',
    'bash/stable 5 amd64 [upgradable from: 4]',
    'F/a\nName: x',
    '^*,a,1,2,0.1,a,b,c,d,e,f,g,h,Normal',
  ),
  fc.string({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const record = fc.tuple(fc.constantFrom(...TAGS), fc.array(word, { maxLength: 9 })).map(([tag, words]) => {
  const fields = words.map((text) =>
    Buffer.concat([Buffer.from(text.replaceAll('\0', ''), 'latin1'), Buffer.from([0])]),
  );
  return Buffer.concat([Buffer.from(`@${tag}:${words.length}\0`), ...fields]);
});

function check<S extends AnyCollector['subject']>(collector: Collector<S>, stdout: Buffer): void {
  const result = collector.parse(answer(stdout), context);
  if (!result.seen) return;
  const observation = {
    state: 'seen',
    at: context.now.toISOString(),
    tookMs: 1,
    source: collector.source,
    ...result,
  };
  const read = subjects.shape[collector.subject].safeParse(observation);
  expect(read.success ? '' : JSON.stringify(read.error.issues[0])).toBe('');
}

describe.each(COLLECTORS.map((collector) => [collector.subject, collector] as const))(
  '%s',
  (_name, collector) => {
    it('gives a valid observation for records that lie', () => {
      fc.assert(
        fc.property(fc.array(record, { maxLength: 12 }), (records) => {
          check(collector as Collector<'time'>, Buffer.concat([...records, Buffer.from('@end:0\0')]));
        }),
        { numRuns: 300 },
      );
    });

    it('bears any bytes, and sees nothing in an empty answer', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
          check(collector as Collector<'time'>, Buffer.from(bytes)),
        ),
      );
      expect(collector.parse(answer(Buffer.alloc(0)), context).seen).toBe(false);
    });

    it('writes a script without control characters of a node', () => {
      const instance = context.profile.instances[0];
      if (!instance) throw new Error('the context has an installation');
      const evil = "/home/x'; touch /tmp/owned; echo '\n\u001b[31m";
      const paths = {
        home: evil,
        configurationFolder: evil,
        workspace: evil,
        source: evil,
        virtualEnvironment: evil,
        logFolder: evil,
      };
      const script = collector.script({
        ...context,
        profile: { corrected: [], instances: [{ ...instance, ...paths, id: evil, unit: evil }] },
      });
      expect(script).not.toContain('/tmp/owned');
      expect(script).not.toContain('\u001b');
    });
  },
);

it('reads hints of installations from anything', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), (records) => {
      expect(() => installationsCollector.parse(answer(Buffer.concat(records)), context)).not.toThrow();
    }),
  );
});
