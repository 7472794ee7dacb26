import type { IsolatedNode, Isolation, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import { visible } from '#shared/domain/text.ts';

const IS: Readonly<Record<IsolationLayer['is'], string>> = {
  holds: 'holds',
  partly: 'holds in part',
  sent: 'sent, no answer',
  waiting: 'waits',
  failed: 'does not hold',
  lifted: 'taken away',
  'not-needed': 'not needed',
};

/** @returns what holds the nodes of an isolation as lines: each layer with its proof, what is not believed, and who works against it */
export function holdText({ nodes, endedAt }: Isolation): string {
  return nodes.map((node) => nodeText(node, endedAt !== null)).join('');
}

function nodeText(node: IsolatedNode, isOver: boolean): string {
  const { name, message, layers, reloaded, notTaken } = node;
  if (isOver) return node.setUpAnew ? `  ${visible(message)}\n` : '';
  const lines = [
    visible(message),
    ...(reloaded.times > 0
      ? [
          `Somebody on ${visible(name)} works against this, found ${reloaded.times} times. ${visible(reloaded.what)}`,
        ]
      : []),
    ...layers
      .filter(({ is }) => is !== 'not-needed')
      .map(({ layer, node: peer, name: who, is, since, proof }) => {
        const what = peer === null ? layer : `dropped by ${visible(who)}`;
        return `${what}: ${IS[is]}${since === null ? '' : ` since ${since}`}${proof === '' ? '' : ` (${visible(proof)})`}`;
      }),
    ...notTaken.map((line) => visible(line)),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}
