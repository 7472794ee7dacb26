import type { Scenario } from '../scenario.ts';
import { blind } from './blind.ts';
import { evening } from './evening.ts';
import { fifty, strangers } from './fifty.ts';
import {
  changedSince,
  closableWayOut,
  damagedLedger,
  failingChange,
  house,
  longLedger,
  notVerified,
  refusedConsent,
  stuckChange,
  unreachableNode,
} from './house.ts';
import {
  alertsAndNoIncident,
  beforeTheGate,
  containedByPeers,
  freshIncident,
  hostileIncident,
  pastIncidents,
  resumedIncidents,
  shutOff,
  toBeRebuilt,
  toFollowUp,
  unconfirmedCut,
} from './incidents.ts';
import { hostileLogs, knocking, nobodyWatches, quietHouse } from './knocking.ts';
import { allFine, broken, firstStart, hostile, slow, thousand } from './others.ts';
import { cleanPackages, failingPackages, fewPackages, malwarePackages, manyPackages, stalePackages, upgradablePackages } from './packages.ts';
import { differentSecrets, firstSecret, noSealedStore, strangerAtRotation } from './secrets.ts';
import { wayOut } from './way-out.ts';

/** Every scenario by name; each call makes a fresh one. */
export const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  'first-start': firstStart,
  evening,
  blind,
  'way-out': wayOut,
  'no-sealed-store': noSealedStore,
  'different-secrets': differentSecrets,
  'first-secret': firstSecret,
  'stranger-at-rotation': strangerAtRotation,
  'all-fine': allFine,
  thousand,
  fifty,
  strangers,
  hostile,
  broken,
  slow,
  house,
  closable: closableWayOut,
  'refused-consent': refusedConsent,
  'failing-change': failingChange,
  'stuck-change': stuckChange,
  'not-verified': notVerified,
  'unreachable-node': unreachableNode,
  'changed-since': changedSince,
  'long-ledger': longLedger,
  'damaged-ledger': damagedLedger,
  upgradable: upgradablePackages,
  'many-packages': manyPackages,
  'stale-packages': stalePackages,
  'clean-packages': cleanPackages,
  'malware-packages': malwarePackages,
  'failing-packages': failingPackages,
  'few-packages': fewPackages,
  knocking,
  'quiet-house': quietHouse,
  'nobody-watches': nobodyWatches,
  'hostile-logs': hostileLogs,
  'past-incidents': pastIncidents,
  'contained-by-peers': containedByPeers,
  'shut-off': shutOff,
  'unconfirmed-cut': unconfirmedCut,
  'fresh-incident': freshIncident,
  'resumed-incidents': resumedIncidents,
  'alerts-and-no-incident': alertsAndNoIncident,
  'hostile-incident': hostileIncident,
  'to-be-rebuilt': toBeRebuilt,
  'before-the-gate': beforeTheGate,
  'to-follow-up': toFollowUp,
};
