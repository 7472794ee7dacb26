import type { Detector } from '#core/detection/detector.ts';
import type { FirstSeen } from '#core/detection/pack/first-seen.ts';
import type { RulesInForce } from '../rules-in-force.ts';

/** @returns what knows nothing of what was never seen before, for tests of something else */
export function noFirstSeen(): FirstSeen {
  return { detect: () => [], state: () => null };
}

function noDetector(): Detector {
  return { detect: () => [], state: () => null, letGo: { groups: 0, entries: 0 } };
}

/** @returns rules that find nothing, but for what is handed in, for tests of something else */
export function plainRules(more: Partial<RulesInForce> = {}): RulesInForce {
  return {
    createDetector: noDetector,
    createFirstSeen: noFirstSeen,
    list: () => [],
    taken: new Map(),
    ownRules: () => ({ folder: '', files: [], more: 0, placeholders: [] }),
    ...more,
  };
}
