import type { HookedChain } from '../hooks.ts';
import type { Chain, Table } from '../model.ts';
import type { PathStep } from '../packet.ts';
import type { Doubt } from './known.ts';
import type { Order } from './order.ts';
import type { PacketState } from './state.ts';

/** A chain that rules are run in, and where to go on when it is left. */
export interface Frame {
  readonly table: Table;
  readonly chain: Chain;
  readonly back: { readonly frame: Frame; readonly index: number } | null;
  readonly depth: number;
}

/** Where a packet is, and in what state: all that the rest of its way depends on. */
export type Spot =
  | { readonly kind: 'hook'; readonly state: PacketState }
  | { readonly kind: 'chain'; readonly order: Order; readonly at: number; readonly state: PacketState }
  | {
      readonly kind: 'rule';
      readonly order: Order;
      readonly at: number;
      readonly frame: Frame;
      readonly index: number;
      readonly statement: number;
      readonly state: PacketState;
    }
  | { readonly kind: 'end'; readonly outcome: Ending; readonly because: string | null };

/** How a journey ends; `unknown` when the model cannot say what happens from there. */
export type Ending = 'accept' | 'drop' | 'reject' | 'unknown';

/** A spot and what happened on the way to it. */
export interface Step {
  readonly spot: Spot;
  readonly trace: readonly PathStep[];
}

/** How one walk without a choice stops: at the end, or where ways part. */
export type Stop =
  | { readonly kind: 'end'; readonly outcome: Ending; readonly because: string | null }
  | {
      readonly kind: 'doubt';
      readonly ways: readonly Step[];
      readonly doubt: Doubt;
      readonly rule: PathStep | null;
    }
  | {
      readonly kind: 'may';
      readonly ways: readonly [passes: Step, not: Step];
      readonly whenQuiet: boolean | null;
      readonly rule: PathStep;
      readonly text: string;
    };

const numbers = new WeakMap<Chain, number>();
let last = 0;

function chainNumber(chain: Chain): number {
  let known = numbers.get(chain);
  if (known === undefined) {
    known = last += 1;
    numbers.set(chain, known);
  }
  return known;
}

function backKey(back: Frame['back']): string {
  return back ? `${chainNumber(back.frame.chain)}:${back.index}/${backKey(back.frame.back)}` : '';
}

/** Equal for spots from which everything goes the same way. */
export function spotKey(spot: Spot): string {
  switch (spot.kind) {
    case 'hook':
      return `h|${spot.state.key}`;
    case 'chain':
      return `c|${spot.order.key}:${spot.at}|${spot.state.key}`;
    case 'rule':
      return `r|${spot.order.key}:${spot.at}|${chainNumber(spot.frame.chain)}:${spot.index}:${spot.statement}/${backKey(spot.frame.back)}|${spot.state.key}`;
    case 'end':
      return `e|${spot.outcome}|${spot.because ?? ''}`;
  }
}

/** The chain that the packet is at in its hook. */
export function currentChain(spot: Spot & { kind: 'chain' | 'rule' }): HookedChain | undefined {
  return spot.order.chains[spot.at];
}
