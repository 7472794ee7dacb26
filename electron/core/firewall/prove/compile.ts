import {
  CONNECTION,
  CT_STATE,
  domain,
  FIB_TYPE,
  type Field,
  firstFlags,
  PACKET_TYPE,
  QUESTION_FIELDS,
} from '../fields.ts';
import type { HostContext } from '../host.ts';
import {
  contains,
  type IntervalSet,
  intersects,
  isSubset,
  normalize,
  single,
  subtract,
} from '../interval.ts';
import type { Chain, Condition, Hook, Rule, Statement, Verdict } from '../model.ts';
import { addressTypes, CONNTRACK_CLASSES } from './derived.ts';
import { protocolsWith } from './guards.ts';
import { excludesVersion, fitsPattern, type Ranks } from './ranks.ts';
import { simplified } from './simplified.ts';
import { allowed, REGION_FIELDS, type RegionNumberField, type Space } from './space.ts';
import type { Case, CompiledRule, MarkTest, Step, StepVerdict, Test } from './step.ts';
import { unmask } from './unmask.ts';

/** Where a chain is read: what the hook and connection tracking make of fields there. */
export interface Place {
  readonly hook: Hook;
  /** Before connection tracking has seen the packet. */
  readonly early: boolean;
  /** Told not to track the packet; null where that is not known. */
  readonly untracked: boolean | null;
  /** In a chain of type nat. */
  readonly nat: boolean;
}

/** What compiling needs besides the rule. */
export interface Question {
  readonly space: Space;
  readonly host: HostContext;
  readonly ranks: Ranks;
}

const TRUE: Case = { tests: [], marks: [], doubt: null, entry: 0 };
/** Holds for no packet that nothing was done to, and is not known of one with a zone: that has a template of a connection. */
const IF_ZONED: MarkTest = { field: 'ctState', mask: null, intervals: [] };
/** A packet waits for the address of its neighbour before egress, and its socket may be closed meanwhile (neigh_update). */
const GONE = 'whether the socket of a packet is still open at egress';
const WHETHER_TRACKED = 'whether the packet is tracked, which got a zone';
/** More parts than this make one condition a doubt: nobody writes it. */
const MAX_PARTS = 4_096;

function fieldIndex(field: RegionNumberField | 'oifname' | 'iifname'): number {
  return REGION_FIELDS.indexOf(field);
}

const isRegionNumber = (field: Field): field is RegionNumberField =>
  (QUESTION_FIELDS as readonly string[]).includes(field);

/** Turns conditions into tests for one question at one place. */
export function compiler(question: Question, place: Place) {
  const { space, host, ranks } = question;
  const { version, direction } = space;
  const out = direction === 'out';

  const numberTest = (field: RegionNumberField, set: IntervalSet): Test => ({
    field: fieldIndex(field),
    set: ranks.numbers(fieldIndex(field), set),
  });
  const caseOf = (tests: readonly Test[]): Case => ({ ...TRUE, tests });
  const doubt = (why: string): Case[] => [{ ...TRUE, doubt: why }];
  const constant = (value: bigint, mask: bigint | null, set: IntervalSet): Case[] =>
    contains(set, mask === null ? value : value & mask) ? [TRUE] : [];

  /** The kernel lets packets past chains of type nat that have no connection, or have their translation settled already (nf_nat_core.c). */
  const here = (verdict: Verdict): StepVerdict =>
    place.nat && (verdict.kind === 'drop' || verdict.kind === 'reject') ? { kind: 'unsure' } : verdict;

  const onlyNew = numberTest('connection', single(CONNECTION.new));
  const isOfAnother = intersects(allowed(space, 'connection'), single(CONNECTION.ofAnother));
  /** The same for packets of new connections only. */
  const ofNew = (cases: readonly Case[]): readonly Case[] =>
    isOfAnother ? both(cases, [caseOf([onlyNew])]) : cases;
  /** Packets in connections that other accounts have opened; empty when there are none. */
  const ofAnother = (why: string | null): readonly Case[] =>
    isOfAnother ? [{ ...caseOf([numberTest('connection', single(CONNECTION.ofAnother))]), doubt: why }] : [];

  /** Packets that belong to a connection, as tests; empty where there is none. */
  function tracked(): Case[] {
    if (place.early) return [{ ...TRUE, marks: [IF_ZONED] }];
    if (place.untracked) return [];
    if (place.untracked === null) return doubt(WHETHER_TRACKED);
    return CONNTRACK_CLASSES[version]
      .filter((one) => one.state === CT_STATE.new)
      .map((one) =>
        caseOf([
          numberTest('l4proto', one.l4proto),
          ...(one.icmpType ? [numberTest('icmpType', one.icmpType)] : []),
        ]),
      );
  }

  function ctState(mask: bigint | null, set: IntervalSet): Case[] {
    // A rule in front may have switched tracking off.
    if (place.early) return [{ ...TRUE, marks: [{ field: 'ctState', mask, intervals: set }] }];
    if (place.untracked) return constant(CT_STATE.untracked, mask, set);
    if (place.untracked === null) return doubt(WHETHER_TRACKED);
    const holds = (state: bigint) => contains(set, mask === null ? state : state & mask);
    const first = CONNTRACK_CLASSES[version]
      .filter((one) => holds(one.state))
      .map(({ l4proto, icmpType, state }): Case => {
        const type = icmpType ? [numberTest('icmpType', icmpType)] : [];
        const only = isOfAnother && state === CT_STATE.new ? [onlyNew] : [];
        return caseOf([numberTest('l4proto', l4proto), ...type, ...only]);
      });
    const known = holds(CT_STATE.established) ? both(tracked(), ofAnother(null)) : [];
    return [...first, ...known];
  }

  function addressType(field: 'daddr' | 'saddr', mask: bigint | null, set: IntervalSet): Case[] {
    // The destination of an incoming packet and the source of an outgoing one are addresses of this host.
    if (out === (field === 'saddr') && place.hook !== 'forward') return constant(FIB_TYPE.local, mask, set);
    const cases: Case[] = [];
    let rest = domain(field, version);
    for (const { addresses, type } of addressTypes(host, version)) {
      rest = subtract(rest, addresses);
      if (contains(set, mask === null ? type : type & mask))
        cases.push(caseOf([numberTest(field, addresses)]));
    }
    if (rest.length === 0) return cases;
    // Unicast, broadcast of a network that is not known, or one of the types of a missing route (RTN_* of linux/rtnetlink.h).
    const types = version === 4 ? [1n, 3n] : [1n, 4n, 6n, 7n, 8n, 9n];
    const isOwnPossible = host.interfaces === null && out && field === 'daddr';
    const possible = [...types, ...(isOwnPossible ? [FIB_TYPE.local] : [])].map((type) =>
      contains(set, type),
    );
    if (possible.every((one) => !one)) return cases;
    const inRest = caseOf([numberTest(field, rest)]);
    return possible.every((one) => one)
      ? [...cases, inRest]
      : [...cases, { ...inRest, doubt: `the type of the address (fib ${field} type)` }];
  }

  function flags(mask: bigint | null, set: IntervalSet): Case[] {
    const fits = firstFlags(direction).map((one) => contains(set, mask === null ? one : one & mask));
    if (fits.every((one) => one)) return [TRUE];
    return fits.some((one) => one)
      ? doubt('tcp flags of a first packet, some of which its sender chooses')
      : [];
  }

  function named(field: 'iifname' | 'oifname', patterns: readonly string[]): Case[] {
    const has =
      field === 'oifname'
        ? out || place.hook === 'forward' || place.hook === 'postrouting' || place.hook === 'egress'
        : !out;
    if (!has) return patterns.some((pattern) => fitsPattern(pattern, '')) ? [TRUE] : [];
    const set = ranks.names(patterns);
    return set.length === 0 ? [] : [caseOf([{ field: fieldIndex(field), set }])];
  }

  /** What a condition asks, as cases of which one must hold. */
  function casesOf({ field, values }: Condition): Case[] {
    if (values.kind === 'names') return named(field as 'iifname' | 'oifname', values.patterns);
    const { mask, intervals } = values;
    if (isRegionNumber(field)) {
      if (!out && (field === 'skuid' || field === 'skgid')) return [];
      const set = unmask(field, version, mask, intervals);
      if (set === null) return doubt(`bits of ${field}`);
      return set.length === 0 ? [] : [caseOf([numberTest(field, set)])];
    }
    switch (field) {
      case 'nfproto':
        return constant(BigInt(version), mask, intervals);
      case 'tcpFlags':
        return flags(mask, intervals);
      case 'socket':
        return place.hook === 'egress' && out ? doubt(GONE) : constant(out ? 1n : 0n, mask, intervals);
      case 'ctState':
        return ctState(mask, intervals);
      case 'ctDirection':
        return [...ofNew(constant(0n, mask, intervals)), ...ofAnother('the direction of the connection')];
      case 'fibDaddrType':
        return addressType('daddr', mask, intervals);
      case 'fibSaddrType':
        // A program needs no right to send from an address that is not the host's own (IPV6_FREEBIND, ipv6(7)).
        return out ? doubt('the type of the source (fib saddr type)') : addressType('saddr', mask, intervals);
      case 'pkttype':
        return constant(PACKET_TYPE.host, mask, intervals);
      case 'mark':
      case 'ctMark':
      case 'ctStatus':
        return [{ ...TRUE, marks: [{ field, mask, intervals }] }];
      default:
        return doubt(`the field ${field}`);
    }
  }

  /** Packets for which a field can be answered at all, as cases; null for all. */
  function answerable(field: Field): Case[] | null {
    if (field === 'ctMark' || field === 'ctDirection' || field === 'ctStatus') return tracked();
    if (field === 'skuid' || field === 'skgid')
      return !out ? [] : place.hook === 'egress' ? doubt(GONE) : null;
    const protocols = protocolsWith(field);
    return protocols && [caseOf([numberTest('l4proto', protocols)])];
  }

  function both(left: readonly Case[], right: readonly Case[]): Case[] {
    const joined: Case[] = [];
    for (const a of left)
      for (const b of right) {
        if (b === TRUE) joined.push(a);
        else
          joined.push({
            tests: [...a.tests, ...b.tests],
            marks: [...a.marks, ...b.marks],
            doubt: a.doubt ?? b.doubt,
            entry: a.entry,
          });
      }
    return joined;
  }

  /** All conditions of an element; `given` are protocols that the rule has made sure of. */
  function every(conditions: readonly Condition[], entry: number, given: IntervalSet | null): Case[] {
    let cases: Case[] = [entry === 0 ? TRUE : { ...TRUE, entry }];
    for (const condition of conditions) {
      const needs = protocolsWith(condition.field);
      const assured = needs !== null && given !== null && isSubset(given, needs);
      const guard = assured ? null : answerable(condition.field);
      if (guard) cases = both(cases, guard);
      cases = both(cases, casesOf(condition));
      if (cases.length > MAX_PARTS) return doubt('a condition of too many parts');
    }
    return cases;
  }

  function casesOfAll(all: readonly (readonly Condition[])[], given: IntervalSet | null): Case[] {
    return all.flatMap((conditions, entry) => every(conditions, entry, given));
  }

  function match(statement: Statement & { kind: 'match' }, given: IntervalSet | null): Step[] | null {
    const { alternatives, negated } = statement;
    const cases = simplified(
      casesOfAll(alternatives, given).map((one) => (one.entry === 0 ? one : { ...one, entry: 0 })),
    );
    const always = cases.some(
      (one) => one.tests.length === 0 && one.marks.length === 0 && one.doubt === null,
    );
    if (!negated) return always ? [] : cases.length === 0 ? null : [{ kind: 'match', cases, negated }];
    if (always) return null;
    const steps: Step[] = [];
    for (const field of new Set(alternatives.flat().map((condition) => condition.field))) {
      const guard = answerable(field);
      if (guard === null) continue;
      if (guard.length === 0) return null;
      steps.push({ kind: 'match', cases: simplified(guard), negated: false });
    }
    return cases.length === 0 ? steps : [...steps, { kind: 'match', cases, negated }];
  }

  /** @returns null when no packet comes past the statement */
  function step(statement: Statement, given: IntervalSet | null): Step[] | null {
    const entriesOf = (entries: readonly { readonly conditions: readonly Condition[] }[]): Case[] =>
      casesOfAll(
        entries.map((entry) => entry.conditions),
        given,
      );
    switch (statement.kind) {
      case 'match':
        return match(statement, given);
      case 'verdict':
        return statement.verdict.kind === 'continue'
          ? []
          : [{ kind: 'verdict', verdict: here(statement.verdict) }];
      case 'verdictMap': {
        const cases = entriesOf(statement.entries);
        const verdicts = statement.entries.map((entry) => here(entry.verdict));
        return cases.length === 0 ? null : [{ kind: 'verdictMap', cases, verdicts }];
      }
      case 'setMark': {
        const { field, change } = statement;
        const reads =
          (field === 'ctMark' && change.keep !== 0n) || ('from' in change && change.from === 'ctMark');
        const guard = reads ? simplified(tracked()) : null;
        if (guard?.length === 0) return null;
        // Without a connection there is nothing to write to.
        const steps: Step[] = field === 'ctMark' && (place.early || place.untracked) ? [] : [statement];
        return guard ? [{ kind: 'match', cases: guard, negated: false }, ...steps] : steps;
      }
      case 'mapMark': {
        const cases = entriesOf(statement.entries);
        const values = statement.entries.map((entry) => entry.value);
        if (cases.length === 0) return null;
        if (statement.field === 'ctMark' && (place.early || place.untracked))
          return [{ kind: 'match', cases, negated: false }];
        return [{ kind: 'mapMark', cases, field: statement.field, values }];
      }
      case 'notrack':
      case 'zone':
        return [statement];
      case 'setRoute':
        return [{ kind: 'setRoute' }];
      case 'nat': {
        const cases = entriesOf(statement.entries);
        const targets = statement.entries.map((entry) => entry.target);
        return cases.length === 0 ? null : [{ kind: 'nat', cases, type: statement.type, targets }];
      }
      case 'may':
        return [{ kind: 'may' }];
      case 'unmodelled':
        return [{ kind: 'doubt', text: statement.text }];
      case 'unmodelledVerdict':
        return [{ kind: 'doubtVerdict', text: statement.text }];
    }
  }

  return {
    /** Compiles a rule; null when it can do nothing to any packet here. */
    rule(rule: Rule): CompiledRule | null {
      const steps: Step[] = [];
      let given: IntervalSet | null = null;
      let effect = false;
      for (const statement of rule.statements) {
        if (excludesVersion(statement, version)) break;
        const compiled = step(statement, given);
        if (compiled === null) break;
        given = protocolsGiven(statement) ?? given;
        for (const one of compiled) if (one.kind !== 'match' && one.kind !== 'may') effect = true;
        steps.push(...compiled);
      }
      return effect ? { rule, steps } : null;
    },
    /** Packets that a nat chain sees: the first of a connection; null for a place where there is none. */
    tracked(): Step[] | null {
      const cases = simplified(ofNew(tracked()));
      return cases.length === 0 ? null : [{ kind: 'match', cases, negated: false }];
    },
    /** Packets that go through one of these devices. */
    devices(chain: Chain): Step[] | null {
      const { hook, devices = null } = chain.base ?? {};
      if (devices === null)
        return hook === 'ingress' || hook === 'egress'
          ? [{ kind: 'match', cases: doubt(`the interfaces of chain ${chain.name}`), negated: false }]
          : [];
      const cases = named(out ? 'oifname' : 'iifname', devices);
      return cases.length === 0 ? null : [{ kind: 'match', cases, negated: false }];
    },
  };
}

export type Compiler = ReturnType<typeof compiler>;

function protocolsGiven(statement: Statement): IntervalSet | null {
  if (statement.kind !== 'match' || statement.negated) return null;
  const sets = statement.alternatives.map((conditions) => {
    const one = conditions.find(({ field }) => field === 'l4proto');
    return one?.values.kind === 'numbers' && one.values.mask === null ? one.values.intervals : null;
  });
  return sets.includes(null) ? null : normalize((sets as IntervalSet[]).flat());
}
