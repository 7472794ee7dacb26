import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createConsole } from '#core/console/create-console.ts';
import { accountName } from '#core/console/tell-ledger.ts';
import { createLedger } from '#core/ledger/ledger.ts';
import { makeRestoreFolder, sweepClearCopies } from '#core/store/clear-copies.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { openStore } from '#core/store/open-store.ts';
import { OWNER_LOCK, takeOwnership } from '#core/store/ownership.ts';
import { keptFolder } from '#core/store/put-back.ts';
import type { Verification } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { BackupError } from './backup-error.ts';
import type { BackupManifest } from './manifest.ts';
import { syncFolder } from './place-new.ts';
import { unpackBackup } from './read-backup.ts';
import { settleChanges } from './settle-changes.ts';

export interface RestoreRequest {
  file: string;
  passphrase: string;
  /** The data folder that the console is to have; it is made. */
  dataFolder: string;
  /** Keep records that are there already beside the folder, under another name; without this they are a reason to refuse. */
  replace: boolean;
  version: string;
  now: Date;
  onProgress?: ((done: number, all: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface Restored {
  manifest: BackupManifest;
  /** The restored ledger against the checkpoint that the backup was made with. */
  verification: Verification;
  /** Where records that were there before are now; null when there were none. */
  kept: string | null;
  /** It was made on a computer of another name. */
  moved: boolean;
  /** Changes of nodes that were under way when it was made, and of which this console does nothing any more. */
  stopped: number;
}

/**
 * Makes a backup the console of this computer. It is unpacked, opened and verified in a folder of its own beside the place where
 * it shall be, and renamed to it at the very end: until then nothing that is there is touched.
 * @returns what was restored, and what its own check says
 * @throws BackupError, StoreError, AbortError; then everything is as it was
 */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  const folder = prepareDataFolder(request.dataFolder);
  const owner = takeOwnership(folder);
  let staging: string | null = null;
  try {
    await sweepClearCopies(folder, true);
    staging = await makeRestoreFolder(folder);
    const used = (await readdir(folder)).some((name) => name !== OWNER_LOCK);
    if (used && !request.replace) {
      throw new BackupError(
        `There are records in ${folder} already. Nothing was restored.`,
        'Name another folder with --data-dir, or give --replace: they are kept beside it then.',
      );
    }
    const manifest = await unpackBackup({ ...request, folder: staging });
    const moved = manifest.computer !== visible(hostname()).slice(0, 64);
    const verification = await verified(staging, manifest.checkpoint, request.version);
    const stopped = await goOnHere(staging, manifest, request.now);
    request.signal?.throwIfAborted();
    const kept = used ? keptFolder(folder, request.now) : null;
    await takePlace(staging, folder, kept);
    return { manifest, verification, kept, moved, stopped };
  } finally {
    owner.release();
    if (staging !== null) await rm(staging, { recursive: true, force: true });
  }
}

/** Opens the console where it was unpacked, which brings its records to the form of this version, too, and lets it prove itself. */
async function verified(dataFolder: string, checkpoint: string, version: string): Promise<Verification> {
  const consent = { ask: async () => false };
  // Nothing of a backup may act on a node before somebody has opened it as their console.
  const service = await createConsole({
    dataFolder,
    shell: 'command-line',
    version,
    consent,
    recover: false,
  });
  try {
    return await service.activity.checkAgainst({ checkpoint });
  } finally {
    await service.close();
  }
}

/**
 * From here on the ledger goes on at this place; whoever reads it is to know. Changes of nodes do not.
 * @returns how many of these were under way
 */
async function goOnHere(
  dataFolder: string,
  { computer, madeAt }: BackupManifest,
  now: Date,
): Promise<number> {
  const store = await openStore({ dataFolder, thread: false });
  try {
    const who = { shell: 'command-line', user: accountName() } as const;
    const ledger = createLedger({ store, who, now: () => now, changed: () => undefined });
    await ledger.append([{ kind: 'console-restored', where: null, what: { computer, madeAt } }], 'go-on');
    return await settleChanges(store, ledger, madeAt, now);
  } finally {
    await store.close();
  }
}

/**
 * Killed between the two renames it leaves no data folder: who wants one next puts the former back (`putBack`).
 * @param kept where the folder goes when there is something in it that somebody may want back; null for an empty one
 */
async function takePlace(staging: string, folder: string, kept: string | null): Promise<void> {
  if (kept === null) {
    await rm(join(folder, OWNER_LOCK), { force: true });
    await rmdir(folder);
    await rename(staging, folder);
    await syncFolder(dirname(folder));
    return;
  }
  await rename(folder, kept);
  try {
    await rename(staging, folder);
  } catch (error) {
    await rename(kept, folder);
    throw error;
  }
  await syncFolder(dirname(folder));
}
