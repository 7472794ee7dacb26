import type { FileFact, TreeFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { labelOf, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, undoneBy } from './steps.ts';

/** One part for each entry of the workspace that leads out of it. */
export function exits(input: CheckInput, agent: Agent, tree: TreeFact): Part[] {
  const label = labelOf(input, agent.instance);
  const node = input.nodeName;
  const source = sourceOf(input, 'files');
  const exit = (
    file: FileFact,
    seenThere: string,
    headline: string,
    step: FixStep,
    status: 'fix' | 'review' = 'fix',
  ): Part => ({
    what: `${label}${file.path}`,
    seen: seenThere,
    status,
    severity: status === 'fix' ? 'high' : 'low',
    source,
    headline,
    steps: [step],
  });
  const parts = [
    ...tree.linksOut.map((file) =>
      exit(
        file,
        file.resolved === null
          ? `a link that leads nowhere, to ${file.target ?? '?'}`
          : `leads out, to ${file.resolved}`,
        `A link in the workspace of ${node} leads out of it.`,
        asRoot(input, 'Remove the link; what it leads to stays')`rm -- ${file.path}`,
        file.resolved === null ? 'review' : 'fix',
      ),
    ),
    ...tree.hardLinks.map((file) =>
      exit(
        file,
        `one of ${file.links} names of a file; others lie outside`,
        `A file in the workspace of ${node} has another name outside it.`,
        asRoot(input, 'Remove this name; the file stays under its other name')`rm -- ${file.path}`,
      ),
    ),
    ...tree.setuid.map((file) =>
      exit(
        file,
        `runs with the rights of its owner, uid ${file.uid}`,
        `A program in the workspace of ${node} runs with other rights.`,
        undoneBy(asRoot(input, 'Take the mark off')`chmod ug-s -- ${file.path}`, [
          asRoot(input, 'Back')`chmod ${file.mode.toString(8).padStart(4, '0')} -- ${file.path}`,
        ]),
      ),
    ),
    ...tree.special.map((file) =>
      file.kind === 'device'
        ? exit(
            file,
            'a device',
            `A device file lies in the workspace of ${node}.`,
            asRoot(input, 'Remove it')`rm -- ${file.path}`,
          )
        : exit(
            file,
            `a ${file.kind} to another program`,
            `Something in the workspace of ${node} talks to another program.`,
            asRoot(input, 'See who uses it')`fuser -v -- ${file.path}`,
            'review',
          ),
    ),
    ...tree.mounts.map(
      (path): Part => ({
        what: `${label}${path}`,
        seen: 'another folder or disk is mounted here',
        status: 'fix',
        severity: 'high',
        source: sourceOf(input, 'mounts'),
        headline: `Something else is mounted inside the workspace of ${node}.`,
        steps: [asRoot(input, 'Unmount it, and take it out of /etc/fstab')`umount -- ${path}`],
      }),
    ),
  ];
  const more = tree.linksOutCount - tree.linksOut.length + (tree.hardLinksCount - tree.hardLinks.length);
  if (more > 0)
    parts.push({
      what: `${label}${tree.root}`,
      seen: `${more} more that lead out`,
      status: 'fix',
      severity: 'high',
      source,
      headline: `Links in the workspace of ${node} lead out of it.`,
      steps: [asRoot(input, 'List the links')`find ${tree.root} -xdev -type l`],
    });
  return parts;
}
