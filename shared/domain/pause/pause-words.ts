import { counted, listed } from '../words.ts';
import type { PausedNode, PauseState } from './pause-state.ts';

/**
 * How a pause stands, in one sentence: who stands still is counted, who does not is named.
 * @param is whether agents were paused
 */
export function pauseSentence(is: PauseState['is'], nodes: readonly PausedNode[]): string {
  if (is === 'running') return 'Agents are not paused.';
  const still = nodes.filter((node) => node.is === 'paused');
  const waiting = named(nodes, 'asked');
  const not = named(nodes, 'not-paused');
  if (is === 'resuming') {
    const left = [...still.map(({ name }) => name), ...waiting, ...not];
    return `Agents run again, but not on ${listed(left, 5, 'node')}.`;
  }
  if (still.length + waiting.length + not.length === 0)
    return 'There is nothing to pause: no node of the list is known to run agents.';
  const parts = [
    still.length === 0
      ? 'No agent was stopped yet'
      : `Agents are paused on ${still.length === 1 ? (still[0]?.name ?? '') : counted(still.length, 'node')}`,
    not.length === 0 ? '' : `not on ${listed(not, 5, 'node')}`,
    waiting.length === 0 ? '' : `no answer yet from ${listed(waiting, 5, 'node')}`,
  ];
  return `${parts.filter(Boolean).join('; ')}.`;
}

function named(nodes: readonly PausedNode[], is: PausedNode['is']): string[] {
  return nodes.filter((node) => node.is === is).map(({ name }) => name);
}
