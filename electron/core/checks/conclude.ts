import type { CheckId } from '#shared/domain/check-id.ts';
import type { Finding, FixStep } from '#shared/domain/finding.ts';
import { shortened, visible, visibleLines } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';
import { type Part, worseFirst } from './part.ts';

/** Limits of the schema in `shared/domain/finding.ts`. */
const MAX_EVIDENCE = 200;
const MAX_STEPS = 32;
const MAX_DECLARED = 64;
/** Raw text per entry, in UTF-16 units: enough to read, bounded against a node that floods. */
const MAX_RAW = 65_536;

/** What the check says when no single part can say it. */
export interface Words {
  /** The sentence when everything is fine. */
  pass: string;
  /** One to three sentences more for each outcome that needs them. */
  detail?: Partial<Record<Finding['status'], string>>;
  /** What would change the verdict, by outcome. */
  wouldChange: { pass: string; otherwise: string };
}

/** Checks of the machine as a whole, whoever runs on it. */
const OF_THE_MACHINE: readonly CheckId[] = ['time-sync', 'os-updates', 'ssh-server', 'disk-encryption'];

/** A doubt for installations that were found and did not fit among those that are looked at: no green speaks for them. */
function omittedParts(check: CheckId, input: CheckInput): Part[] {
  const { omitted = 0, instances } = input.facts.profile;
  if (omitted === 0 || OF_THE_MACHINE.includes(check)) return [];
  return [
    {
      what: `${omitted} more ${omitted === 1 ? 'installation' : 'installations'} of mycoSwarm`,
      seen: `not looked at, besides the ${instances.length} that were`,
      status: 'unknown',
      source: input.facts.subjects.processes.source,
      headline: `There are more installations of mycoSwarm on ${input.nodeName} than are looked at.`,
      wouldHelp: 'end programs that only call themselves mycoswarm, and look again',
    },
  ];
}

/** Declarations are compared exactly, so what is offered is given as it is or not at all. */
const canBeDeclared = ({ value }: { value: string }): boolean => value !== '' && value.length <= 1_024;

function evidenceOf(part: Part): Finding['evidence'][number] {
  const declarables = (part.declarables ?? []).filter(canBeDeclared).slice(0, 64);
  return {
    what: shortened(visible(part.what), 2_048),
    seen: shortened(visible(part.seen), 1_024),
    status: part.status,
    source: shortened(visible(part.source), 512),
    raw: part.raw === undefined || part.raw === null ? null : shortened(visibleLines(part.raw), MAX_RAW),
    ...(part.declarable !== undefined && canBeDeclared(part.declarable)
      ? { declarable: part.declarable }
      : {}),
    ...(declarables.length > 0 ? { declarables } : {}),
  };
}

/** The worst entries when there are too many, in the order in which they were looked at. */
function mostTelling(parts: readonly Part[]): { shown: Part[]; omitted: number } {
  if (parts.length <= MAX_EVIDENCE) return { shown: [...parts], omitted: 0 };
  const kept = new Set(parts.toSorted(worseFirst).slice(0, MAX_EVIDENCE));
  return { shown: parts.filter((part) => kept.has(part)), omitted: parts.length - MAX_EVIDENCE };
}

/** A command is never cut and never changed: one that is too long is left out. */
const MAX_COMMAND = 8_192;
/** Characters of a file that a step writes; one that is longer is left out. */
const MAX_FILE = 16_384;

function boundStep({ text, command, needsRoot, file, undo }: FixStep): FixStep {
  return {
    text: shortened(visible(text), 2_048),
    command: command !== null && command.length <= MAX_COMMAND ? command : null,
    needsRoot,
    // A file is shown as it is written, so nothing of it may be hidden.
    ...(file !== undefined &&
    file.contents.length <= MAX_FILE &&
    visibleLines(file.contents) === file.contents
      ? { file }
      : {}),
    ...(undo !== undefined && undo.length <= MAX_COMMAND ? { undo } : {}),
  };
}

/** Steps as a finding may carry them: each once, visible, within the limits of the schema. */
export function boundSteps(steps: readonly FixStep[]): FixStep[] {
  const seen = new Map<string, FixStep>();
  for (const step of steps) {
    const key = `${step.text}\n${step.command ?? ''}\n${step.undo ?? ''}`;
    if (!seen.has(key)) seen.set(key, boundStep(step));
  }
  return [...seen.values()].slice(0, MAX_STEPS);
}

/**
 * Makes one finding of what a check looked at. A part that must be fixed wins over parts that could not be seen, and
 * those win over parts that are fine; without a single part that decides, the answer is `unknown`, never `pass`.
 * @param check id of the check
 * @param input what the check was given
 * @param looked in the order in which a person would read them
 * @param words sentences for the outcomes that no single part can put into words
 */
export function conclude(check: CheckId, input: CheckInput, looked: readonly Part[], words: Words): Finding {
  const parts = [...looked, ...omittedParts(check, input)];
  const node = visible(input.nodeName);
  const deciding = parts.filter((part) => part.status !== 'not-applicable').toSorted(worseFirst);
  const worst = deciding[0];
  const status = worst?.status ?? 'unknown';
  const unseen = deciding.filter((part) => part.status === 'unknown');
  const detail = [words.detail?.[status] ?? ''];
  if ((status === 'fix' || status === 'review') && unseen.length > 0) {
    detail.push(
      `Besides, ${unseen.length} ${unseen.length === 1 ? 'thing' : 'things'} could not be looked at.`,
    );
  }
  const toRepair = deciding.filter((part) => part.status === 'fix' || part.status === 'review');
  const steps = boundSteps(toRepair.flatMap((part) => part.steps ?? []));
  const summary =
    status === 'pass'
      ? words.pass
      : (worst?.headline ?? `We could not look at everything on ${node} that this takes.`);
  const { shown, omitted } = mostTelling(parts);
  return {
    check,
    status,
    severity: status === 'pass' || status === 'unknown' ? 'info' : (worst?.severity ?? 'medium'),
    summary: shortened(visible(summary), 1_024),
    detail: shortened(visible(detail.filter((sentence) => sentence !== '').join(' ')), 4_096),
    evidence: shown.map(evidenceOf),
    evidenceOmitted: omitted,
    wouldChange: shortened(
      visible(status === 'pass' ? words.wouldChange.pass : words.wouldChange.otherwise),
      1_024,
    ),
    fix: steps,
    wouldHelp:
      status === 'unknown'
        ? shortened(visible(unseen.find((part) => part.wouldHelp)?.wouldHelp ?? 'look again'), 512)
        : null,
    lacking: false,
    declared: [
      ...new Set(
        parts.flatMap((part) =>
          part.declared === undefined ? [] : [shortened(visible(part.declared), 256)],
        ),
      ),
    ].slice(0, MAX_DECLARED),
    observedAt: input.now.toISOString(),
  };
}

/** A finding for a node to which the check does not apply, with the words why. */
export function doesNotApply(
  check: CheckId,
  input: CheckInput,
  summary: string,
  wouldChange: string,
  evidence: readonly Part[] = [],
): Finding {
  return {
    check,
    status: 'not-applicable',
    severity: 'info',
    summary: shortened(visible(summary), 1_024),
    detail: '',
    evidence: evidence.slice(0, MAX_EVIDENCE).map(evidenceOf),
    evidenceOmitted: Math.max(0, evidence.length - MAX_EVIDENCE),
    wouldChange: shortened(visible(wouldChange), 1_024),
    fix: [],
    wouldHelp: null,
    lacking: false,
    declared: [],
    observedAt: input.now.toISOString(),
  };
}
