import { expect, it } from 'vitest';
import type { Evidence, PacketEvidence } from '#shared/domain/finding.ts';
import { besidePackets } from './beside-packets.ts';

const entry = (what: string): Evidence => ({ what, seen: '', status: 'fix', source: 'nft', raw: null });
const packet: PacketEvidence = { outcome: 'open', packet: 'tcp to 8.8.8.8:443', because: '', way: [] };

it('leaves out what is shown as a packet, and nothing else', () => {
  const evidence = [entry('tcp to 8.8.8.8:443'), entry('minotaur: group sudo')];
  expect(besidePackets({ evidence, packets: [packet] })).toEqual([evidence[1]]);
  expect(besidePackets({ evidence })).toEqual(evidence);
});
