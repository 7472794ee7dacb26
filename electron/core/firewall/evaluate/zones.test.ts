import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import type { Rule, Ruleset, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { provable } from '../prove/provable.ts';
import { outboundSpace } from '../prove/space.ts';
import { ACCEPT, baseChain, condition, DROP, match, rulesets, uid } from '../prove/testing/rules.ts';
import { evaluatePacket } from './evaluate.ts';

const ZONE: Statement = { kind: 'zone' };
const NOTRACK: Statement = { kind: 'notrack' };
const PACKET: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 17n,
  daddr: 0x0808_0808n,
  sport: 40_000n,
  dport: 53n,
  skuid: 1_001n,
  skgid: 1_001n,
  oifname: 'eth0',
};
const state = (bits: bigint): Statement => match(condition('ctState', [bits, bits]));
const [NEW, UNTRACKED] = [8n, 64n];

type Make = (rule: (...statements: Statement[]) => Rule) => Rule[];

/** What is said of a packet, and of all of them, under rules at the priority raw and at filter. */
function said(raw: Make, filter: Make): [string, string] {
  const { rule, table, ruleset } = rulesets();
  const chains = [baseChain('raw', raw(rule), { priority: -300 }), baseChain('filter', filter(rule))];
  const rules: Ruleset = ruleset(table('ip', 't', chains));
  const found = provable(rules, UNKNOWN_HOST, outboundSpace(4, [[1_001n, 1_001n]]));
  return [evaluatePacket(rules, UNKNOWN_HOST, PACKET).verdict, found.kind];
}

it('a packet with a zone is new to the rules before connection tracking', () => {
  const [one, all] = said(
    (rule) => [rule(ZONE), rule(state(NEW), ACCEPT), rule(uid(1_001), DROP)],
    () => [],
  );
  expect(one).toBe('accept');
  expect(all).not.toBe('proof');
});

it('a zone comes before what would switch tracking off', () => {
  expect(
    said(
      (rule) => [rule(ZONE), rule(NOTRACK)],
      (rule) => [rule(state(UNTRACKED), DROP)],
    ),
  ).toEqual(['accept', 'open']);
  expect(
    said(
      (rule) => [rule(NOTRACK)],
      (rule) => [rule(state(UNTRACKED), DROP)],
    ),
  ).toEqual(['drop', 'proof']);
});

it('whether a zone behind notrack counts is not known', () => {
  expect(
    said(
      (rule) => [rule(NOTRACK), rule(ZONE)],
      (rule) => [rule(state(UNTRACKED), DROP)],
    ),
  ).toEqual(['unknown', 'unknown']);
});

it('the marks of a connection that is still to be found are not known', () => {
  const marked = match(condition('ctMark', [0n, 0n]));
  expect(
    said(
      (rule) => [rule(ZONE), rule(marked, ACCEPT), rule(uid(1_001), DROP)],
      () => [],
    ),
  ).toEqual(['unknown', 'unknown']);
  expect(
    said(
      (rule) => [rule(marked, ACCEPT), rule(uid(1_001), DROP)],
      () => [],
    ),
  ).toEqual(['drop', 'proof']);
});

it('a zone alone opens nothing', () => {
  expect(
    said(
      (rule) => [rule(ZONE)],
      (rule) => [rule(uid(1_001), DROP)],
    ),
  ).toEqual(['drop', 'proof']);
});
