import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { startTestProgram } from '#core/hosts/testing/test-program.ts';
import { compare, type TortureResult } from './torture-compare.ts';
import { randomFrom, Writer } from './torture-writer.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Hundredths of a second in which the last follower may read nothing until what is missing counts as lost. */
const STILL_TIMES = 6_000;

export interface TortureOptions {
  folder: string;
  kills: number;
  seed: number;
  modes: readonly string[];
  /** Rotated files that are kept. */
  kept?: number;
  /** Arguments of the follower behind log and journal. */
  followerArguments?: readonly string[];
  /** Longest life of a follower in milliseconds. */
  lifeMs?: number;
  /** How many times slower it is written than to a log here. */
  pace?: number;
  /** `performance.now()` after which nothing is killed any more, however many kills are left. */
  until?: number;
}

/** Writes, rotates, and kills the follower again and again; then lets it come to the end, and compares. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { folder, kills, seed, kept = 40, followerArguments = [], lifeMs = 250, pace = 1 } = options;
  const { until = Number.POSITIVE_INFINITY } = options;
  const random = randomFrom(seed);
  const log = `${folder}/torture.log`;
  const journal = `${folder}/journal`;
  const writer = new Writer(log, random, kept, options.modes);
  // As one file it starts in a third of the time: see `scripts/torture-follow.mjs`.
  const program = process.env.FOLLOW_PROGRAM ?? new URL('./torture-follower.ts', import.meta.url).pathname;
  const start = () => startTestProgram(program, [log, journal, ...followerArguments]);
  let stopped = false;
  const pauseMs = () => random() * 12 * pace;
  const size = () => (existsSync(journal) ? statSync(journal).size : 0);
  // A follower that starts slowly on a busy machine must not find that more was rotated away than is kept.
  const progress = () => {
    const text = existsSync(`${journal}.progress`) ? readFileSync(`${journal}.progress`, 'utf8') : '';
    return Number(/^event (\d+) /.exec(text)?.[1] ?? -1);
  };
  const mayRotate = (): boolean => {
    const seen = progress();
    return seen >= 0 && writer.starts.filter((first) => first > seen).length < kept / 2;
  };
  const writing = (async () => {
    while (!stopped) {
      await writer.write();
      if (random() < 0.04 && mayRotate()) writer.rotate();
      await pause(pauseMs());
    }
  })();
  let killed = 0;
  for (; killed < kills && performance.now() < until; killed += 1) {
    const before = size();
    const child = start();
    // The time to start is not the one of interest: it is killed some time after its first commit.
    for (let wait = 0; wait < 2_000 && size() === before && !child.ended(); wait += 1) {
      await pause(5);
    }
    await pause(random() ** 2 * lifeMs);
    if (child.ended()) throw new Error(`the follower ended by itself: ${child.errors()}`);
    await child.kill();
  }
  stopped = true;
  await writing;
  await writer.write();
  const last = start();
  // However slow the machine is: what is not read yet is not lost, as long as it goes on.
  const isThere = async () => {
    let seen = -1;
    for (let still = 0; still < STILL_TIMES && progress() < writer.written - 1; still += 1) {
      if (progress() > seen) still = 0;
      seen = Math.max(seen, progress());
      await pause(10);
    }
  };
  await isThere();
  await pause(1_000);
  // One copy before its eyes: what it presumed to have been renamed before it had ever seen a copy, it tells now.
  const copying = options.modes.find((mode) => mode.startsWith('copytruncate'));
  if (copying) writer.rotate(copying);
  await writer.write();
  await isThere();
  await pause(1_000);
  writer.close();
  await last.kill();
  return compare(
    writer,
    journal,
    killed,
    `${basename(folder)}: ${readdirSync(folder).join(' ')} ${last.errors()}`,
  );
}
