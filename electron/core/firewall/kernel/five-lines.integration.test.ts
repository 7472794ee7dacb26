import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type LabPacket,
  openPacketLab,
  type PacketLab,
  whyNoPacketLab,
} from '../../hosts/testing/packet-lab.ts';
import { parseAddress } from '../address.ts';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import type { Ruleset } from '../model.ts';
import type { Packet } from '../packet.ts';
import type { SaveText } from './rule-sets.ts';
import { HOST, INTERFACES, ROUTES } from './setting.ts';
import { load, read } from './trial.ts';

const AGENT = 1001;
/** The first uid of a line `agent:100000:65536` of /etc/subuid: newuidmap gives it to the agent. */
const SUBORDINATE = 100_000;

/** The outbound firewall of the security model, as an operator would type it. */
function fiveLines(backend: 'nft' | 'legacy'): SaveText {
  const owner = `-m owner --uid-owner ${AGENT}`;
  const allowed = ['127.0.0.0/8', '192.168.0.0/16', '10.0.0.0/8', '172.16.0.0/12'];
  return {
    backend,
    version: 4,
    tables: [
      {
        name: 'filter',
        sets: [],
        chains: [
          { name: 'INPUT', base: 'ACCEPT', rules: [] },
          { name: 'FORWARD', base: 'ACCEPT', rules: [] },
          {
            name: 'OUTPUT',
            base: 'ACCEPT',
            rules: [...allowed.map((network) => [owner, `-d ${network}`, '-j ACCEPT']), [owner, '-j DROP']],
          },
        ],
      },
    ],
  };
}

interface Question {
  readonly version: 4 | 6;
  readonly saddr: string;
  readonly daddr: string;
  readonly dport: number;
  readonly device: string;
  readonly uid: number;
}

function value(text: string): bigint {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return address.value;
}

function asked({ version, saddr, daddr, dport, device, uid }: Question): Packet {
  return {
    direction: 'out',
    version,
    l4proto: 17n,
    saddr: value(saddr),
    daddr: value(daddr),
    sport: 5353n,
    dport: BigInt(dport),
    skuid: BigInt(uid),
    skgid: BigInt(uid),
    oifname: device,
  };
}

function sent({ uid, ...rest }: Question): LabPacket {
  return {
    direction: 'out',
    protocol: 17,
    sport: 5353,
    icmpType: 8,
    icmpCode: 0,
    uid,
    gid: uid,
    broadcast: false,
    ...rest,
  };
}

const wan4 = { version: 4, saddr: '198.51.100.2', device: 'wan0', dport: 443 } as const;
const wan6 = { version: 6, saddr: '2001:db8:1::2', device: 'wan0', dport: 443 } as const;
const lan4 = { version: 4, saddr: '10.1.0.1', device: 'eth0' } as const;

const SITUATIONS: readonly (readonly [string, Question, 'accept' | 'drop'])[] = [
  ['IPv4 to the internet is shut', { ...wan4, daddr: '8.8.8.8', uid: AGENT }, 'drop'],
  ['IPv6 to the internet is open', { ...wan6, daddr: '2606:4700::11', uid: AGENT }, 'accept'],
  ['mDNS over IPv4 is blocked', { ...lan4, daddr: '224.0.0.251', dport: 5353, uid: AGENT }, 'drop'],
  ['a peer on the LAN is reached', { ...lan4, daddr: '10.1.0.7', dport: 7890, uid: AGENT }, 'accept'],
  ['a subordinate uid of the agent is not fenced', { ...wan4, daddr: '8.8.8.8', uid: SUBORDINATE }, 'accept'],
];

const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, false);
});

afterAll(async () => {
  await lab?.close();
});

async function loaded(backend: 'nft' | 'legacy'): Promise<Ruleset> {
  const result = await load(lab, { nft: [], saves: [fiveLines(backend)] });
  if (!result.ok) throw new Error(result.refusal.message);
  return read(result.listings);
}

for (const backend of ['nft', 'legacy'] as const) {
  describe(`the five lines of the security model, iptables-${backend}`, () => {
    for (const [what, question, verdict] of SITUATIONS) {
      it(what, async (ctx) => {
        if (reason !== null) ctx.skip(reason);
        const ruleset = await loaded(backend);
        const host = { ...HOST, forwarding: { 4: false, 6: false } };
        const told = evaluatePacket(ruleset, host, asked(question));
        expect(told.verdict, told.reason).toBe(verdict);
        const [sighting] = await lab.send([sent(question)]);
        expect(sighting?.seen).toEqual(verdict === 'accept' ? [question.device] : []);
      });
    }
  });
}
