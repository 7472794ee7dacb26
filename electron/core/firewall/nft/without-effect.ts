import { isList, isObject, type Json, member, tagged } from './json.ts';

/**
 * A value that is written out in the rule, so that reading it can fail for no packet. A map may have no entry, a field may not be there,
 * and then the rule ends (NFT_BREAK). nft prints an expression for which it has no JSON as text, which has blanks or braces.
 */
export function isConstant(value: Json | undefined): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value === 'string') return /^[^\s{}()@]+$/.test(value);
  if (isList(value)) return value.every((one) => typeof one !== 'object' && isConstant(one));
  const [operator, operands] = tagged(value) ?? [];
  return operator === '|' && isList(operands) && isConstant(operands);
}

/** What a statement is told besides its name, where none of it is looked up: `counter name ip daddr map { … }` has a map. */
function isWrittenOut(body: Json): boolean {
  if (!isObject(body)) return body === null || isConstant(body);
  return Object.values(body).every((one) => !isObject(one) && !(isList(one) && one.some(isObject)));
}

/**
 * Statements that go on whatever the packet is, and change nothing that this model shows (nft_counter.c, nft_log.c, nft_last.c,
 * nft_objref.c; nft_ct.c: without a connection a helper or timeout is passed over, and so is a label of secmark in nft_meta.c).
 * Not `ct expectation`: it ends the rule without a new connection, or with too many expectations (nft_ct_expect_obj_eval).
 */
const WITHOUT_EFFECT = new Set(['counter', 'log', 'comment', 'ct helper', 'ct timeout', 'secmark', 'last']);

/** Statements of which nothing but an object's name matters, and that do nothing to the packet when they are evaluated. */
const OF_OBJECTS = new Set([...WITHOUT_EFFECT, 'ct expectation']);

/**
 * What a statement does that changes nothing that this model shows.
 * @returns `nothing`, or `mayEnd` where it may end the rule for some packets; null for every other statement
 */
export function effectOf(kind: string, body: Json): 'nothing' | 'mayEnd' | null {
  if (!OF_OBJECTS.has(kind)) return null;
  if (kind === 'comment') return 'nothing';
  return WITHOUT_EFFECT.has(kind) && isWrittenOut(body) ? 'nothing' : 'mayEnd';
}

/** Payload by which a route can be chosen (nft_chain_route.c). */
const OF_ROUTES = new Set([
  'ip dscp',
  'ip ecn',
  'ip tos',
  'ip6 dscp',
  'ip6 ecn',
  'ip6 hoplimit',
  'ip6 flowlabel',
]);
/** In the header of IP, which every packet has (nft_payload_set_eval). */
const IN_EVERY_PACKET = new Set(['ip ttl', 'ip id']);
/** Writing to these ends the rule where the header is not there: at output no packet has one of Ethernet yet, a fragment none of TCP. */
const IN_SOME_PACKETS = new Set([
  'ether saddr',
  'ether daddr',
  'vlan pcp',
  'vlan dei',
  'vlan cfi',
  'tcp window',
  'tcp urgptr',
]);
/** nft_meta_set_eval: never ends a rule. */
const META = new Set(['priority', 'nftrace', 'secmark']);
/** nft_ct_set_eval, nft_ct_set_zone_eval, nft_ct_helper_obj_eval: without a connection nothing happens, and the rule goes on. */
const CT = new Set(['zone', 'event', 'label', 'helper', 'secmark']);

/** What `… set …` does besides changing what this model shows: whether it may end the rule, and whether a route may be another then. */
export interface Change {
  readonly mayEnd: boolean;
  readonly ofRoutes: boolean;
}

/**
 * What a change does of a field that this model does not show.
 * @param key what is changed: its kind (`payload`, `meta`, `ct`) and body
 * @returns null for a change of anything else
 */
export function changeOf(kind: string, key: Json, value: Json | undefined): Change | null {
  if (!isObject(key)) return null;
  const mayEnd = !isConstant(value);
  if (kind === 'payload') {
    const changed = `${member(key, 'protocol')} ${member(key, 'field')}`;
    if (OF_ROUTES.has(changed)) return { mayEnd, ofRoutes: true };
    if (IN_EVERY_PACKET.has(changed)) return { mayEnd, ofRoutes: false };
    return IN_SOME_PACKETS.has(changed) ? { mayEnd: true, ofRoutes: false } : null;
  }
  const name = member(key, 'key');
  const known = kind === 'meta' ? META : kind === 'ct' ? CT : null;
  return typeof name === 'string' && known?.has(name) ? { mayEnd, ofRoutes: false } : null;
}
