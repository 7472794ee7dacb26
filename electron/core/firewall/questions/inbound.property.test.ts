import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAddress } from '../address.ts';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains, type IntervalSet } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import type { Packet } from '../packet.ts';
import { publicAddresses } from '../prove/space.ts';
import { HOST, randomRulesets } from '../prove/testing/random-rules.ts';
import { ACCEPT, baseChain, condition, match, port, protocol, rulesets } from '../prove/testing/rules.ts';
import type { Answer } from './ask.ts';
import { askInbound, type Target } from './inbound.ts';
import { inward } from './testing/inbound-worlds.ts';
import { PROGRAMS, recorded } from './testing/recorded.ts';

/** More with PROVE_RUNS, for a long look. */
const RUNS = Number(process.env.PROVE_RUNS ?? 300);
const SEED = process.env.PROVE_SEED;

const V4 = [match(condition('nfproto', [4n, 4n]))];

const inWords = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    typeof one === 'bigint' ? `${one}n` : one instanceof Map ? [...one.values()] : one,
  );

/** Every end of a range that a rule asks for in one of these fields, and its neighbours: between them nothing changes. */
function ends(ruleset: Ruleset, ...fields: string[]): bigint[] {
  const found = new Set<bigint>();
  JSON.stringify(ruleset.tables, (_, value) => {
    if (value instanceof Map) return [...value.values()];
    if (typeof value === 'object' && value !== null && fields.includes(value.field) && value.values.intervals)
      for (const [low, high] of value.values.intervals as IntervalSet)
        for (const one of [low - 1n, low, high, high + 1n]) if (one >= 0n) found.add(one);
    return typeof value === 'bigint' ? `${value}` : value;
  });
  return [...found];
}

/** Interfaces that rules or the host name, `lo` apart, and one that nobody does. */
function faces(ruleset: Ruleset, host: HostContext): string[] {
  const names = new Set(['other0', ...(host.interfaces ?? []).map(({ name }) => name)]);
  for (const [, list = ''] of inWords(ruleset.tables).matchAll(/"patterns":\[([^\]]*)\]/g))
    for (const [, name = ''] of list.matchAll(/"([^"]+)"/g)) names.add(name.replace(/\*$/, '7'));
  names.delete('lo');
  return [...names];
}

/** Packets of a question, one of each kind that a rule can tell apart as far as sender and interface go. */
function* packetsOf(
  ruleset: Ruleset,
  host: HostContext,
  { version, daddr, protocol: name, port: number }: Target,
  sources: IntervalSet,
): Generator<Packet> {
  const limit = 1n << (version === 4 ? 32n : 128n);
  const known = version === 4 ? 0x08080808n : 0x20014860_48600000_00000000_00008888n;
  const own = (host.interfaces ?? []).flatMap((face) => face.addresses.map(({ value }) => value));
  const senders = [known, ...ends(ruleset, 'saddr')].filter(
    (saddr) => saddr < limit && contains(sources, saddr) && !own.includes(saddr),
  );
  for (const iifname of faces(ruleset, host))
    for (const saddr of senders)
      for (const sport of [22n, 40_000n])
        yield {
          direction: 'in',
          version,
          daddr,
          saddr,
          l4proto: PROTOCOL[name],
          dport: BigInt(number),
          sport,
          iifname,
        };
}

/**
 * Holds an answer against packets, one by one: the evaluator shares nothing with the prover but the model.
 * @returns how many packets were looked at
 */
function hold(ruleset: Ruleset, host: HostContext, target: Target, answer: Answer): number {
  const sources = publicAddresses(target.version);
  if (answer.kind === 'open' && evaluatePacket(ruleset, host, answer.judged.packet).verdict !== 'accept')
    throw new Error(`a packet is shown that does not get in: ${inWords(answer.judged.packet)}`);
  if (answer.kind !== 'closed') return 0;
  let count = 0;
  for (const packet of packetsOf(ruleset, host, target, sources)) {
    count += 1;
    const { verdict, path, reason } = evaluatePacket(ruleset, host, packet);
    // What is dropped or rejected, nobody knows which, does not get in.
    if (verdict === 'accept' || (verdict === 'unknown' && !reason.endsWith('It does not pass either way.')))
      throw new Error(`said to be closed, yet ${verdict}: ${inWords(packet)} ${inWords(path)}`);
  }
  return count;
}

/** A copy of the host has its own time for questions. */
const ask = (ruleset: Ruleset, host: HostContext, target: Target): Answer =>
  askInbound({ ruleset, host: { ...host } }, target, publicAddresses(target.version));

/** The rules with a table besides that lets nothing in but SSH from anywhere and port 8080 from one network, and sends nothing on. */
function guarded(ruleset: Ruleset): Ruleset {
  const { rule, table } = rulesets();
  const from = match(condition('saddr', [0xc6336400n, 0xc63364ffn]));
  const own = table('inet', 'guard', [
    baseChain('input', [rule(protocol(6n), port(22), ACCEPT), rule(...V4, from, port(8_080), ACCEPT)], {
      hook: 'input',
      priority: 5,
      policy: 'drop',
    }),
    baseChain('forward', [rule(...V4, from, port(80), ACCEPT)], {
      hook: 'forward',
      priority: 5,
      policy: 'drop',
    }),
  ]);
  return { ...ruleset, tables: [...ruleset.tables, own] };
}

/** Each port about which some rule asks, at most so many of them, evenly. */
const MOST_PORTS = 20;

function portsOf(ruleset: Ruleset): bigint[] {
  const all = [...new Set([22n, 53n, 8_080n, 11_434n, ...ends(ruleset, 'dport')])].filter(
    (one) => one > 0n && one <= 0xffffn,
  );
  const step = Math.max(1, all.length / MOST_PORTS);
  return all.filter((_, at) => at < 4 || at % step < 1);
}

it.each(PROGRAMS.flatMap((program) => [[program, 'alone'] as const, [program, 'with others'] as const]))(
  'what comes in under the rules of %s, %s, is said of every packet alike',
  (program, how) => {
    const { ruleset: plain, host } = recorded(program);
    const ruleset = how === 'alone' ? plain : guarded(plain);
    const counts = { open: 0, closed: 0, unknown: 0, packets: 0 };
    for (const version of [4, 6] as const)
      for (const text of version === 4 ? ['192.168.1.5', '203.0.113.9'] : ['2001:db8:1::5'])
        for (const name of ['tcp', 'udp'] as const)
          for (const number of portsOf(ruleset)) {
            const daddr = parseAddress(text)?.value ?? 0n;
            const target = { version, daddr, protocol: name, port: Number(number), iifname: 'eth0' };
            const answer = ask(ruleset, host, target);
            counts[answer.kind] += 1;
            counts.packets += hold(ruleset, host, target, answer);
          }
    process.stderr.write(process.env.PROVE_RUNS ? `${program} ${how}: ${inWords(counts)}\n` : '');
    expect(counts.open + counts.closed).toBeGreaterThan(20);
    expect(counts.unknown, inWords(counts)).toBe(0);
    // Programs that stop nothing have nothing closed.
    if (how !== 'alone' || program === 'ufw' || program === 'firewalld')
      expect(counts.packets).toBeGreaterThan(200);
  },
  120_000,
);

it.each([4, 6] as const)(
  'what comes in under random rules is said of every packet alike, IPv%i',
  (version) => {
    const counts = { open: 0, closed: 0, unknown: 0, packets: 0 };
    const daddr = version === 4 ? 0xcb007107n : (0x20010db8n << 96n) + 7n;
    fc.assert(
      fc.property(
        randomRulesets(version).map(inward),
        fc.constantFrom('tcp', 'udp'),
        fc.constantFrom(53, 54, 443),
        fc.constantFrom(true, false, null),
        (ruleset, name, number, forwards) => {
          const host: HostContext = { ...HOST, forwarding: { 4: forwards, 6: forwards } };
          const target: Target = {
            version,
            daddr,
            protocol: name as 'tcp' | 'udp',
            port: number,
            iifname: 'eth0',
          };
          const answer = ask(ruleset, host, target);
          counts[answer.kind] += 1;
          counts.packets += hold(ruleset, host, target, answer);
        },
      ),
      { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
    process.stderr.write(process.env.PROVE_RUNS ? `IPv${version}: ${inWords(counts)}\n` : '');
    expect(counts.closed, inWords(counts)).toBeGreaterThan(RUNS / 8);
    // About one in six is; with an eighth one run of twenty-five would be red by chance.
    expect(counts.open, inWords(counts)).toBeGreaterThan(RUNS / 12);
    expect(counts.unknown, inWords(counts)).toBeLessThan(RUNS / 10);
  },
  120_000 + RUNS * 50,
);
