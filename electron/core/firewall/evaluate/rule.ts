import type { HostContext } from '../host.ts';
import type { MarkChange, Rule, Statement, Table, Verdict } from '../model.ts';
import type { Packet } from '../packet.ts';
import type { Doubt } from './known.ts';
import { type Entry, findEntry, type Look, matchAnswer } from './match.ts';
import { CT_MARK_SHARED, changed, isConnected, type PacketState } from './state.ts';
import { natText, translate } from './translate.ts';

/** What comes after a statement: the next one, the next rule, a verdict, or the end of address translation. */
export type Then =
  | { readonly kind: 'statement'; readonly index: number }
  | { readonly kind: 'nextRule' }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'natDone' };

/** One way on from a statement. `note` is for the path: what the rule did. */
export interface Way {
  readonly state: PacketState;
  readonly goes: Then;
  readonly note: string | null;
}

/** What a statement leads to: one way, two that both really happen, or several of which it cannot be told which. */
export type Outcome =
  | { readonly kind: 'way'; readonly way: Way }
  | {
      readonly kind: 'may';
      readonly passes: Way;
      readonly not: Way;
      readonly whenQuiet: boolean | null;
      readonly text: string;
    }
  | { readonly kind: 'doubt'; readonly ways: readonly Way[]; readonly doubt: Doubt }
  | { readonly kind: 'unknown'; readonly why: string };

export interface RuleContext {
  readonly host: HostContext;
  readonly packet: Packet;
  readonly table: Table;
}

const NEXT_RULE: Then = { kind: 'nextRule' };
/** More different results of one map than this are not followed one by one. */
const MOST_WAYS = 64;

function next(state: PacketState): Way {
  return { state, goes: NEXT_RULE, note: null };
}

function certain(way: Way): Outcome {
  return { kind: 'way', way };
}

/** What a verdict is called in a path. */
function verdictText(verdict: Verdict): string {
  return verdict.kind === 'jump' || verdict.kind === 'goto'
    ? `${verdict.kind} ${verdict.chain}`
    : verdict.kind;
}

function verdictWay(state: PacketState, verdict: Verdict): Way {
  return { state, goes: { kind: 'verdict', verdict }, note: verdictText(verdict) };
}

/** A mark after a change; null when it needs the mark of a connection that the packet has not, which ends the rule. */
function newMark(state: PacketState, field: 'mark' | 'ctMark', change: MarkChange): bigint | null {
  const connected = isConnected(state) || state.tracking === 'template';
  const old = field === 'mark' ? state.mark : state.ctMark;
  if (field === 'ctMark' && change.keep !== 0n && !connected) return null;
  if (change.kind === 'value') return ((old & change.keep) ^ change.value) & 0xffff_ffffn;
  if (change.from === 'ctMark' && !connected) return null;
  const other = change.from === 'mark' ? state.mark : state.ctMark;
  return ((old & change.keep) ^ (other & change.take)) & 0xffff_ffffn;
}

/** Whether a mark is made of the mark of a connection that another packet may have changed, or that is still to be found. */
function isMadeOfShared(state: PacketState, field: 'mark' | 'ctMark', change: MarkChange): boolean {
  return (
    (state.tracking === 'template' || (isConnected(state) && state.ctMarkShared)) &&
    field === 'mark' &&
    change.kind === 'copy' &&
    change.from === 'ctMark'
  );
}

/** A packet without a connection has no place for a connection mark: nothing happens (nft_ct_set_eval). */
function withMark(state: PacketState, field: 'mark' | 'ctMark', value: bigint): PacketState {
  if (field === 'ctMark') return isConnected(state) ? changed(state, { ctMark: value }) : state;
  return changed(state, { mark: value });
}

function markWay(state: PacketState, field: 'mark' | 'ctMark', value: bigint, index: number): Way {
  const called = field === 'mark' ? 'mark' : 'connection mark';
  return {
    state: withMark(state, field, value),
    goes: { kind: 'statement', index: index + 1 },
    note: `${called} 0x${value.toString(16)}`,
  };
}

/** Looks up a map and goes on with what it gives; without an entry that holds the rule does not match. */
function lookedUp<T extends Entry>(
  entries: readonly T[],
  look: Look,
  state: PacketState,
  wayOf: (entry: T) => Way,
): Outcome {
  const { doubtful, certain: sure, doubt } = findEntry(entries, look);
  const last = sure ? wayOf(sure) : next(state);
  if (doubt === null) return certain(last);
  const ways = new Map<string, Way>();
  for (const way of [...doubtful.map(wayOf), last])
    ways.set(`${way.note}|${JSON.stringify(way.goes)}|${way.state.key}`, way);
  if (ways.size > MOST_WAYS) return { kind: 'unknown', why: doubt.why };
  return { kind: 'doubt', ways: [...ways.values()], doubt };
}

/**
 * Nothing is tracked for a packet that has no connection yet; for one that has, the statement comes too late (nft_ct.c,
 * nft_notrack_eval; xt_CT.c).
 */
function untracked(state: PacketState): PacketState {
  return isConnected(state) || state.tracking === 'template'
    ? state
    : changed(state, { tracking: 'untracked' });
}

/** The packet has a template of a connection from here on; of one that was not to be tracked that is true for some programs' rules. */
function inZone(state: PacketState, goes: Then): Outcome {
  const as: Way = { state, goes, note: null };
  if (isConnected(state) || state.tracking === 'template') return certain(as);
  const way: Way = { ...as, state: changed(state, { tracking: 'template' }) };
  return state.tracking === 'none' ? certain(way) : { kind: 'doubt', ways: [way, as], doubt: ZONE_BEHIND };
}

const ZONE_BEHIND: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'whether a zone makes a packet a tracked one again that has no connection is not modelled',
};

/** One statement of a rule, for a packet in one state. */
export function runStatement(
  context: RuleContext,
  rule: Rule,
  index: number,
  state: PacketState,
  look: Look,
): Outcome {
  const statement = rule.statements[index] as Statement;
  const onward: Then = { kind: 'statement', index: index + 1 };
  switch (statement.kind) {
    case 'match': {
      const answer = matchAnswer(statement.alternatives, statement.negated, look);
      if (answer === 'no') return certain(next(state));
      const yes: Way = { state, goes: onward, note: null };
      return answer === 'yes' ? certain(yes) : { kind: 'doubt', ways: [yes, next(state)], doubt: answer };
    }
    case 'verdictMap':
      return lookedUp(statement.entries, look, state, ({ verdict }) => verdictWay(state, verdict));
    case 'verdict':
      return certain(verdictWay(state, statement.verdict));
    case 'setMark': {
      if (isMadeOfShared(state, statement.field, statement.change))
        return { kind: 'unknown', why: CT_MARK_SHARED };
      const value = newMark(state, statement.field, statement.change);
      return certain(value === null ? next(state) : markWay(state, statement.field, value, index));
    }
    case 'mapMark':
      return lookedUp(statement.entries, look, state, ({ value }) =>
        markWay(state, statement.field, value, index),
      );
    case 'setRoute':
      return certain({ state, goes: onward, note: null });
    case 'notrack':
      return certain({ state: untracked(state), goes: onward, note: 'not tracked' });
    case 'zone':
      return inZone(state, onward);
    case 'nat':
      return lookedUp(statement.entries, look, state, ({ target }) => ({
        state: translate(context.host, context.packet, state, statement.type, target),
        goes: { kind: 'natDone' },
        note: natText(context.packet.version, statement.type, target),
      }));
    case 'may':
      return {
        kind: 'may',
        passes: { state, goes: onward, note: null },
        not: next(state),
        whenQuiet: statement.whenQuiet,
        text: statement.text,
      };
    case 'unmodelled':
      return {
        kind: 'doubt',
        ways: [{ state, goes: onward, note: null }, next(state)],
        doubt: { kind: 'doubt', missing: [], why: `what "${statement.text}" does is not modelled` },
      };
    case 'unmodelledVerdict':
      return { kind: 'unknown', why: `what "${statement.text}" does with the packet is not modelled` };
  }
}
