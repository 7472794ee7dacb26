import { isSubset } from '../interval.ts';
import type { Hook } from '../model.ts';
import type { Question } from './compile.ts';
import { homeAddresses } from './derived.ts';
import { REGION_FIELDS } from './space.ts';
import { override, type State } from './state.ts';
import type { Case, Step } from './step.ts';

const OIFNAME = REGION_FIELDS.indexOf('oifname');
const DADDR = REGION_FIELDS.indexOf('daddr');
const DPORT = REGION_FIELDS.indexOf('dport');
const SADDR = REGION_FIELDS.indexOf('saddr');
const SPORT = REGION_FIELDS.indexOf('sport');

/**
 * The state of a packet that a rule gave another address or port.
 * @param one the entry of the rule that holds
 * @param id of the rule
 */
export function translated(
  { space, ranks }: Question,
  state: State,
  step: Step & { kind: 'nat' },
  one: Case,
  hook: Hook,
  id: number,
): State {
  const target = step.targets[one.entry] ?? { address: null, port: null };
  let next: State = { ...state, translatedAt: hook };
  if (step.type === 'snat' || step.type === 'masquerade')
    return override(override(next, SADDR, null), SPORT, null);
  next = { ...next, translatedBy: [...next.translatedBy, id] };
  const self = space.version === 4 ? 0x7f000001n : 1n;
  const address =
    step.type === 'redirect' && space.direction === 'out' ? ([self, self] as const) : target.address;
  // What comes in is redirected to an address of the interface by which it came, whichever that is (nf_nat_redirect.c).
  if (step.type === 'redirect' && space.direction === 'in') {
    next = override(next, DADDR, null);
  } else if (address) {
    next = override(next, DADDR, ranks.numbers(DADDR, [address]));
    if (space.direction === 'in') next = override(next, OIFNAME, null);
  }
  return target.port ? override(next, DPORT, ranks.numbers(DPORT, [target.port])) : next;
}

/** Whether a translated destination lies in the home network for certain. */
export function leadsHome({ space, ranks }: Question, { overrides }: State): boolean {
  const to = overrides.find(({ field }) => field === DADDR)?.set ?? null;
  return to !== null && isSubset(ranks.values(DADDR, to), homeAddresses(space.version));
}
