import { expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { UNKNOWN_HOST } from '../host.ts';
import { mergeListings } from '../merge.ts';
import type { Ruleset } from '../model.ts';
import { checkProof } from '../prove/check-proof.ts';
import { provable } from '../prove/provable.ts';
import { outboundSpace } from '../prove/space.ts';
import { askOutbound, type Sender } from './outbound.ts';
import { packetWords, whyOpen } from './words.ts';

const AGENT: Sender = { uids: [[1_001n, 1_001n]], uid: 1_001n, gid: 1_001n };
const ESTABLISHED = '-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
const AGENT_STOPS = '-A OUTPUT -m owner --uid-owner 1001 -j REJECT';

function save(lines: readonly string[], policy = 'ACCEPT'): Ruleset {
  const text = `*filter\n:OUTPUT ${policy} [0:0]\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n`;
  const found = mergeListings({
    listings: [{ kind: 'save', version: 4, backend: 'legacy', text }],
    missing: [],
  });
  if (!found.ok) throw new Error(found.error.message);
  return found.ruleset;
}

const ask = (lines: readonly string[], policy?: string) =>
  askOutbound({ ruleset: save(lines, policy), host: UNKNOWN_HOST }, 4, AGENT);

it('is open where what is established is accepted before the rule for the agent, and says by which rule', () => {
  const answer = ask([ESTABLISHED, '-A OUTPUT -o lo -j ACCEPT', AGENT_STOPS]);
  if (answer.kind !== 'open') throw new Error(answer.kind);
  const { packet, verdict } = answer.judged;
  expect(packetWords(packet)).toBe(
    'udp to 8.8.8.8:53 as uid 1001, in a connection that another account has opened',
  );
  expect(whyOpen(packet, verdict)).toBe(
    `in a connection that another account has opened: the rule "${ESTABLISHED}" lets it pass`,
  );
});

it('is open by any word for the same, and by its mark or direction not told', () => {
  expect(ask(['-A OUTPUT -m state --state ESTABLISHED -j ACCEPT', AGENT_STOPS]).kind).toBe('open');
  expect(ask(['-A OUTPUT -m conntrack ! --ctstate NEW -j ACCEPT', AGENT_STOPS]).kind).toBe('open');
  expect(ask(['-A OUTPUT -m connmark --mark 0x1 -j ACCEPT', AGENT_STOPS]).kind).toBe('unknown');
  expect(ask(['-A OUTPUT -m conntrack --ctdir REPLY -j ACCEPT', AGENT_STOPS]).kind).toBe('unknown');
});

it('tells of a new connection first', () => {
  const answer = ask([ESTABLISHED, '-A OUTPUT -p tcp --dport 443 -j ACCEPT', AGENT_STOPS]);
  expect(answer.kind === 'open' && answer.judged.packet.connection).toBeUndefined();
});

it('is closed where the rule for the agent comes first, or is for what is new only in name', () => {
  expect(ask([AGENT_STOPS, ESTABLISHED]).kind).toBe('closed');
  expect(ask([`${ESTABLISHED.replace('-m', '-o lo -m')}`, AGENT_STOPS]).kind).toBe('closed');
  expect(ask(['-A OUTPUT -m conntrack --ctstate NEW -m owner --uid-owner 1001 -j DROP']).kind).toBe('open');
});

it('is not told where nobody is seen to open connections', () => {
  expect(ask([ESTABLISHED, '-A OUTPUT -o lo -j ACCEPT'], 'DROP').kind).toBe('unknown');
});

it('no proof about new connections holds for those of others', () => {
  const ruleset = save([ESTABLISHED, AGENT_STOPS]);
  const space = outboundSpace(4, AGENT.uids);
  const found = provable(ruleset, UNKNOWN_HOST, {
    ...space,
    fields: { ...space.fields, connection: [[0n, 0n]] },
  });
  if (found.kind !== 'proof') throw new Error(found.kind);
  expect(() => checkProof(ruleset, found.proof)).not.toThrow();
  const { question } = found.proof;
  const widened = {
    ...question,
    fields: { ...question.fields, connection: [['0', '1'] as [string, string]] },
  };
  expect(() => checkProof(ruleset, { ...found.proof, question: widened })).toThrow('a packet gets through');
});

it('an ordinary packet is the first of a new connection', () => {
  const packet = {
    direction: 'out',
    version: 4,
    l4proto: 17n,
    daddr: 0x0808_0808n,
    dport: 53n,
    sport: 40_000n,
  } as const;
  const of = (more: object) =>
    evaluatePacket(save([ESTABLISHED, AGENT_STOPS]), UNKNOWN_HOST, {
      ...packet,
      oifname: 'eth0',
      skuid: 1_001n,
      ...more,
    });
  expect(of({}).verdict).toBe('reject');
  expect(of({ connection: 'ofAnother' }).verdict).toBe('accept');
});
