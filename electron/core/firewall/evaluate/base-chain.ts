import { CONNTRACK_PRIORITY, effectivePriority, type HookedChain, NAT_PRIORITY } from '../hooks.ts';
import { companionEffects, companionOf } from './companions.ts';
import { afterHook } from './journey.ts';
import { type Doubt, type Known, oneOf } from './known.ts';
import { type Answer, matchAnswer } from './match.ts';
import { hookOrders, translates } from './order.ts';
import { type Question, unknownEnd } from './question.ts';
import { currentChain, type Frame, type Spot, type Step, type Stop } from './spot.ts';
import { changed, type PacketState } from './state.ts';
import { awaitsTracking, meetsNat, settleNat, trackingsUnder } from './tracking.ts';

type ChainSpot = Spot & { kind: 'chain' };

const ORDER_UNKNOWN: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'in which order chains of equal priority run is not known, and it makes a difference',
};

function doubt(why: string): Doubt {
  return { kind: 'doubt', missing: [], why };
}

/** The packet at a hook that a companion may have been through before, or has changed its connection before. */
function besideCompanion({ host, packet, ruleset }: Question, state: PacketState): PacketState {
  const companion = companionOf(host, packet, state);
  if (state.tracking !== 'new' || companion === null) return state;
  const { ctMark, ctStatus } = companionEffects(ruleset, packet.version, companion);
  return changed(state, { ctMarkShared: ctMark, ctStatusDoubt: state.ctStatusDoubt | ctStatus });
}

/** The first spot of a hook: one for each order in which its chains may run. */
export function startHook(question: Question, before: PacketState): Spot | Stop {
  const state = besideCompanion(question, before);
  const orders = hookOrders(question.ruleset, state.hook, question.packet.version);
  if (orders === null) return unknownEnd(ORDER_UNKNOWN.why);
  const ways = orders.map((order): Step => ({ spot: { kind: 'chain', order, at: 0, state }, trace: [] }));
  const [only] = ways;
  if (ways.length === 1 && only) return only.spot;
  return { kind: 'doubt', ways, doubt: ORDER_UNKNOWN, rule: null };
}

function track(question: Question, spot: ChainSpot): Spot | Stop {
  const { ways: trackings, doubt } = trackingsUnder(
    question.ruleset,
    question.packet,
    spot.state.tracking === 'template',
  );
  const ways = trackings.map((tracking): Step => {
    const ctMarkShared = spot.state.ctMarkShared || tracking === 'established';
    return { spot: { ...spot, state: changed(spot.state, { tracking, ctMarkShared }) }, trace: [] };
  });
  const [only] = ways;
  if (ways.length === 1 && only) return only.spot;
  return { kind: 'doubt', ways, doubt, rule: null };
}

function leaveHook(question: Question, spot: ChainSpot): Spot | Stop {
  const { host, packet, ruleset } = question;
  const state = settleNat(spot.state, translates(ruleset, packet.version));
  const { ways, doubt: why } = afterHook(host, packet, state);
  const steps = ways.map((way): Step => ({ spot: way, trace: [] }));
  const [only] = steps;
  if (why === null && only) return only.spot;
  return { kind: 'doubt', ways: steps, doubt: why ?? doubt('the way is not known'), rule: null };
}

/** A chain at the very priority of connection tracking runs before or after it: that depends on which was set up first. */
function besideTracking(question: Question, spot: ChainSpot, enter: Spot): Stop {
  const tracked = track(question, spot);
  const after: readonly Step[] =
    'ways' in tracked ? tracked.ways : 'state' in tracked ? [{ spot: tracked, trace: [] }] : [];
  return { kind: 'doubt', ways: [{ spot: enter, trace: [] }, ...after], doubt: ORDER_UNKNOWN, rule: null };
}

const COPY_FIRST: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'a copy of the packet for the host itself, without its socket, may have settled its translation',
};

/** The packet when its copy has settled the translation of both: by which rule is not known, for the copy has no socket. */
function settledByCopy({ ruleset, packet }: Question, state: PacketState): PacketState {
  const settled = settleNat(state, true);
  if (!companionEffects(ruleset, packet.version, 'copy').source) return settled;
  const any = oneOf(null, [], COPY_FIRST.why);
  return changed(settled, { saddr: any, sport: state.sport.kind === 'absent' ? state.sport : any });
}

/** Whether a chain at ingress or egress is bound to the interface of the packet. */
function seesDevice({ chain, base: { devices } }: HookedChain, device: Known): Answer {
  if (devices === null) return doubt(`to which interfaces chain ${chain.name} is bound is not listed`);
  const values = { kind: 'names', patterns: devices } as const;
  return matchAnswer([[{ field: 'iifname', values }]], false, () => device);
}

/** The next base chain of a hook, or what happens before the packet reaches it, or the end of the hook. */
export function enterChain(question: Question, spot: ChainSpot): Spot | Stop {
  const { state, order, at } = spot;
  const hooked = currentChain(spot);
  if (hooked === undefined) return awaitsTracking(state) ? track(question, spot) : leaveHook(question, spot);
  const priority = effectivePriority(hooked.base);
  if (awaitsTracking(state) && priority > CONNTRACK_PRIORITY) return track(question, spot);
  if (hooked.base.type !== 'nat' && meetsNat(state) && isAfterNat(state, priority))
    return { ...spot, state: settleNat(state, translates(question.ruleset, question.packet.version)) };
  const skip: Spot = { kind: 'chain', order, at: at + 1, state };
  if (hooked.base.type === 'nat' && !meetsNat(state)) return skip;
  const frame: Frame = { table: hooked.table, chain: hooked.chain, back: null, depth: 0 };
  const enter: Spot = { kind: 'rule', order, at, frame, index: 0, statement: 0, state };
  if (awaitsTracking(state) && priority === CONNTRACK_PRIORITY) return besideTracking(question, spot, enter);
  if (hooked.base.type === 'nat' && companionOf(question.host, question.packet, state) === 'copy') {
    const settled: Spot = { ...skip, state: settledByCopy(question, state) };
    // The chain itself is last, for that is the way that a path shows.
    const ways = [settled, enter].map((way): Step => ({ spot: way, trace: [] }));
    return { kind: 'doubt', ways, doubt: COPY_FIRST, rule: null };
  }
  if (state.hook !== 'ingress' && state.hook !== 'egress') return enter;
  const sees = seesDevice(hooked, state.hook === 'ingress' ? state.iifname : state.oifname);
  if (sees === 'yes') return enter;
  if (sees === 'no') return skip;
  return {
    kind: 'doubt',
    ways: [
      { spot: enter, trace: [] },
      { spot: skip, trace: [] },
    ],
    doubt: sees,
    rule: null,
  };
}

/** Whether all of NAT at this hook lies behind a packet that reaches a chain of another type at this priority. */
function isAfterNat({ hook }: PacketState, priority: number): boolean {
  const nat = NAT_PRIORITY[hook];
  return nat !== undefined && priority > nat;
}
