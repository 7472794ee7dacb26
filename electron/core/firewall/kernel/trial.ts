import type { LabStep, PacketLab, Sighting } from '../../hosts/testing/packet-lab.ts';
import { evaluatePacket, MANNER_OPEN } from '../evaluate/evaluate.ts';
import { type Listing, mergeListings } from '../merge.ts';
import type { Ruleset } from '../model.ts';
import type { PacketVerdict } from '../packet.ts';
import { emptySave } from './iptables-rules.ts';
import type { TestPacket } from './packets.ts';
import { nftScript, type RuleSetText, type SaveText, saveText } from './rule-sets.ts';
import { HOST } from './setting.ts';

/** Why the kernel did not take a rule set: which text, at which of its lines. */
export interface Refusal {
  readonly text: 'nft' | number;
  readonly line: number | null;
  readonly message: string;
}

export type Loaded =
  | { readonly ok: true; readonly listings: readonly Listing[] }
  | { readonly ok: false; readonly refusal: Refusal };

function program(
  { backend, version }: Pick<SaveText, 'backend' | 'version'>,
  verb: 'restore' | 'save',
): string {
  return `/usr/sbin/${version === 6 ? 'ip6tables' : 'iptables'}-${backend}-${verb}`;
}

const LEGACY = ([4, 6] as const).map((version) => ({ backend: 'legacy', version }) as const);
const SAVES = (['nft', 'legacy'] as const).flatMap((backend) =>
  ([4, 6] as const).map((version) => ({ backend, version })),
);

function lineOf(message: string): number | null {
  const found = /\/dev\/stdin:(\d+):/.exec(message) ?? /line[: ]+(\d+)/i.exec(message);
  return found ? Number(found[1]) : null;
}

/** Whether the lab had tables of the legacy programs before: they cannot be removed, only emptied. */
const touched = new WeakSet<PacketLab>();

function clearing(lab: PacketLab): LabStep[] {
  const steps: LabStep[] = [{ argv: ['/usr/sbin/nft', 'flush', 'ruleset'] }];
  if (touched.has(lab))
    for (const legacy of LEGACY) steps.push({ argv: [program(legacy, 'restore')], input: emptySave() });
  return steps;
}

/**
 * Replaces all rules of the lab by a rule set and lists what the kernel made of it, as a node would be asked.
 * @param nft what nft is given for its part of the rule set
 */
export async function load(lab: PacketLab, rules: RuleSetText, nft = nftScript(rules.nft)): Promise<Loaded> {
  const clear = clearing(lab);
  if (rules.saves.some(({ backend }) => backend === 'legacy')) touched.add(lab);
  const fill: LabStep[] = rules.saves.map((save) => ({
    argv: [program(save, 'restore')],
    input: saveText(save),
  }));
  const order: ('nft' | number)[] = rules.saves.map((_, index) => index);
  if (rules.nft.length > 0) {
    fill.push({ argv: ['/usr/sbin/nft', '-f', '-'], input: nft });
    order.push('nft');
  }
  const asked = SAVES.filter(({ backend }) => backend === 'nft' || touched.has(lab));
  const list: LabStep[] = [
    { argv: ['/usr/sbin/nft', '-j', 'list', 'ruleset'] },
    ...asked.map((save) => ({ argv: [program(save, 'save')] })),
  ];
  const results = await lab.run([...clear, ...fill, ...list]);
  for (const [index, text] of order.entries()) {
    const done = results[clear.length + index];
    if (done && done.code !== 0)
      return { ok: false, refusal: { text, line: lineOf(done.stderr), message: done.stderr } };
  }
  const listed = results.slice(clear.length + fill.length);
  const failed = listed.find(({ code }) => code !== 0);
  // iptables-nft-save ends in the middle of a table that it cannot print. A console then calls it missing, and tells nothing.
  if (failed)
    return {
      ok: false,
      refusal: { text: order[0] ?? 'nft', line: null, message: `a listing failed: ${failed.stderr}` },
    };
  const listings: Listing[] = [{ kind: 'nft', text: listed[0]?.stdout ?? '' }];
  for (const [index, { backend, version }] of asked.entries()) {
    const text = listed[index + 1]?.stdout ?? '';
    if (text.trim() !== '')
      listings.push({ kind: 'save', version, backend: backend === 'nft' ? 'nf_tables' : 'legacy', text });
  }
  return { ok: true, listings };
}

/** The listings as a rule set; an error of a reader is a failure of the trial. */
export function read(listings: readonly Listing[]): Ruleset {
  const merged = mergeListings({ listings, missing: [] });
  if (!merged.ok) throw new Error(`the listings could not be read: ${merged.error.message}`);
  return merged.ruleset;
}

export type Result = 'agrees' | 'unknown' | 'may' | 'notSent' | 'differs';

/** A broadcast comes back to its sender, whatever becomes of what leaves: seen only there it says nothing. */
function saysNothing({ asked, sent }: TestPacket, { seen }: Sighting): boolean {
  const everywhere = sent.daddr === '255.255.255.255' || sent.daddr === '10.1.0.255';
  return asked.direction === 'out' && everywhere && seen.join() === 'local';
}

/** Holds a verdict against what was seen. */
export function compare(
  packet: TestPacket,
  sighting: Sighting,
  { verdict, path, reason }: PacketVerdict,
): Result {
  if (sighting.error.startsWith('not sent')) return 'notSent';
  if (verdict === 'unknown') return 'unknown';
  if (saysNothing(packet, sighting)) return 'notSent';
  const went = sighting.seen.length > 0;
  if (verdict !== 'accept') {
    if (went) return 'differs';
    // A drop that the sender is told of was no drop, unless the model says that it may be either.
    const isDrop = verdict === 'drop' && !reason.endsWith(MANNER_OPEN);
    return isDrop && sighting.rejected ? 'differs' : 'agrees';
  }
  if (went) return 'agrees';
  return path.some(({ outcome }) => outcome === 'may pass') ? 'may' : 'differs';
}

export function judge(ruleset: Ruleset, packet: TestPacket): PacketVerdict {
  return evaluatePacket(ruleset, HOST, packet.asked);
}
