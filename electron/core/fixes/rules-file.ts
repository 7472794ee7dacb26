import type { PlanStep } from '#shared/domain/plan.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { afterUndo, makeDirectory, step, typed, writeFile } from './steps.ts';

const FOLDER = '/etc/nftables.d';

/** A table of Swarmkeep's own, the file that it is loaded from, and the unit that loads it. */
export interface RulesFile {
  rules: string;
  /** Name of the unit. */
  unit: string;
  table: string;
  text: readonly string[];
  unitText: readonly string[];
  /** What it is about: `the account of the agent`. */
  words: string;
  /** When what survives a reboot is written. */
  phase: PlanStep['phase'];
}

const unitFile = (unit: string) => `/etc/systemd/system/${unit}`;
const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** What has to be known before such a table is loaded. */
export function rulesNeeds({ rules, unit }: Pick<RulesFile, 'rules' | 'unit'>): Needed[] {
  return [
    { path: FOLDER, kind: 'directory' },
    { path: rules, kind: 'file' },
    { path: unitFile(unit), kind: 'file' },
  ];
}

/**
 * Loads a table now, and by a unit at every start. When it is taken back the unit is switched off and the table goes; where
 * there was an older one, the unit loads that again.
 */
export function rulesSteps(input: FixInput, file: RulesFile): PlanStep[] {
  const { rules, unit, table, words, phase } = file;
  const text = textOf(file.text);
  return [
    afterUndo(input, { rereadUnits: true, units: [{ unit, action: 'reload' }] }),
    step(
      input,
      `Load the table for ${words} now`,
      { verb: 'load-table', table: { family: 'inet', name: table }, text },
      {
        kind: 'file',
        path: rules,
        before: null,
        after: text,
        attributes: 'loaded with nft -f, as one transaction',
      },
      { undo: `The table inet ${table} is taken away; other tables were never touched.` },
    ),
    ...makeDirectory(input, 'Make a folder for rules of your own', { path: FOLDER }, { phase }),
    ...writeFile(
      input,
      'Write the same table where it is loaded from at every start',
      { path: rules, text },
      { phase },
    ),
    ...writeFile(
      input,
      'Write a unit that loads it at every start, and again when nftables.service erased it',
      { path: unitFile(unit), text: textOf(file.unitText) },
      { phase },
    ),
    step(
      input,
      phase === 'now' ? 'Switch that unit on, now and at every start' : 'Switch that unit on for every start',
      { verb: 'set-unit', unit, enabled: true, action: 'start', reread: true },
      typed('systemctl', 'enable', '--now', '--', unit),
      { phase, undo: 'The unit is switched off again, or left as it was.' },
    ),
  ];
}
