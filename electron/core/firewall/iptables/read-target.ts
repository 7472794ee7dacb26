import type { Statement, Verdict } from '../model.ts';
import type { ParsedRule } from './parse-rule.ts';
import { extensionText } from './rule-syntax.ts';
import { readConnmarkTarget, readMarkTarget } from './targets/marks.ts';
import { readNatTarget } from './targets/nat.ts';

const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ['ACCEPT', { kind: 'accept' }],
  ['DROP', { kind: 'drop' }],
  ['REJECT', { kind: 'reject' }],
  ['RETURN', { kind: 'return' }],
]);

/** Targets that return XT_CONTINUE and change nothing that a rule of this model asks for (iptables-extensions(8)). */
const PASSING: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'TRACE',
  'AUDIT',
  'CHECKSUM',
  'TCPMSS',
  'TCPOPTSTRIP',
  'CLASSIFY',
  'TTL',
  'SET',
  'LED',
  'IDLETIMER',
  'RATEEST',
  'SECMARK',
  'CONNSECMARK',
]);

/** Targets that decide, send elsewhere, copy or mark in ways that this model does not know. */
const DECIDING: ReadonlySet<string> = new Set([
  'NFQUEUE',
  'QUEUE',
  'TPROXY',
  'TEE',
  'NETMAP',
  'SYNPROXY',
  'CLUSTERIP',
  'HMARK',
  'DNPT',
  'SNPT',
  'SAME',
  'MIRROR',
  'TARPIT',
  'DELUDE',
  'STEAL',
]);

/** Targets that change what a route can be chosen by (iptable_mangle.c, ip6table_mangle.c). */
const OF_ROUTES: ReadonlySet<string> = new Set(['DSCP', 'TOS', 'ECN', 'HL']);

const READ_APART: ReadonlySet<string> = new Set([
  'MARK',
  'CONNMARK',
  'NOTRACK',
  'CT',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
]);

/** Whether a name is that of a target, which no chain may have (xshared.c, assert_valid_chain_name). */
export function isTargetName(name: string): boolean {
  return [VERDICTS, PASSING, DECIDING, OF_ROUTES, READ_APART].some((names) => names.has(name));
}

/**
 * Reads where a rule leads.
 * @param chains the table's own chains, declared or built in
 * @returns the statements at its end, none when it only counts; or the name that is neither a chain nor a target
 */
export function readTarget(
  target: ParsedRule['target'],
  version: 4 | 6,
  chains: { has(name: string): boolean },
): readonly Statement[] | { readonly unknownChain: string } {
  if (!target) return [];
  const { extension } = target;
  const unknown: readonly Statement[] = [{ kind: 'unmodelledVerdict', text: extensionText('-j', extension) }];
  if (chains.has(extension.name)) {
    const verdict: Verdict = { kind: target.goto ? 'goto' : 'jump', chain: extension.name };
    return extension.options.length > 0 ? unknown : [{ kind: 'verdict', verdict }];
  }
  if (target.goto) return { unknownChain: extension.name };
  const verdict = VERDICTS.get(extension.name);
  if (verdict) {
    const isPlain = extension.options.every(({ name, negated }) => name === '--reject-with' && !negated);
    return isPlain ? [{ kind: 'verdict', verdict }] : unknown;
  }
  switch (extension.name) {
    case 'MARK':
      return readMarkTarget(extension) ?? unknown;
    case 'CONNMARK':
      return readConnmarkTarget(extension) ?? unknown;
    case 'NOTRACK':
      return [{ kind: 'notrack' }];
    case 'CT':
      return extension.options.some(({ name }) => name === '--notrack')
        ? [{ kind: 'notrack' }]
        : [{ kind: 'zone' }];
    case 'DNAT':
    case 'SNAT':
    case 'MASQUERADE':
    case 'REDIRECT':
      return readNatTarget(extension, version) ?? unknown;
    case 'SET':
      // The map options give the packet a mark out of a set.
      return extension.options.some(({ name }) => name === '--map-set') ? unknown : [];
  }
  if (OF_ROUTES.has(extension.name)) return [{ kind: 'setRoute', text: extensionText('-j', extension) }];
  if (PASSING.has(extension.name)) return [];
  // A target that is not known here has options as a rule; a name alone is a chain that is not there.
  if (DECIDING.has(extension.name) || extension.options.length > 0) return unknown;
  return { unknownChain: extension.name };
}
