import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formsOf, good, memoryKeeper, PASSPHRASE, type SealedLab, sealedLab } from './testing/sealed-lab.ts';

let lab: SealedLab;
beforeEach(() => {
  lab = sealedLab();
});
afterEach(() => lab.remove());

const byPassphrase = { keyPlace: 'passphrase' as const, passphrase: PASSPHRASE };
const proof = { kind: 'passphrase' as const, passphrase: PASSPHRASE };

it('keeps a secret from one console to the next, and nothing of it in clear', async () => {
  const secret = randomBytes(32);
  const first = await lab.open();
  expect(first.state()).toMatchObject({ is: 'not-set-up', keyPlace: null, secrets: 0 });
  expect(await first.seal('swarm.new', secret)).toMatchObject({ ok: false, failure: { kind: 'not-set-up' } });
  const sheet = good(await first.setUp(byPassphrase));
  expect(sheet.groups).toHaveLength(14);
  expect(await first.setUp(byPassphrase)).toMatchObject({ ok: false, failure: { kind: 'refused' } });
  good(await first.seal('swarm.new', secret));
  expect(good(await first.open('swarm.new'))?.equals(secret)).toBe(true);
  await first.close();

  const second = await lab.open();
  expect(second.state()).toMatchObject({ is: 'locked', keyPlace: 'passphrase', secrets: 1 });
  expect(good(await second.list())).toMatchObject([{ name: 'swarm.new', bytes: 32 }]);
  expect(await second.open('swarm.new')).toMatchObject({ ok: false, failure: { kind: 'locked' } });
  good(await second.unlock(proof));
  expect(good(await second.open('swarm.new'))?.equals(secret)).toBe(true);
  expect(good(await second.open('swarm.old'))).toBeNull();
  expect(statSync(lab.file).mode & 0o777).toBe(0o600);

  const all = lab.bytes();
  const typed = [Buffer.from(PASSPHRASE), ...sheet.groups.map((group) => Buffer.from(group))];
  for (const form of [...formsOf(secret), ...typed]) expect(all.includes(form)).toBe(false);
  expect(good(await second.destroy('swarm.new'))).toBe(true);
  expect(good(await second.destroy('swarm.new'))).toBe(false);
  expect(good(await second.open('swarm.new'))).toBeNull();
  await second.close();
});

it('opens by the sheet, and gives the store another passphrase by it', async () => {
  const store = await lab.open();
  const { groups, asked } = good(await store.setUp(byPassphrase));
  good(await store.seal('a', Buffer.from('value')));
  expect(await store.confirmSheet(['00000', '00000'])).toMatchObject({ failure: { kind: 'wrong' } });
  good(await store.confirmSheet(asked.map((number) => (groups[number - 1] ?? '').toLowerCase())));
  expect(store.state().sheetConfirmedAt).not.toBeNull();
  await store.lock();
  expect(await store.open('a')).toMatchObject({ failure: { kind: 'locked' } });
  const sheet = groups.join(' ');
  good(await store.unlock({ kind: 'sheet', sheet }));
  good(
    await store.changeKey(
      { kind: 'sheet', sheet },
      { keyPlace: 'passphrase', passphrase: 'another five words for it' },
    ),
  );
  await store.lock();
  expect(await store.unlock(proof)).toMatchObject({ ok: false, failure: { kind: 'wrong' } });
  const trying = store.unlock({ kind: 'passphrase', passphrase: 'another five words for it' });
  await lab.clock.pass(0);
  await whenWaiting(lab);
  good(await trying);
  expect(good(await store.open('a'))?.toString()).toBe('value');
  expect(lab.deeds).toEqual([
    'set-up',
    'sheet-confirmed',
    'opened-by-sheet',
    'passphrase-changed',
    'wrong-key',
  ]);
  await store.close();
}, 30_000);

it('makes the next try wait after a wrong one, without holding up what needs the open store', async () => {
  const store = await lab.open();
  good(await store.setUp(byPassphrase));
  const wrong = { kind: 'passphrase' as const, passphrase: 'not the right passphrase' };
  expect(await store.unlock(wrong)).toMatchObject({ ok: false, failure: { kind: 'wrong' } });
  let answered = false;
  const second = store.unlock(wrong).then((result) => {
    answered = true;
    return result;
  });
  // It waits on a clock that stands still, and everything else goes on.
  good(await store.seal('a', Buffer.from('b')));
  expect(answered).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  await lab.clock.pass(999);
  expect(good(await store.open('a'))?.toString()).toBe('b');
  expect(answered).toBe(false);
  await lab.clock.pass(1);
  const failure = await second;
  expect(failure).toMatchObject({ ok: false, failure: { kind: 'wrong' } });
  expect(JSON.stringify(failure)).not.toContain(wrong.passphrase);
  await store.close();
});

it('locks itself after rest, but not while work holds it', async () => {
  const store = await lab.open();
  good(await store.setUp(byPassphrase));
  const states: string[] = [];
  store.onState((state) => states.push(state.is));
  const letGo = store.hold();
  await lab.clock.pass(60 * 60_000);
  expect(store.state()).toMatchObject({ is: 'open', locksAt: null });
  letGo();
  letGo();
  await lab.clock.pass(14 * 60_000);
  expect(store.state().is).toBe('open');
  good(await store.seal('a', Buffer.from('b')));
  await lab.clock.pass(14 * 60_000);
  expect(store.state().is).toBe('open');
  await lab.clock.pass(60_000);
  expect(store.state()).toMatchObject({ is: 'locked', locksAt: null });
  expect(states.at(-1)).toBe('locked');
  await store.close();
});

describe('with a key ring', () => {
  it('opens by itself, says when it cannot, and moves to a passphrase', async () => {
    let why: string | null = null;
    const keeper = memoryKeeper(() => why);
    const first = await lab.open(keeper);
    good(await first.setUp({ keyPlace: 'secret-service' }));
    good(await first.seal('a', Buffer.from('b')));
    for (const key of keeper.kept.values())
      for (const form of formsOf(key)) expect(lab.bytes().includes(form)).toBe(false);
    await first.close();
    const second = await lab.open(keeper);
    why = 'it is asleep.';
    expect(await second.open('a')).toMatchObject({ failure: { kind: 'locked' } });
    expect(second.state()).toMatchObject({ is: 'locked', why: expect.stringContaining('it is asleep.') });
    why = null;
    expect(good(await second.open('a'))?.toString()).toBe('b');
    expect(second.state()).toMatchObject({ is: 'open', why: null });
    good(await second.changeKey({ kind: 'consent' }, byPassphrase));
    expect(keeper.kept.size).toBe(0);
    await second.lock();
    expect(await second.open('a')).toMatchObject({ failure: { kind: 'locked' } });
    // What a person agreed to outside the page is no passphrase.
    expect(await second.newSheet({ kind: 'consent' })).toMatchObject({ failure: { kind: 'locked' } });
    good(await second.unlock(proof));
    await second.close();
  });

  it('is not set up with one that does not hold', async () => {
    const keeper = memoryKeeper();
    keeper.verdict = async () => ({ real: false, why: 'it keeps keys in clear.' });
    const store = await lab.open(keeper);
    expect(await store.setUp({ keyPlace: 'secret-service' })).toMatchObject({
      ok: false,
      failure: { kind: 'refused' },
    });
    expect(store.state().is).toBe('not-set-up');
    await store.close();
  });
});

it('makes a new sheet that the former one does not open', async () => {
  const store = await lab.open();
  const former = good(await store.setUp(byPassphrase)).groups.join(' ');
  const newer = good(await store.newSheet(proof)).groups.join(' ');
  await store.lock();
  expect(await store.unlock({ kind: 'sheet', sheet: former })).toMatchObject({ failure: { kind: 'wrong' } });
  const trying = store.unlock({ kind: 'sheet', sheet: newer });
  await whenWaiting(lab);
  good(await trying);
  await store.close();
});

it('refuses a short passphrase and what is no secret, changing nothing', async () => {
  const store = await lab.open();
  expect(await store.setUp({ keyPlace: 'passphrase', passphrase: 'short' })).toMatchObject({
    failure: { kind: 'unfit' },
  });
  good(await store.setUp(byPassphrase));
  const before = readFileSync(lab.file);
  for (const name of ['', '../x', '__proto__', 'a'.repeat(200), 'a b'])
    expect((await store.seal(name, Buffer.from('x'))).ok).toBe(false);
  expect((await store.seal('a', Buffer.alloc(65_537))).ok).toBe(false);
  expect(good(await store.open('__proto__'))).toBeNull();
  expect(good(await store.open('constructor'))).toBeNull();
  expect(readFileSync(lab.file).equals(before)).toBe(true);
  await store.close();
});

describe('a file that is not as it was left', () => {
  it('is named, left as it is, and used again once it is put back', async () => {
    const store = await lab.open();
    good(await store.setUp(byPassphrase));
    good(await store.seal('a', Buffer.from('b')));
    await store.close();
    const whole = readFileSync(lab.file);
    const bad = [
      whole.subarray(0, whole.length >> 1),
      Buffer.alloc(0),
      Buffer.from('{}'),
      Buffer.from(whole.toString().replace('"setUpAt":"2026-11-23', '"setUpAt":"2026-11-22')),
      Buffer.alloc(4_096, 0),
    ];
    for (const bytes of bad) {
      writeFileSync(lab.file, bytes);
      const damaged = await lab.open();
      expect(damaged.state()).toMatchObject({
        is: 'damaged',
        why: expect.stringContaining('cannot be used'),
      });
      expect(await damaged.setUp(byPassphrase)).toMatchObject({ failure: { kind: 'damaged' } });
      expect(await damaged.seal('x', Buffer.from('y'))).toMatchObject({ failure: { kind: 'damaged' } });
      expect(await damaged.destroy('a')).toMatchObject({ failure: { kind: 'damaged' } });
      expect(readFileSync(lab.file).equals(bytes)).toBe(true);
      writeFileSync(lab.file, whole);
      good(await damaged.unlock(proof));
      expect(good(await damaged.open('a'))?.toString()).toBe('b');
      await damaged.close();
    }
  }, 60_000);

  it('is refused when it is a link, when others can write it, and when it is of a later version', async () => {
    const store = await lab.open();
    good(await store.setUp(byPassphrase));
    await store.close();
    const whole = readFileSync(lab.file, 'utf8');
    chmodSync(lab.file, 0o666);
    expect((await lab.open()).state().is).toBe('damaged');
    rmSync(lab.file);
    writeFileSync(join(lab.folder, 'elsewhere'), whole, { mode: 0o600 });
    symlinkSync(join(lab.folder, 'elsewhere'), lab.file);
    expect((await lab.open()).state().is).toBe('damaged');
    rmSync(lab.file);
    writeFileSync(lab.file, whole.replace('"version":1', '"version":2'), { mode: 0o600 });
    expect((await lab.open()).state().why).toContain('newer Swarmkeep');
  });

  it('never opens a box that was put under another name', async () => {
    const store = await lab.open();
    good(await store.setUp(byPassphrase));
    good(await store.seal('a', Buffer.from('old')));
    good(await store.seal('b', Buffer.from('new')));
    await store.close();
    const { body } = JSON.parse(readFileSync(lab.file, 'utf8'));
    const { canonicalJson } = await import('#shared/domain/canonical-json.ts');
    const { createHash } = await import('node:crypto');
    const swapped = { ...body, secrets: { a: body.secrets.b, b: body.secrets.a } };
    const sha256 = createHash('sha256').update(canonicalJson(swapped)).digest('hex');
    writeFileSync(lab.file, JSON.stringify({ body: swapped, sha256 }));
    const opened = await lab.open();
    good(await opened.unlock(proof));
    expect(await opened.open('a')).toMatchObject({ ok: false, failure: { kind: 'damaged' } });
    await opened.close();
  });
});

it('does what a map does, whatever the order', { timeout: 60_000 }, async () => {
  const store = await lab.open();
  good(await store.setUp(byPassphrase));
  const name = fc.constantFrom('a', 'b', 'swarm.1');
  const step = fc.oneof(
    fc.record({ what: fc.constant('seal' as const), name, value: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ what: fc.constantFrom('open' as const, 'destroy' as const), name }),
  );
  const model = new Map<string, Buffer>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      // All at once: the store itself has to keep them in order.
      const wanted = steps.map((one) => {
        if (one.what === 'seal') {
          model.set(one.name, Buffer.from(one.value));
          return null;
        }
        return one.what === 'destroy' ? model.delete(one.name) : (model.get(one.name) ?? null);
      });
      const given = await Promise.all(
        steps.map((one) =>
          one.what === 'seal' ? store.seal(one.name, one.value) : store[one.what](one.name),
        ),
      );
      expect(given.map((one) => good<unknown>(one))).toEqual(wanted);
      expect(good(await store.list()).map((entry) => entry.name)).toEqual([...model.keys()].sort());
    }),
    { numRuns: 25 },
  );
  await store.close();
});

/** Lets the wait after a wrong try pass once it has begun; scrypt takes real time before it. */
async function whenWaiting(lab: SealedLab): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await lab.clock.pass(20_000);
  }
}
