import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../program.ts';
import { capturedTerminal } from '../testing/captured-terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-incident-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function swarmkeep(...args: string[]) {
  const { terminal, written } = capturedTerminal();
  const code = await run(['--data-dir', join(folder, 'data'), ...args], '0.0.0-test', terminal);
  return { code, ...written };
}

it('opens, tells, and closes one, on another day of the console too', async () => {
  const started = await swarmkeep(
    ...['incident', 'start', '--kind', 'lost-device', '--name', 'an old laptop'],
    ...['--seen', 'It is not where it was.', '--since', '2026-11-20T10:00', '--json'],
  );
  expect(started.code).toBe(0);
  const { incident } = JSON.parse(started.out) as { incident: { incident: { number: number; id: string } } };
  expect(incident.incident).toMatchObject({
    number: 1,
    kind: 'lost-device',
    name: 'an old laptop',
    node: null,
  });
  // Each command is a console of its own: what the one wrote the next one goes on with.
  const status = await swarmkeep('incident', 'status', '--json');
  expect([status.code, JSON.parse(status.out).open[0].incident.id]).toEqual([1, incident.incident.id]);
  expect(await swarmkeep('incident', 'close', '--words', 'found')).toMatchObject({
    code: 2,
    error: expect.stringContaining('Steps are left.'),
  });
  expect(await swarmkeep('incident', 'close', '--words', 'It was found.', '--skip-rest')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Closed: It was found.'),
  });
  // All of it is in the record, and the record holds.
  expect(await swarmkeep('verify')).toMatchObject({ code: 0 });
});

it.each([
  [['incident', 'start']],
  [['incident', 'start', '--name', 'x', '--kind', 'bad-luck']],
  [['incident', 'start', '--name', 'x', '--kind', 'lost-device', '--since', 'lately']],
  [['incident', 'isolate', '--scope', 'house']],
  [['incident', 'close']],
  [['incident', 'rebuild-everything']],
  [['hunt']],
  [['hunt', '--path', 'relative', '--json']],
  [['hunt', '--path', '/a', '--hash', 'b']],
])('refuses %j as wrong usage', async (args) => {
  expect(await swarmkeep(...args)).toMatchObject({ code: 64, out: '' });
});

it('does nothing where no incident is open', async () => {
  expect(await swarmkeep('incident', 'isolate', '--json')).toMatchObject({
    code: 2,
    out: expect.stringContaining('No incident is open.'),
  });
  expect(await swarmkeep('incident', 'status')).toMatchObject({ code: 0, out: 'No incident is open.\n' });
});
