import { z } from 'zod';
import { sha256 } from '#shared/domain/helper/targets.ts';
import { type EntryState, entryState } from '../entry/entry-state.ts';
import { folderTime, setFolderTime } from '../entry/folder-time.ts';
import {
  entryDifferences,
  keepEntry,
  keptEntry,
  restoreEntry,
  takeAway,
  withHeld,
} from '../entry/kept-entry.ts';
import { readEntry } from '../entry/read-entry.ts';
import type { Machine } from '../machine.ts';
import { hashOf } from '../record/step-record.ts';
import { listAuditRules, loadAuditFiles, needAudit, restoreAuditRules } from './audit-rules.ts';
import { anyVerb, type Work } from './verb.ts';

/** What augenrules(8) writes from the files below rules.d. */
const COMPILED = '/etc/audit/audit.rules';
const PREVIOUS = '/etc/audit/audit.rules.prev';

const before = z.strictObject({
  compiled: keptEntry,
  /** Whether the copy that augenrules makes was there. */
  hadPrevious: z.boolean(),
  /** SHA-256 of the kernel's rules, kept as `rules`. */
  rules: sha256,
});
const left = z.strictObject({ rules: sha256, state: entryState, folderTime: z.string().max(32) });

const previousThere = (work: Work) =>
  withHeld(work, PREVIOUS, (held) => readEntry(work.machine, held, false).state.kind !== 'absent');

/** Whether the kernel has these rules; where nobody can ask it, it does not. */
function areInForce(machine: Machine, rules: string | undefined): boolean {
  try {
    return hashOf(`${listAuditRules(machine)}\n`) === rules;
  } catch {
    return false;
  }
}

/** Loads the audit rules below /etc/audit/rules.d (`load-audit-rules` of the protocol). */
export const loadAuditRules = anyVerb<'load-audit-rules', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'load-audit-rules',
  before,
  left,
  target: () => '/etc/audit/rules.d',
  look: (_action, work) => {
    needAudit(work.machine);
    const compiled = withHeld(work, COMPILED, (held) => keepEntry(work, held, COMPILED, { kind: 'any' }));
    const rules = work.record.keep('rules', Buffer.from(`${listAuditRules(work.machine)}\n`, 'utf8'));
    return { compiled, hadPrevious: previousThere(work), rules };
  },
  perform: (_action, _kept, work) => {
    const output = loadAuditFiles(work.machine);
    work.machine.pause?.('rules-loaded');
    const found = withHeld(work, COMPILED, (held): { state: EntryState; folderTime: string } => ({
      state: readEntry(work.machine, held, true).state,
      folderTime: folderTime(held),
    }));
    const rules = hashOf(`${listAuditRules(work.machine)}\n`);
    return { left: { rules, ...found }, already: false, notUndone: null, output };
  },
  differences: (kept, leftThere, work) => {
    // The kernel's rules are gone with the boot; the files are not.
    if (work.machine.booting) return entryDifferences(work, kept.compiled, leftThere);
    const now = hashOf(`${listAuditRules(work.machine)}\n`);
    if (leftThere === null || work.record.marked('undoing') !== null) return [];
    const files = entryDifferences(work, kept.compiled, leftThere);
    if (now === kept.rules || now === leftThere.rules) return files;
    return [...files, { path: 'audit rules', what: 'rules', left: leftThere.rules, now }];
  },
  takeBack: (kept, leftThere, work) => {
    const words = restoreEntry(work, kept.compiled, leftThere);
    if (!kept.hadPrevious)
      withHeld(work, PREVIOUS, (held) => {
        const time = folderTime(held);
        takeAway(work, held);
        if (time === kept.compiled.folderTime) setFolderTime(work.machine, held, time);
      });
    // What reads the files at boot may have loaded them again.
    if (work.machine.booting && !areInForce(work.machine, leftThere?.rules)) return words;
    work.record.kept('rules', kept.rules);
    restoreAuditRules(work.machine, `${work.record.folder}/rules`);
    return `${words} The kernel has the audit rules that it had.`;
  },
});
