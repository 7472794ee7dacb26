import { expect, it } from 'vitest';
import type { ScriptHost } from '#core/hosts/host.ts';
import { localHost } from '#core/hosts/local.ts';
import { collect } from './collect.ts';
import type { AnyCollector } from './collectors.ts';

const value = { synchronised: true, service: null, source: null, offsetMs: null, timezone: null };

/** Says as whom it was asked. */
const asked = (subject: 'time' | 'sandbox', trip: 1 | 2, told: string[]) =>
  ({
    subject,
    trip,
    budgetMs: 5_000,
    maxBytes: 100,
    source: '',
    script: () => 'echo "$node_uid"',
    parse: ({ stdout }: { stdout: Buffer }, { privilege }: { privilege: string }) => {
      told.push(`${subject} ${stdout.toString().trim()} ${privilege}`);
      return { seen: true, value, gaps: [] };
    },
  }) as unknown as AnyCollector;

/** A node on which sudo(8) answers in time only in these runs; in all others the account stays what it is. */
function nodeWhereSudoWorks(inTime: readonly boolean[]): { host: ScriptHost; runs: () => number } {
  const real = localHost();
  let runs = 0;
  const host: ScriptHost = {
    ...real,
    run(request) {
      const isRoot = request.sudo && inTime[runs] === true;
      runs += 1;
      const who = isRoot ? 'set -- sudo; node_uid=0' : 'node_uid=1000';
      return real.run({
        ...request,
        sudo: false,
        script: request.script.replace('node_uid=$(id -u)', who).replace(/^main "[^\n]*$/m, 'main sudo'),
      });
    },
  };
  return { host, runs: () => runs };
}

it.each([
  ['in time', [true, true], 'sudo', ['time 0 sudo', 'sandbox 0 sudo'], 2],
  ['late once', [true, false, true], 'sudo', ['time 0 sudo', 'sandbox 0 sudo'], 3],
  ['late in the end', [true, false, false], 'user', ['time 0 sudo', 'sandbox 1000 user'], 3],
  ['never there', [false], 'user', ['time 1000 user', 'sandbox 1000 user'], 2],
] as const)('does not call half a look one of an administrator: sudo is %s', async (...row) => {
  const [, inTime, privilege, expected, count] = row;
  const told: string[] = [];
  const { host, runs } = nodeWhereSudoWorks(inTime);
  const result = await collect({
    host,
    collectors: [asked('time', 1, told), asked('sandbox', 2, told)],
    hints: null,
    corrections: [],
    salt: '0'.repeat(64),
  });
  if (!result.ok) throw new Error(result.error.message);
  expect(told).toEqual(expected);
  expect(result.collection.privilege).toBe(privilege);
  expect(runs()).toBe(count);
});
