import type { AnnouncedNode, SshConfig } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { numberInWords } from '../../components/number-words.ts';

/** @returns where a stranger is and what it says of itself, in one line */
export function announcedWords(stranger: AnnouncedNode, nodes: readonly SwarmNode[]): string {
  const { from, port, version, addresses, claims } = stranger;
  const claimed = nodes.find(({ id }) => id === claims);
  const others = addresses.filter((address) => address !== from);
  return [
    port === 7_890 ? from : `${from}, announces port ${port}`,
    version === null ? null : `says it is mycoSwarm ${version}`,
    claimed ? `gives an address of ${visible(claimed.name)} for itself` : null,
    !claimed && others.length > 0 ? `also ${others.join(', ')}` : null,
  ]
    .filter((words) => words !== null)
    .join(' · ');
}

/** @returns quiet words beside the heading of the SSH configuration: how many hosts, and what was passed over */
export function configNote({ hosts, leftOut }: SshConfig): string {
  const count = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
  if (leftOut === 0) return count;
  return leftOut === 1
    ? `${count}; 1 Match block was passed over, because evaluating it could run a program`
    : `${count}; ${leftOut} Match blocks were passed over, because evaluating them could run a program`;
}

/**
 * How far the clock of a node was from that of this computer, at its last look.
 * @param skewMs more than 0: ahead
 * @returns null where it is not known, or less than 2 s, which is fine
 */
export function skewWords(skewMs: number | null): string | null {
  if (skewMs === null || Math.abs(skewMs) < 2_000) return null;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const [count, unit] =
    seconds < 120
      ? [seconds, 's']
      : seconds < 7_200
        ? [Math.round(seconds / 60), 'min']
        : seconds < 172_800
          ? [Math.round(seconds / 3_600), 'h']
          : [Math.round(seconds / 86_400), 'days'];
  return `clock ${count} ${unit} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

/** @returns a sentence that there are strangers, for the head of the page; null when there are none */
export function strangersSentence(announced: readonly AnnouncedNode[]): string | null {
  const count = announced.filter(({ known }) => known === null).length;
  if (count === 0) return null;
  return count === 1
    ? 'One machine on your network announces itself as a node and is not in your list.'
    : `${numberInWords(count)} machines on your network announce themselves as nodes and are not in your list.`;
}
