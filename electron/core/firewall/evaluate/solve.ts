import type { PathStep } from '../packet.ts';
import type { Question } from './question.ts';
import { type Ending, type Spot, type Step, type Stop, spotKey } from './spot.ts';
import { walk } from './walk.ts';

/** One part of a packet's way without a choice, and where it leads. */
export interface Node {
  readonly trace: readonly PathStep[];
  readonly stop: Stop;
  /** For each way of the stop, what lies at its end. */
  readonly children: readonly Node[];
  /** Every verdict that may be the true one, given what is not known. One: it is certain. */
  readonly verdicts: ReadonlySet<Verdict>;
  /** Whether a rule that matches only sometimes makes a difference on a way from here. */
  readonly isChance: boolean;
}

export type Verdict = Exclude<Ending, 'unknown'>;

const ALL: ReadonlySet<Verdict> = new Set(['accept', 'drop', 'reject']);

function endingOf(outcome: Ending): ReadonlySet<Verdict> {
  return outcome === 'unknown' ? ALL : new Set([outcome]);
}

/**
 * What becomes of a packet of which both ways really happen: it passes when either lets it pass. Stopped both ways, it is as when
 * nothing else flows.
 */
function happier(passes: Verdict, not: Verdict, whenQuiet: boolean | null): Verdict {
  if (passes === 'accept' || not === 'accept') return 'accept';
  if (whenQuiet === null) return passes === 'reject' ? passes : not;
  return whenQuiet ? passes : not;
}

function verdictsOf(stop: Stop, children: readonly Node[]): ReadonlySet<Verdict> {
  if (stop.kind === 'end') return endingOf(stop.outcome);
  const verdicts = new Set<Verdict>();
  const [first, second] = children;
  if (stop.kind === 'may' && first && second) {
    for (const passes of first.verdicts)
      for (const not of second.verdicts) verdicts.add(happier(passes, not, stop.whenQuiet));
  } else for (const child of children) for (const verdict of child.verdicts) verdicts.add(verdict);
  return verdicts;
}

/** Whether ways end in the same verdicts. */
export function sameVerdicts(nodes: readonly Node[]): boolean {
  return new Set(nodes.map((node) => [...node.verdicts].sort().join())).size <= 1;
}

/** To part ways costs the more the more is known of the spot: so many characters of its key count for one rule. */
const CHARACTERS = 16;

interface Open {
  readonly key: string;
  readonly trace: readonly PathStep[];
  readonly stop: Stop;
  readonly ways: readonly Step[];
  readonly children: Node[];
}

/**
 * Everything that can become of a packet. Ways that part and come together again (the same place in the same state) are followed
 * once, so the work grows with the number of rules and not with the number of ways.
 */
export function solve(question: Question, start: Spot): Node {
  const done = new Map<string, Node>();
  const running = new Set<string>();
  const open = (spot: Spot, key: string): Open => {
    running.add(key);
    question.budget -= key.length / CHARACTERS;
    const { trace, stop } = walk(question, spot);
    return { key, trace, stop, ways: stop.kind === 'end' ? [] : stop.ways, children: [] };
  };
  const stack = [open(start, spotKey(start))];
  for (;;) {
    const top = stack.at(-1) as Open;
    const way = top.ways[top.children.length];
    if (way) {
      const key = spotKey(way.spot);
      const known = done.get(key);
      // A circle of jumps: the kernel refuses it, so no verdict can be told.
      if (known || running.has(key)) top.children.push(known ?? CIRCLE);
      else stack.push(open(way.spot, key));
      continue;
    }
    const node: Node = {
      trace: top.trace,
      stop: top.stop,
      children: top.children,
      verdicts: verdictsOf(top.stop, top.children),
      isChance:
        (top.stop.kind === 'may' && !sameVerdicts(top.children)) ||
        top.children.some(({ isChance }) => isChance),
    };
    stack.pop();
    running.delete(top.key);
    done.set(top.key, node);
    const parent = stack.at(-1);
    if (!parent) return node;
    parent.children.push(node);
  }
}

const CIRCLE: Node = {
  trace: [],
  stop: { kind: 'end', outcome: 'unknown', because: 'the rules jump in a circle' },
  children: [],
  verdicts: ALL,
  isChance: false,
};
