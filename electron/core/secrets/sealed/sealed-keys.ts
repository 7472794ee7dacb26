import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '#core/console/clock.ts';
import { done, failed, locked } from './failures.ts';
import { newKey, unwrapByKeeper, unwrapByProof, wrapForSheet, wrapKey } from './key-wraps.ts';
import { plainDigits, SHEET_GROUPS } from './recovery-sheet.ts';
import type { SealedCore } from './sealed-core.ts';
import type { KeyProof, MadeSheet, SealedDesk } from './sealed-desk.ts';
import type { SealedBody } from './sealed-file.ts';
import type { SealedResult, SealedStore } from './sealed-store.ts';

/** Longest that a wrong passphrase is let wait for its answer, in milliseconds. */
const SLOWEST_MS = 15_000;

/** @returns the half of the store that the operator handles: passphrase, sheet, lock */
export function sealedKeys(core: SealedCore): Omit<SealedDesk, keyof SealedStore | 'close'> {
  const { clock, keeper, tell } = core.options;
  const { holder } = core;
  let asked: { numbers: number[]; groups: string[] } | null = null;
  let misses = 0;
  let tries: Promise<unknown> = Promise.resolve();

  /** One passphrase after the other, each miss slower than the one before. What runs with an open store does not wait for it. */
  function proven<T>(
    proof: KeyProof,
    use: (key: Buffer, body: SealedBody) => Promise<SealedResult<T>>,
  ): Promise<SealedResult<T>> {
    const result = tries.then(async (): Promise<SealedResult<T>> => {
      const body = await core.inTurn(async () => core.present());
      if (!body.ok) return body;
      const key = await keyFor(body.value, proof);
      if (!key.ok) return key;
      const used = await core.inTurn(async () => {
        // Read again: a secret may have been sealed meanwhile.
        const now = core.present();
        return now.ok ? use(key.value, now.value) : now;
      });
      if (used.ok) holder.take(key.value);
      else key.value.fill(0);
      core.changed();
      return used;
    });
    tries = result.catch(() => undefined);
    return result;
  }

  async function keyFor(body: SealedBody, proof: KeyProof): Promise<SealedResult<Buffer>> {
    if (proof.kind === 'consent')
      return body.wraps.keyPlace === 'secret-service' ? unwrapByKeeper(body, keeper) : locked(null);
    if (misses > 0) await waitFor(clock, Math.min(500 * 2 ** misses, SLOWEST_MS));
    const key = await unwrapByProof(body, proof);
    if (key.ok) misses = 0;
    else if (key.failure.kind === 'wrong') {
      misses += 1;
      tell('wrong-key', body.wraps.keyPlace);
    }
    return key;
  }

  function madeSheet(body: SealedBody, groups: string[]): MadeSheet {
    const first = randomInt(SHEET_GROUPS);
    const second = (first + 1 + randomInt(SHEET_GROUPS - 1)) % SHEET_GROUPS;
    const numbers = [first, second].sort((a, b) => a - b);
    asked = { numbers, groups: numbers.map((number) => groups[number] ?? '') };
    const { madeAt } = body.wraps.sheet;
    return { groups, asked: numbers.map((number) => number + 1), madeAt, store: body.id.slice(0, 6) };
  }

  return {
    setUp: (wish) =>
      core.inTurn(async () => {
        const there = core.present();
        if (there.ok) return alreadyThere();
        if (there.failure.kind !== 'not-set-up') return there;
        const id = randomBytes(16).toString('base64url');
        const key = newKey();
        const wrapped = await wrapKey(id, key, wish, keeper);
        if (!wrapped.ok) return wrapped;
        const { box, groups } = wrapForSheet(id, key);
        const setUpAt = clock.now().toISOString();
        const sheet = { box, madeAt: setUpAt, confirmedAt: null };
        const body: SealedBody = {
          format: 'swarmkeep-sealed',
          version: 1,
          id,
          setUpAt,
          wraps: { ...wrapped.value, sheet },
          secrets: {},
        };
        const kept = await core.keep(body);
        if (!kept.ok) {
          key.fill(0);
          return kept;
        }
        holder.take(key);
        tell('set-up', wish.keyPlace);
        core.changed();
        return done(madeSheet(body, groups));
      }),
    unlock: (proof) =>
      proven(proof, async (_, body) => {
        if (proof.kind === 'sheet') tell('opened-by-sheet', body.wraps.keyPlace);
        return done(null);
      }),
    async lock() {
      await core.inTurn(async () => {
        holder.forget();
        asked = null;
        core.changed();
        return done(null);
      });
    },
    changeKey: (proof, wish) =>
      proven(proof, async (key, body) => {
        const { id, wraps } = body;
        const wrapped = await wrapKey(id, key, wish, keeper);
        if (!wrapped.ok) return wrapped;
        const kept = await core.keep({ ...body, wraps: { ...wrapped.value, sheet: wraps.sheet } });
        if (!kept.ok) return kept;
        if (wish.keyPlace === 'passphrase' && wraps.keyPlace === 'secret-service') await keeper?.forget(id);
        tell(wraps.keyPlace === wish.keyPlace ? 'passphrase-changed' : 'key-place-changed', wish.keyPlace);
        return kept;
      }),
    newSheet: (proof) =>
      proven(proof, async (key, body) => {
        const { box, groups } = wrapForSheet(body.id, key);
        const sheet = { box, madeAt: clock.now().toISOString(), confirmedAt: null };
        const next = { ...body, wraps: { ...body.wraps, sheet } };
        const kept = await core.keep(next);
        if (!kept.ok) return kept;
        tell('sheet-made', next.wraps.keyPlace);
        return done(madeSheet(next, groups));
      }),
    confirmSheet: (groups) =>
      core.inTurn(async () => {
        const body = core.present();
        if (!body.ok) return body;
        if (asked === null) return nothingAsked();
        const wrong = asked.groups.findIndex((group, at) => plainDigits(groups[at] ?? '') !== group);
        if (wrong >= 0) {
          const number = (asked.numbers[wrong] ?? 0) + 1;
          return failed(
            'wrong',
            `That is not group ${number} of the sheet.`,
            'Read it from the paper again.',
          );
        }
        const confirmedAt = clock.now().toISOString();
        const { wraps } = body.value;
        const kept = await core.keep({
          ...body.value,
          wraps: { ...wraps, sheet: { ...wraps.sheet, confirmedAt } },
        });
        if (!kept.ok) return kept;
        asked = null;
        tell('sheet-confirmed', wraps.keyPlace);
        core.changed();
        return kept;
      }),
    async desktopKeeper() {
      return keeper === null ? { real: false, why: 'There is no desktop session here.' } : keeper.verdict();
    },
  };
}

function waitFor(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

function alreadyThere() {
  return failed('refused', 'The sealed store is set up already.', 'Unlock it, or change its passphrase.');
}

function nothingAsked() {
  return failed(
    'refused',
    'No sheet is waiting to be confirmed: the console was locked or started anew since it was shown.',
    'Make a new sheet. The one before opens nothing then.',
  );
}
