import type { IsolatedNode, IsolationProbe } from './isolation.ts';

/** What tried from outside of a node, as probes name it. */
export const THIS_COMPUTER = 'this computer';

type Proof = Pick<IsolatedNode, 'probes' | 'layers'>;

const isOpen = ({ expected, outcome }: IsolationProbe) => expected === 'stopped' && outcome === 'open';
const isOutside = ({ from }: IsolationProbe) => from === THIS_COMPUTER;

/** Whether a packet from outside got through to a node that says it is cut off: nothing that it says counts then. */
export const isContradicted = ({ probes }: Pick<Proof, 'probes'>): boolean =>
  probes.some((probe) => isOutside(probe) && isOpen(probe));

/** Whether somebody outside of a node saw that it answers nothing any more. */
export const isSeenShut = ({ probes }: Pick<Proof, 'probes'>): boolean =>
  !isContradicted({ probes }) &&
  probes.some((probe) => isOutside(probe) && probe.expected === 'stopped' && probe.outcome === 'stopped');

const LAYER_NAMES = {
  timer: 'its timer',
  rules: 'its rules',
  egress: 'its hook for raw packets',
  boot: 'its unit for a restart',
} as const;

/** @returns what of a node's own isolation is not as it should be, in a few words each; empty when all of it holds */
export function lackingOf({ probes, layers }: Proof): string[] {
  const lacking = (['timer', 'rules', 'egress', 'boot'] as const).flatMap((name) => {
    const found = layers.find(({ layer }) => layer === name);
    if (found === undefined || found.is === 'holds' || found.is === 'not-needed') return [];
    return [`${LAYER_NAMES[name]}${found.is === 'partly' ? ' (in part)' : ''}`];
  });
  const through = probes.filter((probe) => !isOutside(probe) && isOpen(probe));
  return through.length === 0 ? lacking : [...lacking, `a packet that it sent to ${through[0]?.to ?? ''}`];
}
