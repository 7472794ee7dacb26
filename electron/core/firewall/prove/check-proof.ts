import { createHash } from 'node:crypto';
import type * as model from '../model.ts';
import type { Proof } from './proof.ts';

// Shares nothing with the prover but the shape of a proof. It may refuse a true proof; it must never accept a false one.
type Numbers = readonly (readonly [bigint, bigint])[];
/** 0: for no packet, 1: for some, or it is not known, 2: for every packet. */
type Answer = 0 | 1 | 2;
/** The mark of the packets that are at one place: undefined when there are none, null when it is not known. */
type Flow = bigint | null | undefined;
type Ends = Record<'accept' | 'return' | 'continue', Flow>;
type Base = { table: model.Table; chain: model.Chain; base: model.BaseChain; order: number };
type Rules = ReadonlyMap<model.Chain, readonly model.Rule[]>;
type Part = { box: Readonly<Record<string, Numbers>>; rules: Rules };

const all = (answers: readonly Answer[]): Answer => (answers.includes(0) ? 0 : answers.includes(1) ? 1 : 2);
const any = (answers: readonly Answer[]): Answer => (answers.includes(2) ? 2 : answers.includes(1) ? 1 : 0);
const join = (a: Flow, b: Flow): Flow => (a === undefined || a === b ? b : b === undefined ? a : null);
const just = (...values: (bigint | number)[]): Numbers => values.map((one) => [BigInt(one), BigInt(one)]);
const plain = (_key: string, value: unknown) =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value.values()] : value;
const PORTS = just(6, 17, 33, 132, 136);
const BEGINS = { 4: just(8, 13, 15, 17), 6: just(128, 139) };
const UNTRACKED = { 4: [], 6: just(130, 131, 132, 133, 134, 135, 136, 143) };
const NAT: Record<string, number> = { prerouting: -100, output: -100, input: 100, postrouting: 100 };
const HOOKS = { out: ['output', 'postrouting', 'egress'], in: ['ingress', 'prerouting', 'input'] };

/** A set in two: what lies in `by`, and the rest. */
function cut(set: Numbers, by: Numbers): [Numbers, Numbers] {
  const parts: [[bigint, bigint][], [bigint, bigint][]] = [[], []];
  for (const [low, high] of set) {
    let [at, end, next] = [0, by.length, low];
    while (at < end) {
      const middle = (at + end) >> 1;
      if ((by[middle]?.[1] ?? 0n) < low) at = middle + 1;
      else end = middle;
    }
    for (let one = by[at]; one && one[0] <= high; at += 1, one = by[at]) {
      if (one[0] > next) parts[1].push([next, one[0] - 1n]);
      parts[0].push([one[0] <= next ? next : one[0], high <= one[1] ? high : one[1]]);
      next = one[1] + 1n;
    }
    if (next <= high) parts[1].push([next, high]);
  }
  return parts;
}
function relate(some: Numbers | undefined, set: Numbers): Answer {
  if (some === undefined) return 1;
  if (set.length < some.length && cut(set, some)[0].length === 0) return 0;
  const [inside, outside] = cut(some, set);
  return inside.length === 0 ? 0 : outside.length === 0 ? 2 : 1;
}
function ordered(list: readonly (readonly [string, string])[]): Numbers {
  const set = list.map(([low, high]) => [BigInt(low), BigInt(high)] as const);
  if (!set.some(([low, high], at) => low > high || low <= (set[at - 1]?.[1] ?? -1n))) return set;
  throw new Error('a set is not in order');
}

/**
 * Checks that a proof holds for a rule set: its regions are all packets of its question, and whichever way a packet takes through the
 * rules, a rule or policy that its region names stops it, or redirects it to an address that the question is not about.
 * @param proof of the right shape already (`readProof`)
 * @throws Error that says why it does not hold
 */
export function checkProof(ruleset: model.Ruleset, proof: Proof): void {
  const { version, direction, names, exceptInterfaces } = proof.question;
  const [out, text] = [direction === 'out', JSON.stringify(ruleset, plain)];
  const digest = createHash('sha256').update(text).digest('hex');
  if (digest !== proof.ruleset) throw new Error('it is about other rules');
  if (ruleset.missing.length > 0) throw new Error('a part of the rules was not seen');
  if (!names.includes('') || !names.includes(' …')) throw new Error('there are interfaces without a name');
  const has = { notrack: text.includes('"kind":"notrack"'), marks: /"kind":"(set|map)Mark"/.test(text) };
  let part: Part = { box: {}, rules: new Map() };
  let named = new Set<string>();
  function need({ table, chain }: Base, rule: model.Rule | null): void {
    const end = [`${table.family} ${table.name}`, chain.name, rule?.id ?? null, rule?.text ?? null];
    if (!named.has(JSON.stringify(end)))
      throw new Error(`a region does not name the end of its packets: ${end}`);
  }
  const places = (fits: (name: string) => boolean) =>
    just(...names.keys().filter((at) => fits(names[at] ?? '')));
  /** `eth …` stands for all interfaces `eth*` that are not in the list, ` …` for all others. */
  function isNamed(field: string, patterns: readonly string[]): Answer {
    if (!patterns.every((one) => names.includes(one.replace(/\*$/, ' …')))) return 1;
    const begins = patterns.flatMap((one) => (one.endsWith('*') ? [one.slice(0, -1)] : []));
    return relate(
      part.box[field],
      places((name) => patterns.includes(name) || begins.some((one) => name.startsWith(one))),
    );
  }
  function ctState(): Numbers {
    const icmp = relate(part.box.l4proto, just(version === 4 ? 1 : 58));
    const [begins, others] = cut(icmp === 0 ? [] : (part.box.icmpType ?? []), BEGINS[version]);
    const [untracked, invalid] = cut(others, UNTRACKED[version]);
    const may = { 1: invalid.length > 0, 8: begins.length > 0 || icmp < 2, 64: untracked.length > 0 };
    return just(...([1, 8, 64] as const).filter((one) => may[one]));
  }
  const isLate = (at: Base | null) =>
    at === null || at.order >= 100 || /postrouting|egress/.test(at.base.hook);
  /** Possible values of a field, and whether packets have it. */
  function see(field: model.Field, mark: Flow, at: Base | null): [Numbers | undefined, Answer] {
    const { l4proto, [field]: values } = part.box;
    if (field === 'mark') return [mark == null ? undefined : just(mark), 2];
    if (field === 'nfproto') return [just(version), 2];
    if (field === 'socket') return [just(out ? 1 : 0), 2];
    if (field === 'tcpFlags') return [just(2), relate(l4proto, just(6))];
    if (field === 'skuid' || field === 'skgid') return [values, out ? 2 : 0];
    if (field === 'icmpType' || field === 'icmpCode') return [values, relate(l4proto, just(1, 58))];
    if (field === 'ctState')
      return [at !== null && at.order > -200 && !has.notrack ? ctState() : undefined, 2];
    // What goes out by an interface is for none of the host's own addresses, which are of type 2.
    if (field === 'fibDaddrType' && out) return [cut([[0n, 255n]], just(2))[1], 2];
    // Address translation may have changed the source.
    const changed = isLate(at) && (field === 'saddr' || field === 'sport');
    return [
      changed ? undefined : values,
      field === 'sport' || field === 'dport' ? relate(l4proto, PORTS) : 2,
    ];
  }
  function holds({ field, values }: model.Condition, mark: Flow, at: Base | null): Answer {
    // A changed mark may have changed the way.
    if (values.kind === 'names') return isLate(at) && mark !== 0n ? 1 : isNamed(field, values.patterns);
    const [seen, present] = see(field, mark, at);
    const [low, high] = seen?.[0] ?? [0n, 1n];
    if (present === 0 || seen === undefined) return present === 0 ? 0 : 1;
    if (values.mask !== null && (seen.length > 1 || low !== high)) return 1;
    return all([relate(values.mask === null ? seen : just(low & values.mask), values.intervals), present]);
  }
  /** For how many packets a statement goes on, or each of its elements. */
  function answers(one: model.Statement, mark: Flow, at: Base | null): Answer[] {
    const every = (conditions: readonly model.Condition[]) =>
      all(conditions.map((each) => holds(each, mark, at)));
    if ('entries' in one) return one.entries.map((entry) => every(entry.conditions));
    const isPlain = one.kind === 'setMark' && one.field === 'mark' && one.change.kind === 'value';
    if (/^(may|unmodelled|setMark)$/.test(one.kind) && !isPlain) return [1];
    if (one.kind !== 'match') return [2];
    const answer = any(one.alternatives.map(every));
    const present = one.alternatives.flat().map(({ field }) => see(field, mark, at)[1]);
    return one.negated ? [all([(2 - answer) as Answer, ...present])] : [answer];
  }
  /** What comes of packets in a chain: those that it accepts, and those that come back to the caller. */
  function run(chain: model.Chain, mark: Flow, base: Base, depth = 0): Ends {
    const at = { ...base, chain };
    const ends: Ends = { accept: undefined, return: undefined, continue: mark };
    for (const rule of part.rules.get(chain) ?? []) {
      let here = ends.continue;
      ends.continue = undefined;
      for (const one of rule.statements) {
        if (here === undefined) break;
        const found = answers(one, here, at);
        if (any(found) < 2) ends.continue = join(ends.continue, here);
        for (const [index, answer] of found.entries()) {
          const entry = 'entries' in one ? one.entries[index] : one;
          if (answer === 0 || entry === undefined) continue;
          if ('verdict' in entry) decide(entry.verdict, here, ends, rule, at, depth);
          else if (one.kind === 'nat' && 'target' in entry && !/snat|masquerade/.test(one.type)) {
            const { address } = entry.target;
            const isAway = one.type === 'redirect' || (address && relate([address], box.daddr ?? []) === 0);
            if (!out || !isAway)
              throw new Error('an address is translated to one that the question is about');
            need(at, rule);
          } else if (/^(unmodelledVerdict|nat)$/.test(one.kind)) ends.accept = join(ends.accept, here);
        }
        if (any(found) === 0 || /^(verdict|nat)/.test(one.kind)) here = undefined;
        else if ('field' in one && one.field === 'mark') {
          const { keep = 0n, value = null } =
            'change' in one && one.change.kind === 'value' ? one.change : {};
          const kept: Flow = keep === 0n ? 0n : here;
          here = kept === null || value === null ? null : (kept & keep) ^ value;
        }
      }
      ends.continue = join(ends.continue, here);
    }
    return { ...ends, return: join(ends.return, ends.continue) };
  }
  function decide(
    verdict: model.Verdict,
    here: Flow,
    ends: Ends,
    rule: model.Rule,
    at: Base,
    depth: number,
  ): void {
    const { kind } = verdict;
    if (kind === 'drop' || kind === 'reject') need(at, rule);
    else if (kind !== 'jump' && kind !== 'goto') ends[kind] = join(ends[kind], here);
    else {
      const target = at.table.chains.get(verdict.chain);
      if (!target || depth > 16) throw new Error('a jump leads nowhere');
      const [inner, back] = [
        run(target, here, at, depth + 1),
        kind === 'goto' ? 'return' : 'continue',
      ] as const;
      ends[back] = join(ends[back], inner.return);
      ends.accept = join(ends.accept, inner.accept);
    }
  }
  /** What gets through the base chains of one hook. */
  function pass(first: Flow, hook: string): Flow {
    const chains = bases.filter((one) => one.base.hook === hook).toSorted((a, b) => a.order - b.order);
    return chains.reduce<Flow>((flow, one) => {
      const { chain, base, order } = one;
      // Which of several chains of one order comes first is not known: none can rely on the mark of another.
      const isAlone = !has.marks || chains.filter((other) => other.order === order).length === 1;
      const mark = isAlone || flow === undefined ? flow : null;
      const sees = base.devices
        ? holds({ field: face, values: { kind: 'names', patterns: base.devices } }, mark, one)
        : 2;
      if (sees === 0 || mark === undefined) return flow;
      const ends = run(chain, mark, one);
      if (ends.return !== undefined && base.policy === 'drop') need(one, null);
      // Packets without a connection are not seen by chains of type nat.
      const past = sees < 2 || base.type === 'nat' ? mark : undefined;
      return join(join(past, ends.accept), base.policy === 'drop' ? undefined : ends.return);
    }, first);
  }
  const mayMatch = ({ statements }: model.Rule) => {
    const end = statements.findIndex((one) => one.kind === 'match' && answers(one, null, null)[0] === 0);
    return end < 0 || statements.slice(0, end).some((one) => !/^(match|may|unmodelled)$/.test(one.kind));
  };
  const [face, other] = out ? (['oifname', 'iifname'] as const) : (['iifname', 'oifname'] as const);
  const families = ['inet', 'netdev', version === 4 ? 'ip' : 'ip6'];
  const tables = ruleset.tables.filter((one) => !one.dormant && families.includes(one.family));
  const chains = tables.flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })));
  const bases = chains.flatMap(({ table, chain, chain: { base } }): Base[] =>
    base ? [{ table, chain, base, order: base.type === 'nat' ? (NAT[base.hook] ?? 0) : base.priority }] : [],
  );
  const ends = proof.stops.map(({ table, chain, rule, text }) => JSON.stringify([table, chain, rule, text]));
  const box: Record<string, Numbers> = { [other]: just(names.indexOf('')) };
  for (const [field, set] of Object.entries(proof.question.fields)) box[field] = ordered(set);
  box[face] = places((name) => name !== '' && !exceptInterfaces.includes(name));
  const waiting: Part[] = [{ box, rules: new Map(chains.map(({ chain }) => [chain, chain.rules])) }];
  for (const region of proof.regions) {
    const next = waiting.pop();
    if (next === undefined) throw new Error('there are more regions than packets');
    part = next;
    const set = 'split' in region ? proof.sets[region.split] : undefined;
    if (set) {
      const by = 'names' in set ? places((name) => set.names.includes(name)) : ordered(set.values);
      for (const half of cut(next.box[set.field] ?? [], by).toReversed()) {
        part = { box: { ...next.box, [set.field]: half }, rules: next.rules };
        const rules = [...next.rules].map(([chain, list]) => [chain, list.filter(mayMatch)] as const);
        waiting.push({ ...part, rules: new Map(rules) });
      }
    } else if (Object.values(part.box).every((values) => values.length > 0)) {
      const ways = 'split' in region ? [] : [...region.stoppedBy, ...region.redirectedBy];
      named = new Set(ways.map((at) => ends[at] ?? ''));
      if (HOOKS[direction].reduce(pass, 0n) !== undefined)
        throw new Error('packets of a region are not stopped');
    }
  }
  if (waiting.length > 0) throw new Error('packets are in no region');
}
