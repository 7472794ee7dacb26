import type { HookedChain } from '../hooks.ts';
import type { Condition, Rule, Verdict } from '../model.ts';
import type { PathStep } from '../packet.ts';
import { candidatePlaces } from './element-index.ts';
import { type Look, matchAnswer } from './match.ts';
import { pathStep, type Question, unknownEnd } from './question.ts';
import { type Outcome, runStatement, type Way } from './rule.ts';
import { currentChain, type Frame, type Spot, type Step, type Stop } from './spot.ts';

/** NFT_JUMP_STACK_SIZE; legacy iptables has room for as many returns as the table has chains. */
const DEEPEST_JUMP = 16;
/** A rule that leads elsewhere counts for so many that only match or not. */
const JUMP_COST = 10;

type RuleSpot = Spot & { kind: 'rule' };

/** A chain is left at its end or by `return`: back behind the jump, or the policy of the base chain. */
function leaveChain(spot: RuleSpot, hooked: HookedChain, trace: PathStep[]): Spot {
  const { frame, order, at, state } = spot;
  if (frame.back) return { ...spot, frame: frame.back.frame, index: frame.back.index, statement: 0 };
  const { policy } = hooked.base;
  trace.push(pathStep(hooked, hooked.chain.name, state.hook, null, `policy ${policy}`));
  if (policy === 'drop') return { kind: 'end', outcome: 'drop', because: null };
  return { kind: 'chain', order, at: at + 1, state };
}

function enterJump(spot: RuleSpot, name: string, isGoto: boolean): Spot {
  const { table, chain: from, back, depth } = spot.frame;
  const chain = table.chains.get(name);
  if (!chain)
    return { kind: 'end', outcome: 'unknown', because: `chain ${name} of table ${table.name} is not there` };
  const deepest = table.source.backend === 'legacy' ? table.chains.size : DEEPEST_JUMP;
  if (!isGoto && depth >= deepest)
    return {
      kind: 'end',
      outcome: 'unknown',
      because: `jumps in chain ${from.name} go deeper than the kernel lets them`,
    };
  const frame: Frame = isGoto
    ? { table, chain, back, depth }
    : { table, chain, back: { frame: spot.frame, index: spot.index + 1 }, depth: depth + 1 };
  return { ...spot, frame, index: 0, statement: 0 };
}

function obey(spot: RuleSpot, verdict: Verdict, hooked: HookedChain, trace: PathStep[]): Spot {
  const { order, at, state } = spot;
  switch (verdict.kind) {
    case 'accept':
      return { kind: 'chain', order, at: at + 1, state };
    case 'drop':
    case 'reject':
      return { kind: 'end', outcome: verdict.kind, because: null };
    case 'return':
      return leaveChain(spot, hooked, trace);
    // The loop over the expressions of a rule ends at every verdict but this one (nf_tables_core.c, nft_do_chain).
    case 'continue':
      return { ...spot, statement: spot.statement + 1 };
    case 'jump':
    case 'goto':
      return enterJump(spot, verdict.chain, verdict.kind === 'goto');
  }
}

/** Where one way on from a statement leads. */
function take(spot: RuleSpot, rule: Rule, hooked: HookedChain, way: Way): Step {
  const trace: PathStep[] = [];
  const chain = spot.frame.chain.name;
  const { state, goes, note } = way;
  if (note !== null) trace.push(pathStep(hooked, chain, spot.state.hook, rule, note));
  const here: RuleSpot = { ...spot, state };
  switch (goes.kind) {
    case 'nextRule':
      return { spot: { ...here, index: spot.index + 1, statement: 0 }, trace };
    case 'statement':
      return { spot: { ...here, statement: goes.index }, trace };
    case 'natDone':
      return { spot: { kind: 'chain', order: spot.order, at: spot.at + 1, state }, trace };
    case 'verdict':
      return { spot: obey(here, goes.verdict, hooked, trace), trace };
  }
}

function stopAt(spot: RuleSpot, rule: Rule, hooked: HookedChain, outcome: Outcome): Step | Stop {
  const seen = (text: string) => pathStep(hooked, spot.frame.chain.name, spot.state.hook, rule, text);
  switch (outcome.kind) {
    case 'way':
      return take(spot, rule, hooked, outcome.way);
    case 'doubt':
      return {
        kind: 'doubt',
        ways: outcome.ways.map((way) => take(spot, rule, hooked, way)),
        doubt: outcome.doubt,
        rule: seen('cannot tell'),
      };
    case 'may':
      return {
        kind: 'may',
        ways: [take(spot, rule, hooked, outcome.passes), take(spot, rule, hooked, outcome.not)],
        whenQuiet: outcome.whenQuiet,
        rule: seen('may match'),
        text: outcome.text,
      };
    case 'unknown':
      return unknownEnd(outcome.why);
  }
}

/** What a rule asks first, before it does anything: where one of these does not hold the rule does nothing. */
function firstConditions({ statements }: Rule): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'match' || statement.negated || statement.alternatives.length !== 1) break;
    conditions.push(...(statement.alternatives[0] ?? []));
  }
  return conditions;
}

/** Which rule comes next, at `index` or behind: the next one, or in a long chain the next that can match at all. */
function nextRule(places: readonly number[] | null, index: number, end: number): number {
  if (places === null) return index;
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < index) low = middle + 1;
    else high = middle;
  }
  return places[low] ?? end;
}

/**
 * Runs rules for a packet until it leaves the base chain or ways part. Matches that hold or not are most of the work, so they
 * are told here; everything else is a statement of rule.ts.
 */
export function runRules(question: Question, start: RuleSpot, look: Look, trace: PathStep[]): Spot | Stop {
  const hooked = currentChain(start) as HookedChain;
  const { rules } = start.frame.chain;
  const places = candidatePlaces(rules, firstConditions, look);
  let { index, statement } = start;
  for (;;) {
    if (statement === 0) index = nextRule(places, index, rules.length);
    const rule = rules[index];
    if (!rule) return leaveChain({ ...start, index, statement }, hooked, trace);
    question.budget -= 1;
    if (question.budget < 0) return unknownEnd('the rules lead to more ways than can be followed');
    const current = rule.statements[statement];
    if (!current) {
      if (isNoteless(rule))
        trace.push(pathStep(hooked, start.frame.chain.name, start.state.hook, rule, 'goes on'));
      index += 1;
      statement = 0;
      continue;
    }
    const answer =
      current.kind === 'match'
        ? matchAnswer(current.alternatives, current.negated, look)
        : current.kind === 'unmodelled' && current.holdsPlainly
          ? 'yes'
          : null;
    if (answer === 'yes') statement += 1;
    else if (answer === 'no') {
      index += 1;
      statement = 0;
    } else return runOne(question, { ...start, index, statement }, rule, hooked, look, trace);
  }
}

/** A statement that does something, or of which it cannot be told whether it matches. */
function runOne(
  question: Question,
  spot: RuleSpot,
  rule: Rule,
  hooked: HookedChain,
  look: Look,
  trace: PathStep[],
): Spot | Stop {
  const context = { host: question.host, packet: question.packet, table: spot.frame.table };
  const next = stopAt(spot, rule, hooked, runStatement(context, rule, spot.statement, spot.state, look));
  if (!('spot' in next)) {
    if (next.kind === 'end')
      trace.push(pathStep(hooked, spot.frame.chain.name, spot.state.hook, rule, 'cannot tell'));
    return next;
  }
  for (const step of next.trace) trace.push(step);
  // A circle of gotos never ends by itself.
  question.budget -= JUMP_COST;
  return next.spot;
}

/** A rule that only matches (and counts, or logs) says nothing else in the path. */
function isNoteless(rule: Rule): boolean {
  return rule.statements.every(({ kind }) => kind === 'match' || kind === 'may' || kind === 'unmodelled');
}
