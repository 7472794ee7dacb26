import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand } from './steps.ts';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A name as a word of its own: `agent` is no part of `agent2` or `my-agent`. */
const isNamed = (text: string, name: string): boolean =>
  new RegExp(`(?<![A-Za-z0-9_.-])${escaped(name)}(?![A-Za-z0-9_.-])`).test(text);

/** Why a file of rules concerns an agent; null when it does not, as far as its words tell. */
function concern(text: string, agent: Agent): string | null {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/^\s*(\/\/|#).*$/gm, ' ');
  const names = agent.entries.map(({ name }) => name);
  const named = [...names, ...agent.groupNames].find((name) => isNamed(plain, name));
  if (named !== undefined) return `it names ${named}`;
  if (/unix-(user|group):\*/.test(plain)) return 'it speaks of every account';
  // Without a word about who asks, a rule holds for everybody.
  if (/Result\.YES/.test(plain) && !/subject\.(user|groups|isInGroup|local|active|session|seat)/.test(plain))
    return 'it allows without asking who it is';
  return null;
}

/**
 * Rules of polkit that somebody added on this machine, beside those of packages (polkit(8)): what they allow is a program and is not
 * evaluated, so those that concern the agent are for a person to read.
 */
export function polkitParts(input: CheckInput, agent: Agent): Part[] {
  const files = seen(input, 'accounts')?.elevation?.polkit;
  if (files === undefined || agent.uid === 0) return [];
  const label = labelOf(input, agent.instance);
  return files.flatMap(({ path, text }): Part[] => {
    if (text === null)
      return [
        notSeen(
          input,
          `${label}${path}`,
          'these rules of polkit could not be read, or others than the administrator may change them',
          path,
          AS_ADMINISTRATOR,
        ),
      ];
    const why = concern(text, agent);
    if (why === null)
      return [{ what: `${label}${path}`, seen: 'does not speak of the agent', status: 'pass', source: path }];
    return [
      {
        what: `${label}${path}`,
        seen: `a rule of polkit that was added here, and ${why}`,
        status: 'review',
        severity: 'high',
        source: path,
        raw: text,
        headline: `A rule of polkit on ${input.nodeName} may give the agent more than it should have: ${path}.`,
        steps: [
          asRoot(input, 'Read what it allows')`cat -- ${path}`,
          byHand(
            'If it lets the agent do anything as administrator, take the agent out of it, or take the file away.',
            true,
          ),
        ],
      },
    ];
  });
}
