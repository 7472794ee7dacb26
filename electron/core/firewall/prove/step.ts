import type { IntervalSet } from '../interval.ts';
import type { MarkChange, NatTarget, Rule, Verdict } from '../model.ts';
import type { RankSet } from './rank-set.ts';

/** `unsure`: stops packets that have a connection, of which no proof is made. */
export type StepVerdict = Verdict | { readonly kind: 'unsure' };

/** The value of a field of the region lies in a set. */
export interface Test {
  readonly field: number;
  readonly set: RankSet;
}

/** A question about what earlier rules left on the packet. */
export interface MarkTest {
  readonly field: 'mark' | 'ctMark' | 'ctStatus' | 'ctState';
  readonly mask: bigint | null;
  readonly intervals: IntervalSet;
}

/** Holds when all tests hold. `doubt`: it asks besides for something that the model does not know. */
export interface Case {
  readonly tests: readonly Test[];
  readonly marks: readonly MarkTest[];
  readonly doubt: string | null;
  /** Index of the entry of a map that it stands for. */
  readonly entry: number;
}

/** A statement with everything decided that the place decides. */
export type Step =
  | { readonly kind: 'match'; readonly cases: readonly Case[]; readonly negated: boolean }
  | { readonly kind: 'verdict'; readonly verdict: StepVerdict }
  | {
      readonly kind: 'verdictMap';
      readonly cases: readonly Case[];
      readonly verdicts: readonly StepVerdict[];
    }
  | { readonly kind: 'setMark'; readonly field: 'mark' | 'ctMark'; readonly change: MarkChange }
  | {
      readonly kind: 'mapMark';
      readonly cases: readonly Case[];
      readonly field: 'mark' | 'ctMark';
      readonly values: readonly bigint[];
    }
  | { readonly kind: 'notrack' }
  | { readonly kind: 'zone' }
  | { readonly kind: 'setRoute' }
  | {
      readonly kind: 'nat';
      readonly cases: readonly Case[];
      readonly type: 'dnat' | 'snat' | 'masquerade' | 'redirect';
      readonly targets: readonly NatTarget[];
    }
  | { readonly kind: 'may' }
  | { readonly kind: 'doubt'; readonly text: string }
  | { readonly kind: 'doubtVerdict'; readonly text: string };

export interface CompiledRule {
  readonly rule: Rule;
  readonly steps: readonly Step[];
}
