import { evaluatePacket } from '../evaluate/evaluate.ts';
import type { HostContext } from '../host.ts';
import type { Ruleset } from '../model.ts';
import type { Packet, PacketVerdict } from '../packet.ts';
import type { Proof } from '../prove/proof.ts';
import { type Options, type Provable, provable } from '../prove/provable.ts';
import type { Space } from '../prove/space.ts';

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

/**
 * Asks whether any packet of a space gets through.
 * @param sample a packet of the space that a person recognises, to show what stops it
 */
export function ask(rules: Rules, space: Space, sample: Packet, options: Options = {}): Answer {
  const { ruleset, host } = rules;
  const found = within(host, (atMost) => provable(ruleset, host, space, { atMost, ...options }));
  if (found.kind === 'open')
    return { kind: 'open', judged: { packet: found.packet, verdict: found.verdict } };
  if (found.kind === 'proof') return { kind: 'closed', sample: judge(rules, sample), proof: found.proof };
  return { kind: 'unknown', reason: found.reasons.slice(0, 3).join('; ') };
}
