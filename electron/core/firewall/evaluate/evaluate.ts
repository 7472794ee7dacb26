import type { Field } from '../fields.ts';
import type { HostContext } from '../host.ts';
import type { Ruleset } from '../model.ts';
import type { Packet, PacketVerdict, PathStep } from '../packet.ts';
import { firstState } from './journey.ts';
import type { Doubt } from './known.ts';
import { mannerIsOpen } from './order.ts';
import { type Node, sameVerdicts, solve, type Verdict } from './solve.ts';

/** Rules looked at for one packet before the answer is that it cannot be told. */
const BUDGET = 500_000;

interface Story {
  readonly path: PathStep[];
  /** The first thing that could not be told and made a difference, with its rule. */
  doubt: { readonly doubt: Doubt; readonly rule: PathStep | null } | null;
  mayPass: string | null;
  because: string | null;
}

/**
 * The way that the path shows where several are possible: one that decides, else one that only may lead there, else the last (the rule
 * does not match).
 */
function chosen(node: Node): number {
  const { stop, children } = node;
  if (stop.kind === 'may') {
    const accepting = children.findIndex((child) => child.verdicts.has('accept'));
    return accepting >= 0 ? accepting : stop.whenQuiet === true ? 0 : 1;
  }
  const uncertain = children.findIndex((child) => child.verdicts.size > 1);
  if (uncertain >= 0) return uncertain;
  const chance = children.findIndex(({ isChance }) => isChance);
  return chance >= 0 ? chance : children.length - 1;
}

function tell(root: Node): Story {
  const story: Story = { path: [], doubt: null, mayPass: null, because: null };
  for (let node = root; ; ) {
    const { stop } = node;
    for (const step of node.trace) story.path.push(step);
    if (stop.kind === 'end') {
      story.because = stop.because;
      return story;
    }
    const matters = !sameVerdicts(node.children);
    const index = chosen(node);
    if (stop.kind === 'may') {
      if (matters) story.mayPass ??= stop.text;
      story.path.push(matters ? { ...stop.rule, outcome: 'may pass' } : stop.rule);
    } else {
      if (stop.rule) story.path.push(stop.rule);
      if (matters) story.doubt ??= { doubt: stop.doubt, rule: stop.rule };
    }
    story.path.push(...(stop.ways[index]?.trace ?? []));
    node = node.children[index] as Node;
  }
}

/** Every field that would have told apart ways that end differently. */
function missingFields(root: Node): Field[] {
  const missing = new Set<Field>();
  const seen = new Set<Node>([root]);
  for (const node of seen) {
    if (node.stop.kind === 'doubt' && !sameVerdicts(node.children))
      for (const field of node.stop.doubt.missing) missing.add(field);
    for (const child of node.children) seen.add(child);
  }
  return [...missing];
}

/** What a reason says when `drop` may as well be `reject`, or the other way about. */
export const MANNER_OPEN =
  ' A chain of the same priority may do so first in another manner: whether its sender is told is not certain.';

function placeOf(step: PathStep): string {
  return step.rule === null
    ? `The policy of chain ${step.chain} in table ${step.table}`
    : `Rule "${step.rule}" in chain ${step.chain} of table ${step.table}`;
}

function unknownReason(story: Story, isTooMuch: boolean): string {
  if (isTooMuch) return 'It cannot be told: the rules lead to more ways than can be followed.';
  if (story.doubt === null) return `It cannot be told: ${story.because ?? 'nothing more is known'}.`;
  const { doubt, rule } = story.doubt;
  return rule?.rule
    ? `Whether rule "${rule.rule}" in chain ${rule.chain} of table ${rule.table} matches cannot be told: ${doubt.why}.`
    : `It cannot be told: ${doubt.why}.`;
}

function reasonOf(verdict: Verdict, story: Story): string {
  if (story.because !== null) return story.because;
  const last = story.path.at(-1);
  if (verdict !== 'accept' && last) return `${placeOf(last)} ${verdict === 'drop' ? 'drops' : 'rejects'} it.`;
  if (story.mayPass !== null) return `It may pass: "${story.mayPass}" lets some packets through.`;
  const accepted = story.path.findLast((step) => step.rule !== null && step.outcome === 'accept');
  if (accepted) return `${placeOf(accepted)} accepts it, and nothing behind it stops it.`;
  return story.path.length === 0 ? 'No chain looks at it.' : 'No rule stops it, and no policy does.';
}

/**
 * What becomes of one packet under a rule set, as the kernel decides it: hook by hook, chain by chain, rule by rule
 * (nft(8), net/netfilter/nf_tables_core.c, net/netfilter/core.c).
 *
 * - A rule that matches only sometimes (a rate limit) is followed both ways: the packet passes if it can pass.
 * - What cannot be told (a field that is not given, a match that is not modelled, a host that is not known) is followed
 *   both ways too; when the ways end differently the verdict is `unknown` and the reason names the rule.
 * - Of chains with equal priority in different tables the order is not known; every order is followed where it matters.
 * - A packet that a mark sends another way (policy routing) keeps the interface that the question gave.
 * @param host UNKNOWN_HOST for a rule set from a file
 * @returns the verdict, every rule on the way that matched or might have, and one sentence why
 */
export function evaluatePacket(ruleset: Ruleset, host: HostContext, packet: Packet): PacketVerdict {
  const question = { ruleset, host, packet, budget: BUDGET };
  const root = solve(question, { kind: 'hook', state: firstState(host, packet) });
  const story = tell(root);
  const [only] = root.verdicts;
  if (ruleset.missing.length > 0)
    return {
      verdict: 'unknown',
      path: story.path,
      reason: `It cannot be told, because a part of the rules was not seen: ${ruleset.missing.join(', ')}.`,
      missing: [],
    };
  if (root.verdicts.size === 1 && only) {
    const last = story.path.at(-1);
    const isOpen = only !== 'accept' && last !== undefined && mannerIsOpen(ruleset, packet.version, last);
    const reason = reasonOf(only, story) + (isOpen ? MANNER_OPEN : '');
    return { verdict: only, path: story.path, reason, missing: [] };
  }
  const stopped = root.verdicts.has('accept') ? '' : ' It does not pass either way.';
  return {
    verdict: 'unknown',
    path: story.path,
    reason: `${unknownReason(story, question.budget < 0)}${stopped}`,
    missing: missingFields(root),
  };
}
