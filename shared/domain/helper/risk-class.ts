import type { SecretAct } from './secret.ts';
import type { HelperRequest, HelperVerb } from './verbs.ts';

/**
 * What a request can do to a node, for the one question that polkit asks about it. Each class has an action in
 * assets/linux/org.swarmkeep.helper.policy and a wrapper that lets nothing above it through.
 */
export const RISK_CLASSES = ['look', 'change', 'network'] as const;
export type RiskClass = (typeof RISK_CLASSES)[number];

/** Verbs that can cut the operator off. */
const NETWORK: ReadonlySet<HelperVerb> = new Set([
  'load-table',
  'load-chains',
  'remove-owner-drop',
  'set-link',
]);

/** A fence can cut connections; what takes or proves a secret changes a service. */
const SECRET_CLASS: Readonly<Record<SecretAct['act'], RiskClass>> = {
  look: 'look',
  state: 'look',
  verify: 'look',
  stage: 'change',
  arm: 'change',
  commit: 'change',
  finish: 'change',
  drop: 'change',
  fence: 'network',
  lift: 'network',
};

/**
 * The class of a request: `look` changes nothing, `network` can cut connections, everything else is `change`. What takes a change
 * back, now or by its timer, says only its id: it can be one of the network.
 */
export function riskClassOf(request: HelperRequest): RiskClass {
  switch (request.ask) {
    case 'hello':
    case 'inspect':
    case 'changes':
    case 'probe':
    case 'compare':
      return 'look';
    case 'do':
      return NETWORK.has(request.action.verb) ? 'network' : 'change';
    case 'pause':
      return request.what.act === 'state' ? 'look' : 'change';
    case 'isolate':
      return request.what.act === 'look' || request.what.act === 'prove' ? 'look' : 'network';
    case 'secret':
      return SECRET_CLASS[request.what.act];
    case 'secrets':
      return request.what
        .map(({ act }) => SECRET_CLASS[act])
        .reduce((most, one) => (coveredBy(most, one) ? most : one));
    case 'undo':
    case 'revert':
    case 'arm':
      return 'network';
    default:
      return 'change';
  }
}

/** Whether consent to one class covers another: each covers those before it. */
export function coveredBy(allowed: RiskClass, wanted: RiskClass): boolean {
  return RISK_CLASSES.indexOf(wanted) <= RISK_CLASSES.indexOf(allowed);
}
