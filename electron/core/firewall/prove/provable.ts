import { evaluatePacket } from '../evaluate/evaluate.ts';
import { domain } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { subtract } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import type { Packet, PacketVerdict } from '../packet.ts';
import { asksConnections } from './asks-connections.ts';
import type { Question } from './compile.ts';
import type { Proof } from './proof.ts';
import { type RankSet, uniteRanks } from './rank-set.ts';
import { ranksOf } from './ranks.ts';
import { type Redirection, redirections } from './redirected.ts';
import { childRegion, type Region, rootRegion } from './region.ts';
import { type Budget, type Search, search } from './search.ts';
import { allowed, REGION_FIELDS, type Space } from './space.ts';
import {
  interfacesFirst,
  isOfAnother,
  narrowed,
  packetOf,
  staysHome,
  type Telling,
  tellings,
  throughInterface,
} from './telling.ts';
import { walker } from './walk.ts';
import { writeProof } from './write-proof.ts';

/** Whether any packet of a space leaves (or comes in). */
export type Provable =
  /** None does. `redirected`: packets that address translation sends to this host or its home network instead. */
  | { readonly kind: 'proof'; readonly proof: Proof; readonly redirected: readonly Redirection[] }
  /** This one does, as the packet evaluator confirms. */
  | { readonly kind: 'open'; readonly packet: Packet; readonly verdict: PacketVerdict }
  /** It cannot be told; each reason is a rule, a field or a part of the rules. */
  | { readonly kind: 'unknown'; readonly reasons: readonly string[] };

/** Bounds and preferences of a question. */
export interface Options {
  /** Whose packet a counter-example should be, where it can: the uid of the agent itself. */
  readonly uid?: bigint;
  /** Milliseconds. */
  readonly atMost?: number;
  readonly regions?: number;
}

const MILLISECONDS = 10_000;
const REGIONS = 200_000;

/** The box of a whole space. */
function wholeBox({ space, ranks }: Question): RankSet[] {
  const name = space.direction === 'out' ? 'oifname' : 'iifname';
  return REGION_FIELDS.map((field, index) => {
    if (field !== 'oifname' && field !== 'iifname') return ranks.numbers(index, allowed(space, field));
    const except = field === name ? space.exceptInterfaces : [];
    return uniteRanks(ranks.nameOf.map((one, rank) => (except.includes(one) ? [] : [rank, rank])));
  });
}

/**
 * Answers whether a packet of a space gets through a rule set: over all of them, by cutting the space into boxes and following each box
 * through the rules as a whole. A rate limit lets packets through; what is not modelled makes the answer unknown unless every way is
 * stopped. The answer `open` holds a packet of which the packet evaluator says the same; would it not, the answer is unknown.
 */
export function provable(ruleset: Ruleset, host: HostContext, space: Space, options: Options = {}): Provable {
  if (ruleset.missing.length > 0)
    return { kind: 'unknown', reasons: ruleset.missing.map((part) => `not seen: ${part}`) };
  const question: Question = { space, host, ranks: ranksOf(ruleset, host, space) };
  const box = wholeBox(question);
  if (box.some((set) => set.length === 0)) return { kind: 'unknown', reasons: ['no packet is asked about'] };
  const walk = walker(ruleset, question);
  const until = performance.now() + (options.atMost ?? MILLISECONDS);
  const uid = options.uid ?? null;
  const root = rootRegion(box);
  const asksForConnections = asksConnections(ruleset);
  const look = (start: Region, budget: Budget): Search =>
    search(question, walk, start, budget, asksForConnections);
  const shown = (region: Region): Provable | null => confirmed(ruleset, question, region, uid);

  const telling = (anyAddress: boolean, regions: number, isOfAnother = false): Provable | null => {
    for (const one of tellings(space.version, anyAddress, isOfAnother))
      for (const start of parts(question, root, one, uid)) {
        const { open } = look(start, { regions, until });
        const found = open && shown(open);
        if (found?.kind === 'open') return found;
      }
    return null;
  };
  const early = telling(false, 64);
  if (early) return early;

  const whole = look(root, { regions: options.regions ?? REGIONS, until });
  if (whole.open && isOfAnother(question, whole.open))
    return (
      telling(false, 64, true) ??
      telling(true, 500, true) ??
      shown(whole.open) ?? { kind: 'unknown', reasons: [NOBODY_KNOWN] }
    );
  if (whole.open) return telling(true, 500) ?? shown(whole.open) ?? unconfirmed(host, space);
  if (whole.exhausted) return { kind: 'unknown', reasons: [...reasonsOf(whole), 'too many cases'] };
  if (whole.unknown.length > 0) return { kind: 'unknown', reasons: reasonsOf(whole) };
  return {
    kind: 'proof',
    proof: writeProof(ruleset, question, whole.nodes),
    redirected: redirections(question, whole.nodes),
  };
}

const NOBODY_KNOWN =
  'what is in a connection already gets through, and whether another account can open one that the agent goes on in is not known';

/** Whether an account that the question is not about can open the connection that a packet goes on in. */
function somebodyBegins(ruleset: Ruleset, { space, host }: Question, packet: Packet): boolean {
  const others = subtract(domain('skuid', space.version), allowed(space, 'skuid'));
  const mentioned = others.flat().slice(0, MOST_OTHERS);
  const first = { ...packet, connection: undefined };
  return mentioned.some(
    (uid) => evaluatePacket(ruleset, host, { ...first, skuid: uid, skgid: uid }).verdict === 'accept',
  );
}

/** So many accounts are tried. */
const MOST_OTHERS = 8;

const DEFECT: Provable = {
  kind: 'unknown',
  reasons: ['the packet that was found to leave could not be confirmed; this is a defect of Swarmkeep'],
};

/** Why a packet that the rules let through was not found to leave. */
function unconfirmed({ forwarding }: HostContext, { direction, version }: Space): Provable {
  if (direction === 'out' || forwarding[version] === true) return DEFECT;
  const moved = 'address translation may send it to another machine';
  const reason =
    forwarding[version] === false
      ? `${moved}, and the host does not forward IPv${version} now`
      : `${moved}, and whether the host forwards IPv${version} is not known`;
  return { kind: 'unknown', reasons: [reason] };
}

function reasonsOf({ unknown }: Search): string[] {
  return [...new Set(unknown.flatMap((one) => one.doubts))].slice(0, 100);
}

/** Regions of telling packets: by each interface that has a default route or exists, then by any; of the wanted uid, then of any. */
function* parts(question: Question, root: Region, telling: Telling, uid: bigint | null): Generator<Region> {
  const own = uid === null ? [] : [{ fields: { ...telling.fields, skuid: uid } }];
  for (const wanted of [...own, telling]) {
    const box = narrowed(question, root.box, wanted);
    if (box === null) continue;
    for (const name of interfacesFirst(question).slice(0, 4)) {
      const through = throughInterface(question, box, name);
      if (through) yield within(root, through);
    }
    yield within(root, box);
  }
}

/** The part of a region that lies in a box. */
function within(region: Region, box: readonly RankSet[]): Region {
  return box.reduce(
    (part, set, field) => (set === part.box[field] ? part : childRegion(part, field, set)),
    region,
  );
}

/** The packet of an open region, when the packet evaluator says that it is accepted. */
function confirmed(
  ruleset: Ruleset,
  question: Question,
  region: Region,
  uid: bigint | null,
): Provable | null {
  for (const complete of [false, true]) {
    const packet = packetOf(question, region, complete, uid);
    if (staysHome(question, packet)) return null;
    const verdict = evaluatePacket(ruleset, question.host, packet);
    if (verdict.verdict !== 'accept') continue;
    if (packet.connection === undefined || somebodyBegins(ruleset, question, packet))
      return { kind: 'open', packet, verdict };
  }
  return null;
}
