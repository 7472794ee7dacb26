import { z } from 'zod';
import { unitName } from '#shared/domain/helper/targets.ts';
import { findProgram } from '../run/run-program.ts';
import { loadAuditFiles } from './audit-rules.ts';
import { needSystemd, systemctl, unitState } from './systemctl.ts';
import { anyVerb } from './verb.ts';

const before = z.strictObject({
  rereadUnits: z.boolean(),
  loadAuditRules: z.boolean(),
  units: z.array(z.strictObject({ unit: unitName, action: z.enum(['restart', 'reload']) })).max(8),
});
const left = z.strictObject({});

/** Brings into force what is there once everything after it was taken back (`after-undo` of the protocol). */
export const afterUndo = anyVerb<'after-undo', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'after-undo',
  before,
  left,
  target: () => 'what is in force after undo',
  look: ({ rereadUnits, loadAuditRules, units }, { machine }) => {
    if (rereadUnits || units.length > 0) needSystemd(machine);
    return { rereadUnits, loadAuditRules, units };
  },
  perform: () => ({ left: {}, already: false, notUndone: null, output: '' }),
  differences: () => [],
  takeBack: (kept, _left, { machine }) => {
    const words: string[] = [];
    if (kept.rereadUnits) systemctl(machine, 'daemon-reload');
    // What is started later at boot, starts with what is there then.
    if (machine.booting) return '';
    // The package that brought the rules can be gone by now, and the rules with it.
    if (kept.loadAuditRules && findProgram(machine, 'augenrules') !== null)
      words.push(loadAuditFiles(machine));
    for (const { unit, action } of kept.units) {
      if (unitState(machine, unit).active !== 'active') continue;
      systemctl(machine, action, '--', unit);
      words.push(`${unit}: ${action}.`);
    }
    return words.join('\n');
  },
});
