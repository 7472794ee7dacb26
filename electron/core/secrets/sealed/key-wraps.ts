import { randomBytes } from 'node:crypto';
import { KEY_BYTES, makeBox, openBox, type SealedBox } from './box.ts';
import { done, failed } from './failures.ts';
import type { KeyKeeper } from './key-keeper.ts';
import {
  keyOfPassphrase,
  LONGEST_PASSPHRASE,
  type ScryptWork,
  SHORTEST_PASSPHRASE,
} from './passphrase-key.ts';
import { readSheet, sheetOf } from './recovery-sheet.ts';
import type { KeyProof, KeyWish } from './sealed-desk.ts';
import type { SealedBody } from './sealed-file.ts';
import type { SealedResult } from './sealed-store.ts';

type Wraps = SealedBody['wraps'];

const about = (id: string, how: 'passphrase' | 'secret-service' | 'sheet'): string =>
  `swarmkeep-sealed 1 ${id} key ${how}`;

/** @returns a fresh random key in memory of its own, which can be wiped */
export function newKey(): Buffer {
  const key = Buffer.allocUnsafeSlow(KEY_BYTES);
  const random = randomBytes(KEY_BYTES);
  random.copy(key);
  random.fill(0);
  return key;
}

/**
 * Puts the data key under what the operator wishes.
 * @returns the parts of the file that say so; the other place is emptied
 */
export async function wrapKey(
  id: string,
  key: Uint8Array,
  wish: KeyWish,
  keeper: KeyKeeper | null,
): Promise<SealedResult<Pick<Wraps, 'keyPlace' | 'passphrase' | 'secretService'>>> {
  if (wish.keyPlace === 'passphrase') {
    const length = [...wish.passphrase].length;
    if (length < SHORTEST_PASSPHRASE || wish.passphrase.length > LONGEST_PASSPHRASE) {
      return failed(
        'unfit',
        length < SHORTEST_PASSPHRASE
          ? `A passphrase needs at least ${SHORTEST_PASSPHRASE} characters.`
          : `A passphrase has at most ${LONGEST_PASSPHRASE} characters.`,
        'Five words that have nothing to do with each other are easy to keep and hard to guess.',
        'Nothing was changed.',
      );
    }
    const work: ScryptWork = { N: 2 ** 17, r: 8, p: 1, salt: randomBytes(16).toString('base64') };
    const box = await underPassphrase(wish.passphrase, work, (wrapping) =>
      makeBox(wrapping, about(id, 'passphrase'), key),
    );
    return done({ keyPlace: 'passphrase', passphrase: { work, box }, secretService: null });
  }
  const verdict = keeper === null ? NO_KEEPER : await keeper.verdict();
  const wrapping = newKey();
  try {
    if (!verdict.real || keeper === null || !(await keeper.keep(id, wrapping))) {
      return failed(
        'refused',
        `The key ring of this desktop cannot keep the key: ${verdict.real ? 'it did not take it.' : verdict.why}`,
        'Use a passphrase instead.',
        'Nothing was changed.',
      );
    }
    const box = makeBox(wrapping, about(id, 'secret-service'), key);
    return done({ keyPlace: 'secret-service', passphrase: null, secretService: { box } });
  } finally {
    wrapping.fill(0);
  }
}

const NO_KEEPER = { real: false as const, why: 'there is none here.' };

/** Puts the data key under a fresh key for paper. @returns the part of the file, and the groups for the paper */
export function wrapForSheet(id: string, key: Uint8Array): { box: SealedBox; groups: string[] } {
  const wrapping = newKey();
  const made = { box: makeBox(wrapping, about(id, 'sheet'), key), groups: sheetOf(wrapping) };
  wrapping.fill(0);
  return made;
}

/** @returns the data key; `wrong` when the passphrase or the sheet is not the one */
export async function unwrapByProof(
  { id, wraps }: SealedBody,
  proof: Exclude<KeyProof, { kind: 'consent' }>,
): Promise<SealedResult<Buffer>> {
  if (proof.kind === 'sheet') {
    const read = readSheet(proof.sheet);
    if (!read.ok) return failed('wrong', sheetProblem(read), 'Compare it with the paper and try again.');
    const opened = openBox(read.key, about(id, 'sheet'), wraps.sheet.box);
    read.key.fill(0);
    if (opened !== null) return done(opened);
    return failed(
      'wrong',
      'This sheet was read without a mistake, but it belongs to another store, or a newer sheet was made since.',
      'Look for the newest sheet of this console: its number is printed on it.',
    );
  }
  const { passphrase } = wraps;
  if (passphrase === null) {
    return failed('wrong', 'This store has no passphrase.', 'Its key lies in the key ring of the desktop.');
  }
  const opened = await underPassphrase(proof.passphrase, passphrase.work, (wrapping) =>
    openBox(wrapping, about(id, 'passphrase'), passphrase.box),
  );
  if (opened !== null) return done(opened);
  return failed(
    'wrong',
    'That is not the passphrase of this store.',
    'Try again, or type the recovery sheet instead.',
  );
}

/** @returns the data key from the key ring of the desktop; `locked` when that does not give it now */
export async function unwrapByKeeper(
  { id, wraps }: SealedBody,
  keeper: KeyKeeper | null,
): Promise<SealedResult<Buffer>> {
  const given = keeper === null ? NO_KEEPER.why : await keeper.read(id);
  if (typeof given === 'string' || given === null) {
    const why = given ?? 'the key ring has no key for it any more.';
    return failed('locked', `The key ring of the desktop was asked: ${why}`, HOW_WITHOUT_RING);
  }
  const opened = wraps.secretService && openBox(given, about(id, 'secret-service'), wraps.secretService.box);
  given.fill(0);
  if (opened) return done(opened);
  return failed('locked', 'The key ring of the desktop gave a key that is not the one.', HOW_WITHOUT_RING);
}

const HOW_WITHOUT_RING = 'Log in to the desktop and unlock its key ring, or type the recovery sheet.';

async function underPassphrase<T>(passphrase: string, work: ScryptWork, use: (key: Buffer) => T): Promise<T> {
  const wrapping = await keyOfPassphrase(passphrase.slice(0, LONGEST_PASSPHRASE), work);
  try {
    return use(wrapping);
  } finally {
    wrapping.fill(0);
  }
}

function sheetProblem(read: Exclude<ReturnType<typeof readSheet>, { ok: true }>): string {
  switch (read.problem) {
    case 'group':
      return `There is a slip in group ${read.group} of the sheet.`;
    case 'too-short':
      return 'The sheet has 14 groups of five characters; that is not all of it.';
    case 'too-long':
      return 'That is more than the 14 groups of five characters that the sheet has.';
    case 'sum':
      return 'Each group reads well, but together they are not a sheet: two may stand in each other’s place.';
  }
}
