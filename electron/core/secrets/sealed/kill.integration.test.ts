import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { good, PASSPHRASE, type SealedLab, sealedLab } from './testing/sealed-lab.ts';

const KILLS = 12;

let lab: SealedLab;
beforeEach(() => {
  lab = sealedLab();
});
afterEach(() => lab.remove());

/** Seals one number after the other under one name as fast as it can, and says each once it is on the disk. */
const WRITER = `
const [store, folder, sheet, from] = process.argv.slice(1);
const { openSealedStore } = await import(store);
(await import('node:module')).flushCompileCache();
const clock = { now: () => new Date(), after: () => () => undefined };
const opened = await openSealedStore({ folder, clock, keeper: null, tell: () => undefined });
const unlocked = await opened.unlock({ kind: 'sheet', sheet });
if (!unlocked.ok) throw new Error(unlocked.failure.message);
for (let number = Number(from) + 1; ; number += 1) {
  const sealed = await opened.seal('swarm.new', Buffer.from(String(number)));
  if (!sealed.ok) throw new Error(sealed.failure.message);
  process.stdout.write(number + '\\n');
}`;

it(`has the old secret or the new one, whole, ${KILLS} times kill -9`, { timeout: 120_000 }, async () => {
  const first = await lab.open();
  const { groups } = good(await first.setUp({ keyPlace: 'passphrase', passphrase: PASSPHRASE }));
  const sheet = groups.join(' ');
  good(await first.seal('swarm.new', Buffer.from('0')));
  await first.close();
  let before = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const words = [join(import.meta.dirname, 'open-sealed-store.ts'), lab.folder, sheet, String(before)];
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
    child.kill('SIGKILL');
    await once(child, 'close');
    const told = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    const store = await lab.open();
    good(await store.unlock({ kind: 'sheet', sheet }));
    const number = Number(good(await store.open('swarm.new'))?.toString());
    // What was told is there, and at most the one that was being written.
    expect(number - told === 0 || number - told === 1).toBe(true);
    expect(number).toBeGreaterThan(before);
    before = number;
    good(await store.seal('after', Buffer.from('x')));
    await store.close();
    expect(readdirSync(lab.folder)).toEqual(['sealed.json']);
  }
});
