import { createHash } from 'node:crypto';
import type {
  BaseChain,
  Chain,
  Condition,
  Field,
  Rule,
  Ruleset,
  Statement,
  Table,
  Verdict,
} from '../model.ts';
import type { Proof } from './proof.ts';

// Shares nothing with the prover but the shape of a proof. It may refuse a true proof; it must never accept a false one.
type Numbers = readonly (readonly [bigint, bigint])[];
/** 0: for no packet, 1: for some, or it is not known, 2: for every packet. */
type Answer = 0 | 1 | 2;
/** The mark of the packets that are at one place: undefined when there are none, null when it is not known. */
type Flow = bigint | null | undefined;
type Ends = Record<'accept' | 'return' | 'continue', Flow>;
type Base = { table: Table; chain: Chain; base: BaseChain; order: number };
type Part = { box: Readonly<Record<string, Numbers>>; rules: ReadonlyMap<Chain, readonly Rule[]> };

const all = (answers: readonly Answer[]): Answer => (answers.includes(0) ? 0 : answers.includes(1) ? 1 : 2);
const any = (answers: readonly Answer[]): Answer => (answers.includes(2) ? 2 : answers.includes(1) ? 1 : 0);
const join = (a: Flow, b: Flow): Flow => (a === undefined || a === b ? b : b === undefined ? a : null);
const just = (...values: (bigint | number)[]): Numbers => values.map((one) => [BigInt(one), BigInt(one)]);
const plain = (_key: string, value: unknown) =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value.values()] : value;
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
      parts[0].push([one[0] > next ? one[0] : next, one[1] < high ? one[1] : high]);
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
export function checkProof(
  ruleset: Ruleset,
  { question, ruleset: digest, sets, stops, regions }: Proof,
): void {
  const { version, direction, names } = question;
  const out = direction === 'out';
  const text = JSON.stringify(ruleset, plain);
  if (createHash('sha256').update(text).digest('hex') !== digest) throw new Error('it is about other rules');
  const has = { notrack: text.includes('"kind":"notrack"'), marks: /"kind":"(set|map)Mark"/.test(text) };
  if (ruleset.missing.length > 0) throw new Error('a part of the rules was not seen');
  let part: Part = { box: {}, rules: new Map() };
  let named = new Set<string>();
  const need = (end: string) => {
    if (!named.has(end)) throw new Error(`a region does not name ${end}, which its packets can come to`);
  };

  /** `eth …` stands for all interfaces `eth*` that are not in the list, ` …` for all others. */
  function isNamed(field: string, patterns: readonly string[]): Answer {
    if (!patterns.every((one) => names.includes(one.replace(/\*$/, ' …')))) return 1;
    const begins = patterns.flatMap((one) => (one.endsWith('*') ? [one.slice(0, -1)] : []));
    const fits = (name: string) => patterns.includes(name) || begins.some((one) => name.startsWith(one));
    return relate(part.box[field], just(...[...names.keys()].filter((at) => fits(names[at] ?? ''))));
  }
  function ctState(): Numbers {
    const icmp = relate(part.box.l4proto, just(version === 4 ? 1 : 58));
    const [begins, others] = cut(part.box.icmpType ?? [], BEGINS[version]);
    const [untracked, invalid] = cut(others, UNTRACKED[version]);
    const may = { 1: invalid, 8: begins, 64: untracked };
    return just(
      ...([1, 8, 64] as const).filter((one) => (icmp > 0 && may[one].length > 0) || (one === 8 && icmp < 2)),
    );
  }
  /** Possible values of a field, and whether packets have it. */
  function see(field: Field, mark: Flow, at: Base | null): [Numbers | undefined, Answer] {
    const of = (...protocols: number[]) => relate(part.box.l4proto, just(...protocols));
    if (field === 'mark') return [mark == null ? undefined : just(mark), 2];
    if (field === 'nfproto') return [just(version), 2];
    if (field === 'socket') return [just(out ? 1 : 0), 2];
    if (field === 'tcpFlags') return [just(2), of(6)];
    if (field === 'skuid' || field === 'skgid') return [part.box[field], out ? 2 : 0];
    if (field === 'icmpType' || field === 'icmpCode') return [part.box[field], of(1, 58)];
    if (field === 'dport') return [part.box[field], of(6, 17, 33, 132, 136)];
    const isTracked = at !== null && at.order > -200 && !has.notrack;
    if (field === 'ctState' && isTracked) return [ctState(), 2];
    // What goes out by an interface is for none of the host's own addresses, which are of type 2.
    if (field === 'fibDaddrType' && out)
      return [
        [
          [0n, 1n],
          [3n, 255n],
        ],
        2,
      ];
    // Address translation may have changed the source.
    const isChanged = /^s/.test(field) && (at === null || at.order >= 100 || isLate(at));
    return [isChanged ? undefined : part.box[field], field === 'sport' ? of(6, 17, 33, 132, 136) : 2];
  }
  const isLate = (at: Base | null) => at === null || /postrouting|egress/.test(at.base.hook);
  function holds({ field, values }: Condition, mark: Flow, at: Base | null): Answer {
    // A changed mark may have changed the way.
    if (values.kind === 'names') return isLate(at) && mark !== 0n ? 1 : isNamed(field, values.patterns);
    const [seen, present] = see(field, mark, at);
    const [low, high] = seen?.[0] ?? [0n, 1n];
    if (present === 0 || seen === undefined) return present === 0 ? 0 : 1;
    if (values.mask !== null && (seen.length > 1 || low !== high)) return 1;
    return all([relate(values.mask === null ? seen : just(low & values.mask), values.intervals), present]);
  }
  /** For how many packets a statement goes on: for each of its elements. */
  function answers(one: Statement, mark: Flow, at: Base | null): Answer[] {
    const every = (conditions: readonly Condition[]) => all(conditions.map((each) => holds(each, mark, at)));
    if ('entries' in one) return one.entries.map((entry) => every(entry.conditions));
    if (one.kind === 'may' || one.kind === 'unmodelled') return [1];
    if (one.kind !== 'match') return [2];
    const answer = any(one.alternatives.map(every));
    const present = one.alternatives.flat().map(({ field }) => see(field, mark, at)[1]);
    return one.negated ? [all([(2 - answer) as Answer, ...present])] : [answer];
  }
  /** What comes of packets in a chain; `return` and `continue` when they are not ended there. */
  function run(chain: Chain, mark: Flow, at: Base, depth = 0): Ends {
    const ends: Ends = { accept: undefined, return: undefined, continue: mark };
    for (const { id, statements } of part.rules.get(chain) ?? []) {
      let here = ends.continue;
      ends.continue = undefined;
      for (const one of statements) {
        if (here === undefined) break;
        const found = answers(one, here, at);
        if (any(found) < 2) ends.continue = join(ends.continue, here);
        for (const [index, answer] of found.entries()) {
          const entry = 'entries' in one ? one.entries[index] : one;
          if (answer === 0 || entry === undefined) continue;
          if ('verdict' in entry) decide(entry.verdict, here, ends, id, at, depth);
          const isHome = 'target' in entry && one.kind === 'nat' && redirects(one.type, entry.target.address);
          if (isHome) need(`rule ${id}`);
          else if (/^(unmodelledVerdict|nat)$/.test(one.kind)) ends.accept = join(ends.accept, here);
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
    ends.return = join(ends.return, ends.continue);
    return ends;
  }
  function redirects(type: string, to: readonly [bigint, bigint] | null): boolean {
    if (/snat|masquerade/.test(type)) return false;
    if (out && (type === 'redirect' || (to && relate([to], asked) === 0))) return true;
    throw new Error('an address is translated to one that the question is about');
  }
  function decide(verdict: Verdict, here: Flow, ends: Ends, id: number, at: Base, depth: number): void {
    const { kind } = verdict;
    if (kind === 'drop' || kind === 'reject') need(`rule ${id}`);
    else if (!('chain' in verdict)) ends[kind as keyof Ends] = join(ends[kind as keyof Ends], here);
    else {
      const target = at.table.chains.get(verdict.chain);
      if (!target || depth > 16) throw new Error('a jump leads nowhere');
      const inner = run(target, here, at, depth + 1);
      const back = kind === 'goto' ? 'return' : 'continue';
      ends[back] = join(ends[back], inner.return);
      ends.accept = join(ends.accept, inner.accept);
    }
  }

  /** What gets through the base chains of one hook. */
  function pass(hook: string, first: Flow): Flow {
    const here = bases.filter((one) => one.base.hook === hook).toSorted((a, b) => a.order - b.order);
    return here.reduce<Flow>((flow, one) => {
      const { table, chain, base, order } = one;
      // Which of several chains of one order comes first is not known: none can rely on a mark of another.
      const isFirst = here.every((other) => other === one || other.order !== order);
      const mark = isFirst || flow === undefined || !has.marks ? flow : null;
      const patterns = base.devices ?? ['*'];
      const field = out ? 'oifname' : 'iifname';
      const sees = base.devices ? holds({ field, values: { kind: 'names', patterns } }, flow, one) : 2;
      if (sees === 0 || mark === undefined) return flow;
      const ends = run(chain, mark, one);
      if (ends.return !== undefined && base.policy === 'drop')
        need(`policy ${table.family} ${table.name} ${chain.name}`);
      // Packets without a connection are not seen by chains of type nat.
      const past = sees < 2 || base.type === 'nat' ? mark : undefined;
      return join(join(past, ends.accept), base.policy === 'drop' ? undefined : ends.return);
    }, first);
  }
  const mayMatch = ({ statements }: Rule) => {
    const end = statements.findIndex((one) => one.kind === 'match' && answers(one, null, null)[0] === 0);
    return end < 0 || statements.slice(0, end).some((one) => !/^(match|may|unmodelled)$/.test(one.kind));
  };
  const family = version === 4 ? 'ip' : 'ip6';
  const tables = ruleset.tables.filter(
    (one) => !one.dormant && ['inet', 'netdev', family].includes(one.family),
  );
  const chains = tables.flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })));
  const bases = chains.flatMap(({ table, chain }): Base[] => {
    const order = chain.base?.type === 'nat' ? (NAT[chain.base.hook] ?? 0) : (chain.base?.priority ?? 0);
    return chain.base ? [{ table, chain, base: chain.base, order }] : [];
  });
  if (!names.includes('') || !names.includes(' …')) throw new Error('there are interfaces without a name');
  const texts = new Map(
    chains.flatMap(({ table: { family, name }, chain }) =>
      chain.rules.map((rule) => [rule.id, `${family} ${name} ${chain.name} ${rule.text}`]),
    ),
  );
  if (
    stops.some((one) => one.rule !== null && texts.get(one.rule) !== `${one.table} ${one.chain} ${one.text}`)
  )
    throw new Error('a rule is not in the rule set');
  const ends = stops.map((one) =>
    one.rule === null ? `policy ${one.table} ${one.chain}` : `rule ${one.rule}`,
  );
  const box = Object.fromEntries(
    Object.entries(question.fields).map(([field, set]) => [field, ordered(set)]),
  );
  const asked = box.daddr ?? [];
  const except = just(
    ...names.keys().filter((at) => names[at] === '' || question.exceptInterfaces.includes(names[at] ?? '')),
  );
  box[out ? 'oifname' : 'iifname'] = cut([[0n, BigInt(names.length - 1)]], except)[0];
  box[out ? 'iifname' : 'oifname'] = just(names.indexOf(''));
  const waiting: Part[] = [{ box, rules: new Map(chains.map(({ chain }) => [chain, chain.rules])) }];
  for (const region of regions) {
    const next = waiting.pop();
    if (next === undefined) throw new Error('there are more regions than packets');
    part = next;
    if ('split' in region) {
      const set = sets[region.split];
      const by =
        set &&
        ('names' in set
          ? just(...names.keys().filter((at) => set.names.includes(names[at] ?? '')))
          : ordered(set.values));
      if (!set || !by) throw new Error('a set is missing');
      for (const half of cut(part.box[set.field] ?? [], by).toReversed()) {
        part = { box: { ...next.box, [set.field]: half }, rules: next.rules };
        waiting.push({
          ...part,
          rules: new Map([...next.rules].map(([chain, rules]) => [chain, rules.filter(mayMatch)])),
        });
      }
    } else if (Object.values(part.box).every((set) => set.length > 0)) {
      named = new Set([...region.stoppedBy, ...region.redirectedBy].map((at) => ends[at] ?? ''));
      const left = HOOKS[direction].reduce<Flow>((flow, hook) => pass(hook, flow), 0n);
      if (left !== undefined) throw new Error('packets of a region are not stopped');
    }
  }
  if (waiting.length > 0) throw new Error('packets are in no region');
}
