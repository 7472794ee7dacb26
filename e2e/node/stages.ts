import { Home } from './home.ts';
import { say } from './operator.ts';

/** One part of a long test, by its name. */
export type Stages = Readonly<Record<string, (home: Home) => Promise<void>>>;

/**
 * Go through the stages in their order. For whoever mends something that comes late: with SWARMKEEP_NODE_STAGES the
 * node and the console are kept in that folder (gigabytes) before every stage, with SWARMKEEP_NODE_FROM the test begins
 * with the stage of that name, and with SWARMKEEP_NODE_TO it ends after that one. SWARMKEEP_NODE_WITHOUT names stages that are
 * left out, with commas between.
 */
export async function goThrough(stages: Stages, opened: (home: Home) => void): Promise<void> {
  const { SWARMKEEP_NODE_STAGES: folder, SWARMKEEP_NODE_FROM: from, SWARMKEEP_NODE_TO: to } = process.env;
  const without = new Set((process.env.SWARMKEEP_NODE_WITHOUT ?? '').split(',').map((name) => name.trim()));
  const names = Object.keys(stages).filter((name) => !without.has(name));
  const first = from === undefined ? 0 : names.indexOf(from);
  if (first < 0 || (first > 0 && !folder)) throw new Error(`There is no stage ${from} to begin with.`);
  const last = to === undefined ? names.length - 1 : names.indexOf(to);
  if (last < first) throw new Error(`There is no stage ${to} to end with.`);
  const home = first > 0 && folder ? await Home.back(folder, names[first] ?? '') : await Home.make();
  opened(home);
  for (const [number, name] of names.entries()) {
    if (number < first || number > last) continue;
    if (folder && number > first) await home.keep(folder, name);
    const began = Date.now();
    say(`== ${name}`);
    await stages[name]?.(home);
    say(`== ${name}: ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  }
}
