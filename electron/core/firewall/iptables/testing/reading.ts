import type { Condition, Rule, Statement } from '../../model.ts';
import { readSave } from '../read-save.ts';

/** The rules of one chain of a table that holds these lines and a chain `own`; throws when they cannot be read. */
export function rulesOf(
  lines: readonly string[],
  {
    version = 4,
    table = 'filter',
    chain = 'OUTPUT',
  }: { version?: 4 | 6; table?: string; chain?: string } = {},
): readonly Rule[] {
  const text = [
    `*${table}`,
    ':own - [0:0]',
    ...lines.map((line) => `-A ${chain} ${line}`),
    'COMMIT',
    '',
  ].join('\n');
  const read = readSave(text, version, 'nf_tables');
  if (!read.ok) throw new Error(read.error.message);
  return read.tables[0]?.chains.get(chain)?.rules ?? [];
}

function conditionText({ field, values }: Condition): string {
  if (values.kind === 'names') return `${field} ${values.patterns.join(',')}`;
  const ranges = values.intervals
    .map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`))
    .join(',');
  return `${field}${values.mask === null ? '' : `&0x${values.mask.toString(16)}`} ${ranges === '' ? 'none' : ranges}`;
}

/** A statement in few words, for comparing: `not(sport 22 | dport 22)`, `accept`, `mark &0xff ^0x1`. */
export function brief(statement: Statement): string {
  switch (statement.kind) {
    case 'match': {
      const alternatives = statement.alternatives
        .map((all) => all.map(conditionText).join(' & '))
        .join(' | ');
      return statement.negated ? `not(${alternatives})` : alternatives === '' ? 'never' : alternatives;
    }
    case 'verdict':
      return 'chain' in statement.verdict
        ? `${statement.verdict.kind} ${statement.verdict.chain}`
        : statement.verdict.kind;
    case 'setMark': {
      const { change, field } = statement;
      const keep = `${field} &0x${change.keep.toString(16)}`;
      return change.kind === 'value'
        ? `${keep} ^0x${change.value.toString(16)}`
        : `${keep} ^(${change.from} &0x${change.take.toString(16)})`;
    }
    case 'nat':
      return `${statement.type} ${statement.entries.map(({ target }) => `${target.address ?? ''}:${target.port ?? ''}`)}`;
    case 'may':
      return `may ${statement.whenQuiet}`;
    case 'setRoute':
      return `setRoute ${statement.text}`;
    case 'notrack':
      return 'notrack';
    case 'unmodelled':
    case 'unmodelledVerdict':
      return `${statement.kind} ${statement.text}`;
    default:
      return statement.kind;
  }
}
