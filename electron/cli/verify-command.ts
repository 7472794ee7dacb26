import { open, writeFile } from 'node:fs/promises';
import type { ApiClient } from '#core/api/direct-client.ts';
import type { Verification } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { CommandFailure, couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { hasRecords } from './has-records.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import { during, type Terminal } from './terminal.ts';

/** Bytes of a checkpoint, as the contract has it. */
const LONGEST_CHECKPOINT = 16_384;
/** Problems that are written for a person; `--json` has all. */
const MOST_LINES = 20;

export interface VerifyOptions {
  /** File with a checkpoint that was kept elsewhere. */
  checkpoint?: string | undefined;
  /** File that the newest checkpoint is written to, to be kept elsewhere. */
  saveCheckpoint?: string | undefined;
  /** Reason for going on with a new key, when the former one is gone. */
  newKey?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep verify`: proves the whole ledger, against this console's own checkpoint or one that was kept elsewhere.
 * @returns 0 when everything is as it was recorded, 1 when something is not
 * @throws CommandFailure when it could not be verified: no records, a file that cannot be read or is no checkpoint
 */
export async function verify(place: Place, options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const { checkpoint, saveCheckpoint, newKey, json } = options;
  if (newKey !== undefined && newKey.trim() === '') throw usage('Say in a few words why there is a new key.');
  if (!hasRecords(place.dataFolder)) {
    throw couldNot(
      `There are no records in ${visible(place.dataFolder)}, so there is nothing to verify.`,
      'If there were some, they are gone. Another folder is named with --data-dir.',
    );
  }
  const elsewhere = checkpoint === undefined ? null : await readCheckpointFile(checkpoint);
  const open = await openConsole({ ...place, terminal });
  try {
    if (newKey !== undefined) await open.client.activity.replaceKey({ reason: newKey });
    const report = await during(terminal, 'Verifying …', () =>
      elsewhere === null
        ? open.client.activity.verify()
        : open.client.activity.checkAgainst({ checkpoint: elsewhere }),
    );
    const saved = saveCheckpoint === undefined ? null : await save(open.client, report, saveCheckpoint);
    if (json) terminal.out.write(asJson(saved === null ? report : { ...report, checkpointSaved: saved }));
    else print(report, saved, terminal);
    return report.verified ? EXIT.fine : EXIT.found;
  } finally {
    await open.close();
  }
}

function print(report: Verification, saved: string | null, terminal: Terminal): void {
  const { problems } = report;
  const lines = problems.slice(0, MOST_LINES).map((problem) => `  ${problem.message}`);
  const left = problems.length - MOST_LINES;
  if (left > 0) lines.push(`  and ${left === 80 ? 'at least ' : ''}${left} more; --json has them`);
  terminal.out.write(`${[report.sentence, ...lines].map(visible).join('\n')}\n`);
  if (saved !== null) {
    terminal.error.write(
      `The checkpoint was written to ${visible(saved)}. Keep it where this computer cannot change it.\n`,
    );
  }
}

/** What is not whole must not become what later is compared with. */
async function save(client: ApiClient, report: Verification, file: string): Promise<string> {
  if (!report.verified) {
    throw new CommandFailure(
      EXIT.found,
      report.sentence,
      'No checkpoint was written: only a ledger that is whole gets one.',
    );
  }
  const { text } = await client.activity.checkpoint();
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o644, flush: true });
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw couldNot(
      there ? `${file} is there already, and was left as it is.` : `${file} could not be written.`,
      'Choose another name.',
    );
  }
  return file;
}

async function readCheckpointFile(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat();
      if (!stats.isFile() || stats.size > LONGEST_CHECKPOINT) throw couldNot(`${file} is no checkpoint.`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw couldNot(`${file} could not be read.`, 'Give the file that was saved with --save-checkpoint.');
  }
}
