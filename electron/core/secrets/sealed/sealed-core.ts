import type { Clock } from '#core/console/clock.ts';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import { done, locked, notSetUp } from './failures.ts';
import { createKeyHolder, type KeyHolder } from './key-holder.ts';
import type { KeyKeeper } from './key-keeper.ts';
import { unwrapByKeeper } from './key-wraps.ts';
import type { TellDeed } from './sealed-desk.ts';
import { readSealed, type SealedBody, sealedFile, writeSealed } from './sealed-file.ts';
import type { SealedFailure, SealedResult } from './sealed-store.ts';

/** How long nothing may be asked of an open store before it locks itself, in milliseconds. */
export const IDLE_MS = 15 * 60_000;

export interface SealedOptions {
  /** The prepared data folder, owned by this process. */
  folder: string;
  clock: Clock;
  /** The key ring of the desktop; null where there is none. */
  keeper: KeyKeeper | null;
  tell: TellDeed;
  idleMs?: number;
}

/** What both halves of the store work with: the file, the key, and one thing after the other. */
export interface SealedCore {
  readonly options: SealedOptions;
  readonly file: string;
  readonly holder: KeyHolder;
  state(): SealedState;
  onState(listener: (state: SealedState) => void): () => void;
  /** Tells everybody how it stands now. */
  changed(): void;
  /** Does one thing after the other, with the file as it is; nothing wipes the key meanwhile. */
  inTurn<T>(work: () => Promise<SealedResult<T>>): Promise<SealedResult<T>>;
  /** @returns what is on the disk, or why it cannot be used */
  present(): SealedResult<SealedBody>;
  /** Writes the file; what was there stays when that fails. */
  keep(body: SealedBody): Promise<SealedResult<null>>;
  /** @returns the store with its key; a key that the desktop keeps is fetched here. Only within a turn. */
  opened(): Promise<SealedResult<{ body: SealedBody; key: Buffer }>>;
  close(): Promise<void>;
}

/** Reads the file; what is wrong with it is a state, not an error. */
export async function createSealedCore(options: SealedOptions): Promise<SealedCore> {
  const file = sealedFile(options.folder);
  const listeners = new Set<(state: SealedState) => void>();
  let loaded = await load(file);
  /** Why the key ring did not give the key when it was asked last. */
  let why: string | null = null;
  let closed = false;
  let tail: Promise<unknown> = Promise.resolve();

  const core: SealedCore = {
    options,
    file,
    holder: createKeyHolder(options.clock, options.idleMs ?? IDLE_MS, () => core.changed()),
    state() {
      const { body, failure } = loaded;
      const is = failure ? 'damaged' : body === null ? 'not-set-up' : core.holder.key() ? 'open' : 'locked';
      return {
        is,
        keyPlace: body?.wraps.keyPlace ?? null,
        setUpAt: body?.setUpAt ?? null,
        sheetConfirmedAt: body?.wraps.sheet.confirmedAt ?? null,
        sheetMadeAt: body?.wraps.sheet.madeAt ?? null,
        secrets: body === null ? 0 : Object.keys(body.secrets).length,
        locksAt: is === 'open' ? (core.holder.locksAt()?.toISOString() ?? null) : null,
        why: failure?.message ?? (is === 'locked' ? why : null),
      };
    },
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed() {
      const state = core.state();
      for (const listener of listeners) listener(state);
    },
    inTurn(work) {
      const result = tail.then(async () => {
        // Whoever put the file back need not start the console anew.
        if (loaded.failure !== null) loaded = await load(file);
        return work();
      });
      tail = result.catch(() => undefined);
      return result;
    },
    present() {
      if (loaded.failure !== null) return { ok: false, failure: loaded.failure };
      return loaded.body === null ? notSetUp() : done(loaded.body);
    },
    async keep(body) {
      const written = await writeSealed(file, body);
      if (written.ok) loaded = { body, failure: null };
      return written;
    },
    async opened() {
      const body = core.present();
      if (!body.ok) return body;
      const held = core.holder.use();
      if (held !== null) return done({ body: body.value, key: held });
      if (closed || body.value.wraps.keyPlace === 'passphrase') return locked(null);
      const key = await unwrapByKeeper(body.value, options.keeper);
      why = key.ok ? null : key.failure.message;
      if (key.ok) core.holder.take(key.value);
      core.changed();
      return key.ok ? done({ body: body.value, key: key.value }) : key;
    },
    async close() {
      closed = true;
      listeners.clear();
      await core.inTurn(async () => {
        core.holder.forget();
        return done(null);
      });
    },
  };
  return core;
}

async function load(file: string): Promise<{ body: SealedBody | null; failure: SealedFailure | null }> {
  const read = await readSealed(file);
  return read.ok ? { body: read.value, failure: null } : { body: null, failure: read.failure };
}
