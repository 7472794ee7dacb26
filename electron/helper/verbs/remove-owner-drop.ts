import { z } from 'zod';
import { numericId, sha256 } from '#shared/domain/helper/targets.ts';
import { hashOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';
import { type IptablesProgram, restoreLines, rulesOf, savedLines } from './iptables.ts';
import { anyVerb, type Work } from './verb.ts';

const program = z.enum(['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy']);
const before = z.strictObject({
  program,
  uid: numericId,
  /** Where the line stood in OUTPUT, from 1, lowest first. */
  places: z.array(z.int().min(1)).min(1).max(64),
  chain: sha256,
});
const left = z.strictObject({ chain: sha256 });

const ruleOf = (uid: number) => `-A OUTPUT -m owner --uid-owner ${uid} -j DROP`;
const output = (work: Work, which: IptablesProgram) =>
  rulesOf(savedLines(work.machine, which, 'filter'), 'OUTPUT');
const hashed = (rules: readonly string[]) => hashOf(rules.join('\n'));
const inFilter = (lines: readonly string[]) => ['*filter', ...lines, 'COMMIT', ''].join('\n');

/** Takes out the line of mycoSwarm's security model that keeps mDNS blocked (`remove-owner-drop` of the protocol). */
export const removeOwnerDrop = anyVerb<'remove-owner-drop', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'remove-owner-drop',
  firstBack: true,
  before,
  left,
  untilBoot: true,
  target: (action) => `${action.program} OUTPUT ${action.uid}`,
  look: ({ program: which, uid }, work) => {
    const rules = output(work, which);
    const places = rules.flatMap((rule, index) => (rule === ruleOf(uid) ? [index + 1] : []));
    if (places.length === 0) throw new Refused('not-found', `${which} has no line "${ruleOf(uid)}".`);
    return { program: which, uid, places, chain: hashed(rules) };
  },
  perform: (_action, kept, work) => {
    const rule = ruleOf(kept.uid);
    const there = output(work, kept.program).filter((line) => line === rule).length;
    if (there > 0)
      restoreLines(work.machine, kept.program, inFilter(Array(there).fill(rule.replace('-A', '-D'))), false);
    work.machine.pause?.('line-removed');
    return {
      left: { chain: hashed(output(work, kept.program)) },
      already: false,
      notUndone: null,
      output: '',
    };
  },
  differences: (kept, leftThere, work) => {
    const rules = output(work, kept.program);
    const now = hashed(rules);
    if (leftThere === null || now === kept.chain || now === leftThere.chain) return [];
    const words = rules.join('; ').slice(0, 512);
    return [{ path: `${kept.program} OUTPUT`, what: 'rules', left: leftThere.chain, now: words }];
  },
  takeBack: (kept, _left, work) => {
    const rules = output(work, kept.program);
    if (rules.includes(ruleOf(kept.uid))) return 'The line is there.';
    // Lowest place first: each finds those before it in their places again.
    const lines = kept.places.map((place, index) => {
      const at = Math.min(place, rules.length + index + 1);
      return ruleOf(kept.uid).replace('-A OUTPUT', `-I OUTPUT ${at}`);
    });
    restoreLines(work.machine, kept.program, inFilter(lines), false);
    return 'The line is back in its place.';
  },
});
