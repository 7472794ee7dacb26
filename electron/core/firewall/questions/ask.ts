import { evaluatePacket } from '../evaluate/evaluate.ts';
import type { HostContext } from '../host.ts';
import { isSubset } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import type { Packet, PacketVerdict } from '../packet.ts';
import { checkProof } from '../prove/check-proof.ts';
import type { Proof } from '../prove/proof.ts';
import { type Options, type Provable, provable } from '../prove/provable.ts';
import type { Redirection } from '../prove/redirected.ts';
import { ownAddresses, type Space } from '../prove/space.ts';
import { rewrittenInto, translatedInto } from './translated-into.ts';

/** The rules of a host and what they ask about it. */
export interface Rules {
  readonly ruleset: Ruleset;
  readonly host: HostContext;
}

/** A packet and what becomes of it. */
export interface Judged {
  readonly packet: Packet;
  readonly verdict: PacketVerdict;
}

/**
 * What is known of all packets of a question: none gets through (`sample` is one of them, to show what stops it; null when the
 * question is about no packet at all), this one does, or it cannot be told and why.
 */
export type Answer =
  | { readonly kind: 'closed'; readonly sample: Judged | null; readonly proof: Proof | null }
  | { readonly kind: 'open'; readonly judged: Judged }
  | { readonly kind: 'unknown'; readonly reason: string };

/** One packet, evaluated. */
export function judge({ ruleset, host }: Rules, packet: Packet): Judged {
  return { packet, verdict: evaluatePacket(ruleset, host, packet) };
}

/** A page waits for the answer; rule sets that people have take a few milliseconds. */
const MILLISECONDS = 2_000;
/** For all questions about one look. Only a rule set made to waste time gets here; what is asked then is hardly ever told. */
const MILLISECONDS_IN_ALL = 6_000;
const MILLISECONDS_WHEN_SPENT = 20;

const spent = new WeakMap<HostContext, number>();

/** Asks within what is left of the time for one look. */
function within(host: HostContext, asking: (atMost: number) => Provable): Provable {
  const before = spent.get(host) ?? 0;
  const left = Math.max(MILLISECONDS_IN_ALL - before, MILLISECONDS_WHEN_SPENT);
  const start = performance.now();
  const found = asking(Math.min(MILLISECONDS, left));
  spent.set(host, before + performance.now() - start);
  return found;
}

/** What is redirected is not stopped: a program there may carry it on, under an account that no rule of the question is about. */
function relayed({ tables }: Ruleset, { rules }: Redirection): string {
  const texts = tables
    .flatMap(({ chains }) => [...chains.values()])
    .flatMap((chain) => chain.rules.filter(({ id }) => rules.includes(id)).map(({ text }) => text));
  return `address translation sends it to a program that may carry it on: ${texts.slice(0, 2).join('; ')}`;
}

/**
 * Why a proof does not hold for another pair of eyes; null when it does. Proofs of what comes in rest on the prover alone: the checker knows
 * too little of the host to agree with those behind ufw, firewalld or Docker.
 */
function refusal(ruleset: Ruleset, proof: Proof, atMost: number): string | null {
  if (proof.question.direction !== 'out') return null;
  try {
    checkProof(ruleset, proof, performance.now() + atMost);
    return null;
  } catch (error) {
    return `the proof could not be re-checked: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Asks the prover, and has what it proves checked; each has its time. */
function proven(rules: Rules, space: Space, options: Options): Provable {
  const found = provable(rules.ruleset, rules.host, space, options);
  if (found.kind !== 'proof') return found;
  const reason = refusal(rules.ruleset, found.proof, options.atMost ?? MILLISECONDS);
  return reason === null ? found : { kind: 'unknown', reasons: [reason] };
}

/**
 * Asks whether any packet of a space gets through. That none does is said of a packet that goes out only when the proof was checked.
 * @param sample a packet of the space that a person recognises, to show what stops it
 */
export function ask(rules: Rules, space: Space, sample: Packet, options: Options = {}): Answer {
  const { ruleset } = rules;
  const found = within(rules.host, (atMost) => proven(rules, space, { atMost, ...options }));
  if (found.kind === 'open')
    return { kind: 'open', judged: { packet: found.packet, verdict: found.verdict } };
  if (found.kind === 'proof') {
    const translated = translatedInto(ruleset, space) ?? rewrittenInto(ruleset, space);
    if (translated !== null) return { kind: 'unknown', reason: translated };
    // A packet to an address of the host is taken by a program of the host either way; those are asked about one by one.
    const own = ownAddresses(rules.host, space.version);
    const redirected = found.redirected.find(({ daddr }) => !isSubset(daddr, own));
    if (redirected !== undefined) return { kind: 'unknown', reason: relayed(ruleset, redirected) };
    return { kind: 'closed', sample: judge(rules, sample), proof: found.proof };
  }
  return { kind: 'unknown', reason: found.reasons.slice(0, 3).join('; ') };
}
