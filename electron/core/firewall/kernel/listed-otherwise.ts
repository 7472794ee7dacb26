import type { PacketLab } from '../../hosts/testing/packet-lab.ts';
import type { PacketVerdict } from '../packet.ts';
import type { TestPacket } from './packets.ts';
import type { RuleSetText } from './rule-sets.ts';
import { compare, load } from './trial.ts';

/**
 * Whether a packet fares differently because nft lists other rules than it loaded: the kernel is given the listing in place of the rules,
 * and is then held against the same verdict. So it is with a rule that contradicts itself, of which nft leaves out what contradicts
 * (`ip6 saddr … meta nfproto ipv4 reject with tcp reset`: netlink_delinearize.c, stmt_reject_postprocess). No reader of listings can
 * know better, so this is no difference between model and kernel; it is counted apart, and shown.
 * @returns false also when the listing cannot be loaded, or when the packet fares as the model says under the rules themselves
 */
export async function isListedOtherwise(
  lab: PacketLab,
  rules: RuleSetText,
  packet: TestPacket,
  verdict: PacketVerdict,
): Promise<boolean> {
  const agrees = async (): Promise<boolean> => {
    const [sighting] = await lab.send([packet.sent]);
    return sighting !== undefined && compare(packet, sighting, verdict) === 'agrees';
  };
  if (rules.nft.length === 0 || !(await load(lab, rules)).ok || (await agrees())) return false;
  const listed = await lab.run(
    rules.nft.map(({ name }) => ({ argv: ['/usr/sbin/nft', 'list', 'table', ...name.split(' ')] })),
  );
  if (listed.some(({ code }) => code !== 0)) return false;
  const again = await load(lab, rules, listed.map(({ stdout }) => stdout).join(''));
  return again.ok && agrees();
}
