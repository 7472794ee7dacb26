import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeClock, fakeClock } from '#core/console/testing/fake-clock.ts';
import type { KeyKeeper } from '../key-keeper.ts';
import { openSealedStore } from '../open-sealed-store.ts';
import type { SealedDeed, SealedDesk } from '../sealed-desk.ts';
import type { SealedResult } from '../sealed-store.ts';

/** A passphrase for tests. */
export const PASSPHRASE = 'lamp river granite owl seven';

/** A data folder with a sealed store that a test opens, closes and damages. */
export interface SealedLab {
  folder: string;
  file: string;
  clock: FakeClock;
  deeds: SealedDeed[];
  open(keeper?: KeyKeeper | null): Promise<SealedDesk>;
  /** All files of the folder, one behind the other. */
  bytes(): Buffer;
  remove(): void;
}

/** @returns an empty one */
export function sealedLab(): SealedLab {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  chmodSync(folder, 0o700);
  const clock = fakeClock('2026-11-23T08:00:00.000Z');
  const deeds: SealedDeed[] = [];
  return {
    folder,
    file: join(folder, 'sealed.json'),
    clock,
    deeds,
    open: (keeper = null) => openSealedStore({ folder, clock, keeper, tell: (deed) => deeds.push(deed) }),
    bytes: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A key ring in memory: what the Secret Service does when all is well. @param locked says why it gives nothing */
export function memoryKeeper(
  locked: () => string | null = () => null,
): KeyKeeper & { kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  return {
    kept,
    verdict: async () => ({ real: true }),
    keep: async (id, key) => {
      kept.set(id, Buffer.from(key));
      return true;
    },
    read: async (id) => {
      const why = locked();
      const key = kept.get(id);
      return why ?? (key === undefined ? null : Buffer.from(key));
    },
    forget: async (id) => void kept.delete(id),
  };
}

/** @returns the value @throws the failure, for tests that are about something else */
export function good<T>(result: SealedResult<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.kind}: ${result.failure.message}`);
}

/** Every way in which a secret could lie in a file. */
export function formsOf(secret: Buffer): Buffer[] {
  return [
    secret,
    ...(['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(secret.toString(form))),
  ];
}
