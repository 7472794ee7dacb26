import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { numberInWords } from '../../components/number-words.ts';

/**
 * The first line of the Nodes page: how many there are, and which do not answer, by name.
 * @param nodes all nodes
 */
export function nodesSentence(nodes: readonly SwarmNode[]): string {
  if (nodes.length === 0) return 'No node yet.';
  if (nodes.every(({ address }) => address.kind === 'recorded')) {
    return 'Only recordings are here: no node of your own yet.';
  }
  const away = nodes.filter((node) => node.lastError !== null).map((node) => visible(node.name));
  const unseen = nodes.filter((node) => node.lastLookAt === null && node.lastError === null);
  const all = nodes.length === 1 ? 'One node' : `${numberInWords(nodes.length)} nodes`;
  if (away.length === nodes.length) {
    return nodes.length === 1 ? 'One node, and it does not answer.' : `${all}, and none of them answers.`;
  }
  if (away.length > 3) return `${all}. ${numberInWords(away.length)} of them did not answer.`;
  if (away.length > 0) return `${all}. ${namesInWords(away)} did not answer at the last look.`;
  if (unseen.length === nodes.length) return `${all}, not looked at yet.`;
  return nodes.length === 1 ? 'One node, and it answers.' : `${all}, and all of them answer.`;
}

function namesInWords(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
