import type { RotationPlan, RotationPreflight } from '#shared/domain/rotation/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** What fits into the dialog of every shell. */
const LINE_LENGTH = 900;
const NAMES_IN_LINE = 40;

const PARTS: readonly [RotationPreflight['part'], string][] = [
  ['rotates', 'New secret, and mycoSwarm restarts'],
  ['away', 'Away, kept out until it is back'],
  ['excluded', 'Left out, kept out until you rotate it'],
  ['removed', 'Leaves the swarm, kept out'],
  ['keeps', 'Has the secret already, and lets the new ones in'],
  ['blocked', 'Cannot be rotated'],
];

/**
 * What a person is asked outside the renderer before a rotation begins.
 * @param addressOf where a node is, which no page can change; its name can be anything
 */
export async function rotationQuestion(
  plan: RotationPlan,
  addressOf: (node: string) => Promise<string | null>,
): Promise<{ title: string; lines: string[] }> {
  const lines: string[] = [];
  for (const [part, usual] of PARTS) {
    const nodes = plan.nodes.filter((node) => node.part === part);
    const words = plan.purpose === 'open-fence' ? 'Open their fence to these' : usual;
    for (let at = 0; at < nodes.length; at += NAMES_IN_LINE) {
      const some = await Promise.all(
        nodes.slice(at, at + NAMES_IN_LINE).map(async ({ node, name }) => {
          const address = await addressOf(node);
          return address === null ? name : `${name} (${address})`;
        }),
      );
      lines.push(`${words}: ${some.join(', ')}.`);
    }
  }
  const opens = plan.purpose === 'open-fence';
  const strangers = plan.strangers.map(({ name, address }) => `${name} (${address})`);
  if (strangers.length > 0)
    lines.push(
      opens
        ? `Not on your list, and within reach again: ${strangers.join(', ')}. mycoSwarm sends the secret of the swarm to whoever announces itself as a node.`
        : `Not on your list, and fenced off: ${strangers.join(', ')}.`,
    );
  if (!opens)
    lines.push(
      `It takes about ${Math.ceil(plan.seconds.total)} seconds. For about ${Math.ceil(plan.seconds.split)} of them nodes refuse each other.`,
      'Up to the decision it can be taken back; after that it only goes forward.',
    );
  lines.push(`SHA-256 of the whole plan: ${plan.hash}`);
  return {
    title: shortened(visible(plan.title), 240),
    lines: lines.map((line) => shortened(visible(line), LINE_LENGTH)),
  };
}
