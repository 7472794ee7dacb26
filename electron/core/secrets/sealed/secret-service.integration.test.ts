import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type KeyRing, keyRingLacks, startKeyRing } from '#core/hosts/testing/key-ring.ts';
import type { KeyKeeper } from './key-keeper.ts';
import { secretService } from './secret-service.ts';
import { good, type SealedLab, sealedLab } from './testing/sealed-lab.ts';

const lacks = keyRingLacks();

let ring: KeyRing | null = null;
let lab: SealedLab | null = null;
afterEach(async () => {
  await ring?.close();
  lab?.remove();
  ring = null;
  lab = null;
});

async function keeperOf(kind: 'password' | 'clear' | 'none'): Promise<KeyKeeper> {
  ring = await startKeyRing(kind);
  const keeper = secretService({ environment: ring.environment });
  if (keeper === null) throw new Error('There is no session');
  return keeper;
}

describe.skipIf(lacks.length > 0)(`a real key ring (lacking: ${lacks.join(', ') || 'nothing'})`, () => {
  it('keeps a key, gives it back and forgets it', async () => {
    const keeper = await keeperOf('password');
    expect(await keeper.verdict()).toEqual({ real: true });
    const key = randomBytes(32);
    expect(await keeper.keep('one', key)).toBe(true);
    expect(await keeper.read('one')).toEqual(key);
    expect(await keeper.read('two')).toBeNull();
    await keeper.forget('one');
    expect(await keeper.read('one')).toBeNull();
  });

  it('is not trusted when it keeps keys in clear', async () => {
    const keeper = await keeperOf('clear');
    expect(await keeper.verdict()).toEqual({ real: false, why: expect.stringContaining('in clear') });
  });

  it('is not trusted when there is none of the operator’s own', async () => {
    const keeper = await keeperOf('none');
    expect(await keeper.verdict()).toMatchObject({ real: false });
  });

  it('opens the sealed store of the next console, and says when it is locked', {
    timeout: 60_000,
  }, async () => {
    const keeper = await keeperOf('password');
    lab = sealedLab();
    const first = await lab.open(keeper);
    good(await first.setUp({ keyPlace: 'secret-service' }));
    good(await first.seal('a', Buffer.from('b')));
    await first.close();
    const second = await lab.open(keeper);
    expect(good(await second.open('a'))?.toString()).toBe('b');
    await second.lock();
    lockRing();
    expect(await second.open('a')).toMatchObject({ ok: false, failure: { kind: 'locked' } });
    await second.close();
  });
});

function lockRing(): void {
  execFileSync(
    '/usr/bin/dbus-send',
    [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.secrets',
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.Lock',
      'array:objpath:/org/freedesktop/secrets/collection/login',
    ],
    { env: ring?.environment ?? {}, stdio: 'ignore' },
  );
}

it('is not there without a session', () => {
  expect(secretService({ environment: { HOME: '/nowhere' } })).toBeNull();
});
