import type { PathStep } from '../packet.ts';
import { enterChain, startHook } from './base-chain.ts';
import { runRules } from './chain.ts';
import type { Look } from './match.ts';
import type { Question } from './question.ts';
import type { Spot, Stop } from './spot.ts';
import type { PacketState } from './state.ts';
import { viewOf } from './view.ts';

/** Follows a packet from a spot to the end, or to where ways part. `trace` is what happened until there. */
export function walk(
  question: Question,
  from: Spot,
): { readonly trace: readonly PathStep[]; readonly stop: Stop } {
  const trace: PathStep[] = [];
  let spot = from;
  let state: PacketState | null = null;
  let look: Look | null = null;
  for (;;) {
    let next: Spot | Stop;
    if (spot.kind === 'end') return { trace, stop: spot };
    if (spot.kind === 'hook') next = startHook(question, spot.state);
    else if (spot.kind === 'chain') next = enterChain(question, spot);
    else {
      if (look === null || state !== spot.state) look = viewOf(question.host, question.packet, spot.state);
      state = spot.state;
      next = runRules(question, spot, look, trace);
    }
    if (next.kind === 'end' || next.kind === 'doubt' || next.kind === 'may') return { trace, stop: next };
    spot = next;
  }
}
