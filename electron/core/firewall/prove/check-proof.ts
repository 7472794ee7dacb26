import { createHash } from 'node:crypto';
import type * as model from '../model.ts';
import type { Proof } from './proof.ts';

type Numbers = readonly (readonly [bigint, bigint])[];
type Answer = 0 | 1 | 2; // For no packet; for some, or it is not known; for every packet.
/** Marks that packets may have, none without packets; with UNKNOWN any, besides the interface and what unknown rules change. */
type Flow = readonly bigint[];
type Ends = Record<'accept' | 'return' | 'continue' | 'nextRule', Flow>;
type Base = { table: model.Table; chain: model.Chain; base: model.BaseChain; order: number; depth: number };
type Part = { box: Record<string, Numbers>; rules: Map<model.Chain, readonly model.Rule[]>; size: number };
const all = (answers: readonly Answer[]): Answer => (answers.includes(0) ? 0 : answers.includes(1) ? 1 : 2);
const any = (answers: readonly Answer[]): Answer => (answers.includes(2) ? 2 : answers.includes(1) ? 1 : 0);
const join = (a: Flow, b: Flow): Flow => (a.length + b.length > 20 ? [UNKNOWN] : [...new Set([...a, ...b])]);
const just = (...values: (bigint | number)[]): Numbers => values.map((one) => [BigInt(one), BigInt(one)]);
const [ICMP, PORTS, UNKNOWN, BEHIND] = [just(1, 58), just(6, 17, 33, 132, 136), -1n, 1e10];
function cut(set: Numbers, by: Numbers): [inside: Numbers, outside: Numbers] {
  const parts: [[bigint, bigint][], [bigint, bigint][]] = [[], []];
  for (const [low, high] of set) {
    let [at, end, next] = [0, by.length, low];
    for (let middle = end >> 1; at < end; middle = (at + end) >> 1)
      [at, end] = (by[middle]?.[1] ?? 0n) < low ? [middle + 1, end] : [at, middle];
    for (let one = by[at]; one && one[0] <= high; at += 1, one = by[at]) {
      const [isLater, isLonger] = [one[0] > next, one[1] > high];
      if (isLater) parts[1].push([next, one[0] - 1n]);
      parts[0].push([isLater ? one[0] : next, isLonger ? high : one[1]]);
      next = one[1] + 1n;
    }
    if (next <= high) parts[1].push([next, high]);
  }
  return parts;
}
function relate(some: Numbers | undefined, set: Numbers): Answer {
  const [inside, outside] = some ? cut(some, set) : [[0], [0]];
  return inside.length === 0 ? 0 : outside.length === 0 ? 2 : 1;
}
const changed = (mark: bigint, { change }: { change: model.MarkChange }): bigint =>
  mark === UNKNOWN || change.kind === 'copy' ? UNKNOWN : (mark & change.keep) ^ change.value;
function ordered(list: readonly (readonly [string, string])[]): Numbers {
  const set = list.map(([low, high]) => [BigInt(low), BigInt(high)] as const);
  if (!set.some(([low, high], at) => low > high || low <= (set[at - 1]?.[1] ?? -1n))) return set;
  throw new Error('a set is not in order');
}
/**
 * Checks that a proof (of the right shape: `readProof`) holds for a rule set: its regions are all packets of its question, and whichever
 * way a packet takes, a rule or policy that its region names stops it. Throws why it does not, or that `until` (performance.now()) is over.
 */
export function checkProof(ruleset: model.Ruleset, proof: Proof, until = Number.POSITIVE_INFINITY): void {
  const { version, direction, names, exceptInterfaces } = proof.question;
  const flat = (one: unknown) => (one instanceof Map ? [...one.values()] : one);
  const text = JSON.stringify(ruleset, (_, one) => (typeof one === 'bigint' ? `${one}n` : flat(one)));
  const digest = createHash('sha256').update(text).digest('hex');
  if (digest !== proof.ruleset || ruleset.missing.length > 0) throw new Error('it is about other rules');
  if (direction !== 'out') throw new Error('it is not about what goes out');
  if (!names.includes('') || !names.includes(' …')) throw new Error('there are interfaces without a name');
  const [hasUnknown, hasNotrack] = [text.includes('"unmodelledVerdict"'), /"(notrack|zone)"/.test(text)];
  const hasMarks = hasUnknown || /"kind":"(set|map)/.test(text);
  let part: Part = { box: {}, rules: new Map(), size: 0 };
  let [named, steps, held, results] = [new Set<string>(), 0, 0, new Map<model.Chain, Map<string, Ends>>()];
  /** Rules and policies that the region does not name stop nothing, nor does a chain of type nat: what has no connection passes it. */
  const stops = ({ table: { family, name }, chain, base }: Base, rule: model.Rule | null) =>
    base.type !== 'nat' && named.has(JSON.stringify([`${family} ${name}`, chain.name, rule?.id, rule?.text]));
  const places = (is: (name: string) => boolean) => just(...names.keys().filter((at) => is(names[at] ?? '')));
  /** `eth …` stands for all interfaces `eth*` that are not in the list, ` …` for all others. */
  function isNamed(field: string, patterns: readonly string[]): Answer {
    if (!patterns.every((one) => names.includes(one.replace(/\*$/, ' …')))) return 1;
    const begins = patterns.flatMap((one) => (one.endsWith('*') ? [one.slice(0, -1)] : []));
    const fits = (name: string) => patterns.includes(name) || begins.some((one) => name.startsWith(one));
    return relate(part.box[field], places(fits));
  }
  const isLate = (at: Base | null) => !at || at.order > BEHIND / 2; // At postrouting, which comes behind output.
  function see(field: model.Field, marks: Flow, at: Base | null): [values: Numbers | undefined, has: Answer] {
    const { l4proto, [field]: values } = part.box;
    if (field === 'mark') return [marks.includes(UNKNOWN) ? undefined : just(...marks), 2];
    if (/^(nfproto|pkttype)$/.test(field)) return [just(field === 'nfproto' ? version : 0), 2];
    if (/^s(k|ocket)/.test(field)) return [field === 'socket' ? just(1) : values, 2];
    if (marks.includes(UNKNOWN) && hasUnknown) return [undefined, 1];
    if (field === 'tcpFlags') return [just(2, 194), relate(l4proto, just(6))];
    if (/^icmp/.test(field)) return [values, relate(l4proto, ICMP)];
    const own = /port/.test(field) ? relate(l4proto, PORTS) : 2;
    if (!/^ct/.test(field)) return [isLate(at) && /^s(addr|port)$/.test(field) ? undefined : values, own];
    // An account may take a port that another has left, and goes on in its connection.
    const known = [8, 2].filter((_, ofAnother) => relate(part.box.connection, just(ofAnother)) > 0);
    const states = relate(l4proto, ICMP) === 0 ? known : [1, ...known, ...(version === 4 ? [] : [64])];
    const [isOpen, isEarly] = [!at || at.order === -200 || hasNotrack, at !== null && at.order < -200];
    if (field === 'ctState') return [isOpen ? undefined : just(...(isEarly ? [1] : states)), 2];
    return [values, isEarly && !isOpen ? 0 : 1];
  }
  function holds({ field, values }: model.Condition, marks: Flow, at: Base | null): Answer {
    if (values.kind === 'names') return isLate(at) && hasMarks ? 1 : isNamed(field, values.patterns);
    const [{ mask, intervals }, [seen, present]] = [values, see(field, marks, at)];
    if (present === 0 || seen === undefined) return present === 0 ? 0 : 1;
    if (mask !== null && seen.some(([low, high]) => low !== high)) return 1;
    return all([relate(mask === null ? seen : just(...seen.map(([one]) => one & mask)), intervals), present]);
  }
  function answers(one: model.Statement, marks: Flow, at: Base | null): Answer[] {
    const every = (list: readonly model.Condition[]) => all(list.map((each) => holds(each, marks, at)));
    steps += 'alternatives' in one ? one.alternatives.length : 1;
    if (steps > 3e8 || performance.now() > until) throw new Error('it takes too long');
    if ('entries' in one) return one.entries.map((entry) => every(entry.conditions));
    const isOpen = 'change' in one && (one.change.kind === 'copy' || one.field === 'ctMark');
    if (one.kind !== 'match') return [isOpen || /^(may|unmodelled)$/.test(one.kind) ? 1 : 2];
    const answer = any(one.alternatives.map(every));
    const present = one.negated ? one.alternatives.flat().map(({ field }) => see(field, marks, at)[1]) : [];
    return [one.negated ? all([(2 - answer) as Answer, ...present]) : answer];
  }
  function run(chain: model.Chain, marks: Flow, from: Base): Ends {
    const at = { ...from, chain, depth: from.depth + 1 };
    const known = results.get(chain) ?? new Map<string, Ends>();
    const key = `${marks} ${at.order} ${at.base.type}`;
    let ends: Ends = known.get(key) ?? { accept: [], return: [], continue: [], nextRule: marks };
    for (const rule of known.has(key) ? [] : (part.rules.get(chain) ?? [])) {
      let here = ends.nextRule;
      ends.nextRule = [];
      for (const one of rule.statements) {
        if (here.length === 0) break;
        const found = answers(one, here, at);
        if (any(found) < 2) ends.nextRule = join(ends.nextRule, here);
        for (const [index, answer] of found.entries()) {
          const entry = 'entries' in one ? one.entries[index] : one;
          if (answer === 0 || entry === undefined) continue;
          if ('verdict' in entry) decide(entry.verdict, here, ends, rule, at);
          else if ('target' in entry && 'type' in one && /dnat|redirect/.test(one.type)) {
            const to = entry.target.address;
            const isAway = one.type === 'redirect' || (to && relate([to], box.daddr ?? []) === 0);
            if (!isAway) throw new Error('an address is translated to one that is asked about');
            if (hasUnknown) ends.accept = [UNKNOWN]; // It may be sent on to where the question asks about.
          } else if (one.kind === 'unmodelledVerdict') ends.accept = here = [UNKNOWN];
          else if (one.kind === 'nat') ends.accept = join(ends.accept, here);
          if (answer === 2) break;
        }
        if (any(found) === 0 || /^(verdict|nat)/.test(one.kind)) [here, ends.continue] = [ends.continue, []];
        else if ('field' in one && one.field === 'mark')
          here = here.map((mark) => ('change' in one ? changed(mark, one) : UNKNOWN));
      }
      ends.nextRule = join(ends.nextRule, here);
    }
    ends = { ...ends, return: join(ends.return, ends.nextRule) };
    results.set(chain, known.set(key, ends));
    return ends;
  }
  function decide(verdict: model.Verdict, here: Flow, ends: Ends, rule: model.Rule, at: Base): void {
    if (verdict.kind === 'drop' || verdict.kind === 'reject') {
      if (!stops(at, rule)) ends.accept = join(ends.accept, here);
    } else if (!('chain' in verdict)) ends[verdict.kind] = join(ends[verdict.kind], here);
    else {
      const target = at.table.chains.get(verdict.chain);
      if (!target || at.depth > 17) throw new Error('a jump leads nowhere');
      const [inner, back] = [run(target, here, at), verdict.kind === 'goto' ? 'return' : 'nextRule'] as const;
      ends[back] = join(ends[back], inner.return);
      ends.accept = join(ends.accept, inner.accept);
    }
  }
  function pass(flow: Flow, one: Base): Flow {
    const isAlone = !hasMarks || bases.filter(({ order }) => order === one.order).length === 1;
    const marks = isAlone || flow.length === 0 ? flow : [UNKNOWN]; // None can rely on which comes first.
    const ends = run(one.chain, marks, one);
    const past = one.base.type === 'nat' ? marks : []; // Not tracked.
    return join(join(past, ends.accept), one.base.policy === 'drop' && stops(one, null) ? [] : ends.return);
  }
  const mayMatch = ({ statements: list }: model.Rule) =>
    list.find((one) => one.kind !== 'match' || answers(one, [UNKNOWN], null)[0] === 0)?.kind !== 'match';
  const families = ['inet', version === 4 ? 'ip' : 'ip6'];
  const tables = ruleset.tables.filter((one) => !one.dormant && families.includes(one.family));
  const chains = tables.flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })));
  const bases = chains.flatMap(({ table, chain, chain: { base } }): Base[] => {
    if (!base || !/output|post/.test(base.hook) || (!chain.rules[0] && base.policy === 'accept')) return [];
    const [behind, nat] = base.hook === 'output' ? [0, -100] : [BEHIND, 100];
    return [{ table, chain, base, order: behind + (base.type === 'nat' ? nat : base.priority), depth: 0 }];
  });
  bases.sort((a, b) => a.order - b.order);
  const ends = proof.stops.map(({ table, chain, rule, text }) => JSON.stringify([table, chain, rule, text]));
  const box: Record<string, Numbers> = { iifname: just(names.indexOf('')) };
  for (const [field, set] of Object.entries(proof.question.fields)) box[field] = ordered(set);
  box.oifname = places((name) => name !== '' && !exceptInterfaces.includes(name));
  if (!hasUnknown && !/"field":"ctMark"(?!,"values")/.test(text)) box.ctMark = just(0); // No rule sets it.
  const waiting: Part[] = [{ box, rules: new Map(chains.map(({ chain }) => [chain, chain.rules])), size: 0 }];
  for (const region of proof.regions) {
    const next = waiting.pop();
    if (!next || performance.now() > until) throw new Error(next ? 'it takes too long' : 'too many regions');
    [part, held] = [next, held - next.size];
    if ('split' in region) {
      const set = proof.sets[region.split] ?? { field: 'l4proto', values: [] };
      const by = 'names' in set ? places((name) => set.names.includes(name)) : ordered(set.values);
      for (const half of cut(next.box[set.field] ?? [], by).toReversed()) {
        part = { box: { ...next.box, [set.field]: half }, rules: new Map(), size: half.length };
        for (const [chain, rules] of next.rules) part.rules.set(chain, rules.filter(mayMatch));
        part.size += part.rules.values().reduce((sum, rules) => sum + rules.length + 5, 0);
        held += part.size;
        if (held > 5e6) throw new Error('it takes too much memory');
        waiting.push(part);
      }
    } else if (Object.values(part.box).every((values) => values.length > 0)) {
      named = new Set([...region.stoppedBy, ...region.redirectedBy].map((at) => ends[at] ?? ''));
      results = new Map();
      if (bases.reduce(pass, [0n]).length > 0) throw new Error('a packet gets through');
    }
  }
  if (waiting.length > 0) throw new Error('packets are in no region');
}
