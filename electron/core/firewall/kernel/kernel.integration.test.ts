import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPacketLab, type PacketLab, whyNoPacketLab } from '../../hosts/testing/packet-lab.ts';
import { type FuzzReport, fuzz } from './fuzz.ts';
import { INTERFACES, ROUTES } from './setting.ts';

const PACKETS = 2_000;
const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, true);
});

afterAll(async () => {
  await lab?.close();
});

function summary({ counts }: FuzzReport): string {
  return JSON.stringify(counts);
}

describe('the evaluator and the kernel', () => {
  it(`say the same of ${PACKETS} packets under random rule sets`, async (ctx) => {
    if (reason !== null) ctx.skip(reason);
    // The same rule sets every time, so that red means a change; `npm run fuzz:firewall` looks at new ones.
    const seed = Number(process.env.FUZZ_SEED ?? 20_779_000);
    const report = await fuzz(lab, seed, PACKETS, 3);
    const shown = report.differences.map((one) => `seed ${one.seed}: ${one.text}`).join('\n\n');
    expect(shown, summary(report)).toBe('');
    expect(report.listedOtherwise.map(({ text }) => text)).toEqual([]);
    const { agrees, unknown, may, verdicts, refused, ruleSets, notSent } = report.counts;
    expect(agrees).toBeGreaterThan(0.9 * PACKETS);
    expect(unknown / (agrees + unknown + may), summary(report)).toBeLessThan(0.02);
    // A comparison in which nothing was stopped, or nothing sent, would agree with anything.
    expect(verdicts.accept, summary(report)).toBeGreaterThan(0.2 * PACKETS);
    expect(verdicts.drop + verdicts.reject, summary(report)).toBeGreaterThan(0.1 * PACKETS);
    expect(refused, report.refusals.slice(0, 5).join('\n')).toBeLessThan(0.2 * ruleSets);
    expect(notSent).toBeLessThan(0.02 * PACKETS);
    // Some seconds when all is well; the rest is for making differences small.
  }, 240_000);
});
