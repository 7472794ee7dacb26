import type { TreeFact } from '#shared/domain/facts/files.ts';
import { canChange, chainOf } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import {
  AS_ADMINISTRATOR,
  filesByPath,
  isMissing,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import type { Part } from './part.ts';

/** The tree of an installation with a purpose, or the part that says why there is none. */
export function treeOf(
  input: CheckInput,
  agent: Agent,
  purpose: TreeFact['purpose'],
  root: string,
): TreeFact | Part {
  const hidden = unseenPart(input, 'files');
  if (hidden !== null) return hidden;
  const tree = seen(input, 'files')?.trees.find(
    (entry) => entry.purpose === purpose && entry.instance === agent.instance.id && entry.root === root,
  );
  if (tree === undefined || (!tree.exists && !tree.complete)) {
    return notSeen(
      input,
      `${labelOf(input, agent.instance)}${root}`,
      'the folder could not be looked at',
      sourceOf(input, 'files'),
      AS_ADMINISTRATOR,
    );
  }
  return tree;
}

/** Parts for what could not be counted in a tree: without it nothing may be said about the rest. */
export function incompleteParts(input: CheckInput, agent: Agent, tree: TreeFact): Part[] {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'files');
  const parts: Part[] = [];
  if (!tree.complete) {
    parts.push(
      notSeen(
        input,
        `${label}${tree.root}, ${tree.counted} entries`,
        'it was not counted to its end',
        source,
        'look again, with less in that folder',
      ),
    );
  }
  if (tree.unreadableCount > 0) {
    parts.push(
      notSeen(
        input,
        `${label}${tree.unreadable[0] ?? tree.root}`,
        `${tree.unreadableCount} folders could not be opened`,
        source,
        AS_ADMINISTRATOR,
      ),
    );
  }
  if (tree.withAcl === null) {
    parts.push(
      notSeen(
        input,
        `${label}access lists in ${tree.root}`,
        'getfacl is not installed there, or did not get to the end',
        source,
        'install the package acl',
      ),
    );
  }
  return parts;
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/**
 * What in a tree the agent owns or may write, by owner, group, mode and access list. Links decide nothing by themselves:
 * whoever may write their folder may replace them, and folders are entries of their own.
 */
export function writableParts(
  input: CheckInput,
  agent: Agent,
  tree: TreeFact,
  about: { headline: string; steps: Part['steps'] },
): Part[] {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'files');
  const base = {
    source,
    status: 'fix' as const,
    severity: 'high' as const,
    headline: about.headline,
    ...(about.steps === undefined ? {} : { steps: about.steps }),
  };
  const parts: Part[] = [];
  let doubtful = 0;
  let fine = 0;
  for (const bucket of tree.buckets) {
    if (bucket.kind === 'link') continue;
    const what = `${label}${bucket.examples[0] ?? tree.root}, mode ${octal(bucket.mode)}, uid ${bucket.uid}, gid ${bucket.gid}`;
    const more = bucket.count > 1 ? ` and ${bucket.count - 1} more like it` : '';
    const inGroup = agent.groupIds === null ? null : agent.groupIds.has(bucket.gid);
    const bits = inGroup === true ? (bucket.mode >> 3) & 7 : bucket.mode & 7;
    if (agent.canBe(bucket.uid))
      parts.push({ ...base, what, seen: `owned by ${agent.name}${more}`, raw: bucket.examples.join('\n') });
    else if (inGroup === null && (bucket.mode & 0o022) !== 0) doubtful += bucket.count;
    else if ((bits & 2) !== 0)
      parts.push({
        ...base,
        what,
        seen: `the account ${agent.name} may write it${more}`,
        raw: bucket.examples.join('\n'),
      });
    else fine += bucket.count;
  }
  for (const file of tree.withAcl ?? []) {
    if (!file.acl?.some((entry) => /^(u|user|g|group):[^:]*:.w/.test(entry)) && file.acl !== null) continue;
    if (file.acl === null) doubtful += 1;
    else
      parts.push({
        ...base,
        what: `${label}${file.path}`,
        seen: 'its access list lets somebody else write',
        status: 'review',
        severity: 'medium',
        raw: file.acl.join('\n'),
        headline: about.headline.replace(' can ', ' may '),
      });
  }
  if (doubtful > 0)
    parts.push(
      notSeen(
        input,
        `${label}${doubtful} entries of ${tree.root}`,
        'whether the agent may write them is not known: they hang on groups or access lists that were not read',
        source,
        AS_ADMINISTRATOR,
      ),
    );
  if (fine > 0)
    parts.push({
      what: `${label}${tree.root}`,
      seen: `${fine} entries neither owned nor writable by ${agent.name}`,
      status: 'pass',
      source,
    });
  return parts;
}

/** The path itself, or the folder in which somebody could make it when it is not there. */
export function judgedPath(input: CheckInput, path: string): string {
  if (!isMissing(input, path)) return path;
  return chainOf(path).findLast((at) => filesByPath(input).has(at)) ?? path;
}

/** The part for one path and all folders above it: whether the agent can change it. */
export function pathPart(
  input: CheckInput,
  agent: Agent,
  path: string,
  about: { headline: string; steps: (at: string) => Part['steps'] },
): Part {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'files');
  const hidden = unseenPart(input, 'files');
  if (hidden !== null) return hidden;
  const verdict = canChange(agent, path, filesByPath(input));
  const fact = filesByPath(input).get(verdict.at);
  const mode = fact === undefined ? '' : `, mode ${octal(fact.mode)}, uid ${fact.uid}`;
  if (verdict.can === 'no') return { what: `${label}${path}`, seen: verdict.because, status: 'pass', source };
  const where = verdict.at === path ? `${path}${mode}` : `${path}, through ${verdict.at}${mode}`;
  if (verdict.can === 'unknown')
    return notSeen(input, `${label}${where}`, verdict.because, source, AS_ADMINISTRATOR);
  const steps = about.steps(verdict.at);
  return {
    what: `${label}${where}`,
    seen: verdict.because,
    status: 'fix',
    severity: 'high',
    source,
    headline: about.headline,
    ...(steps === undefined ? {} : { steps }),
  };
}
