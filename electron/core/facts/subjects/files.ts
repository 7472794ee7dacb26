import type { FileFact, FileFacts } from '#shared/domain/facts/files.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodePath } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { mountPoints } from './files/asked-paths.ts';
import { readAcls, readLongLine } from './files/read-access-lists.ts';
import { readAttributes, readStat } from './files/read-entries.ts';
import { readTrees } from './files/read-trees.ts';
import { filesScript, planFiles } from './files/script.ts';
import { walkRoots } from './files/walk-script.ts';

/** Adds to the single files what came in records of their own: link targets, ACLs, attributes. */
function complement(files: Map<string, FileFact>, records: readonly ScriptRecord[]): void {
  const content = (tag: string) => records.find((record) => record.tag === tag)?.fields[0] ?? null;
  for (const { tag, fields } of records) {
    const file = files.get(decodePath(fields[0]));
    if (!file) continue;
    if (tag === 'target') file.target = decodePath(fields[1]);
    if (tag === 'resolved') file.resolved = decodePath(fields[1]) || null;
  }
  const acls = content('acl');
  const entries = acls ? readAcls(acls) : null;
  for (const line of content('marks')?.toString('latin1').split('\n') ?? []) {
    const entry = readLongLine(line);
    const file = entry && files.get(entry.file.path);
    if (file) file.acl = entry.marked ? (entries?.get(file.path) ?? null) : [];
  }
  for (const file of files.values()) if (file.kind === 'link') file.acl = [];
  const attributes = content('attributes');
  for (const [path, letters] of attributes ? readAttributes(attributes) : []) {
    const file = files.get(path);
    if (file) file.attributes = letters;
  }
}

/** What of the trees and the access lists could not be seen. */
function incomplete(
  facts: Pick<FileFacts, 'trees'>,
  files: Iterable<FileFact>,
  hasGetfacl: boolean,
  help: string | null,
): Gap[] {
  const gaps: Gap[] = [];
  for (const tree of facts.trees) {
    if (tree.unreadableCount > 0) gaps.push(gapOf(`folders in ${tree.root}`, 'they are closed', help));
    else if (!tree.complete)
      gaps.push(gapOf(`${tree.purpose} ${tree.root}`, 'it could not be counted to its end'));
    if (tree.exists && tree.counted > 0 && tree.withAcl === null)
      gaps.push(gapOf(`access lists in ${tree.root}`, 'they could not be looked at to the end'));
  }
  if ([...files].some((file) => file.acl === null)) {
    gaps.push(
      hasGetfacl
        ? gapOf('access control lists', 'not all of them were told')
        : gapOf(
            'access control lists',
            'getfacl, which shows them, is not installed',
            'install the package acl',
          ),
    );
  }
  return gaps;
}

function parse(output: ScriptOutput, context: CollectContext): Collected<FileFacts> {
  const { records, finished } = readRecords(output);
  if (records.length === 0 && !finished) return unseen(whyUnfinished(output));
  const plan = planFiles(context);
  const files = new Map<string, FileFact>();
  const missing: string[] = [];
  const unreadable: FileFacts['unreadable'] = plan.refused.map(({ path, reason }) => ({ path, reason }));
  for (const { tag, fields } of records) {
    const path = decodePath(fields[0]);
    if (tag === 'stat') {
      const file = readStat(fields);
      if (file && files.size < 8_192) files.set(file.path, file);
    } else if (tag === 'missing') missing.push(path);
    else if (tag === 'unreadable') {
      unreadable.push({ path, reason: `${decodePath(fields[1]).slice(0, 200)} is closed`.slice(0, 256) });
    }
  }
  complement(files, records);
  const answered = new Set([...missing, ...unreadable.map((entry) => entry.path)]);
  for (const path of plan.paths) {
    if (!files.has(path) && !answered.has(path))
      unreadable.push({ path, reason: 'the node gave no answer for it' });
  }
  const mounts = mountPoints(context.seen);
  const trees = readTrees(plan.trees, walkRoots(plan.trees), records, mounts);
  const gaps: Gap[] = [];
  if (!finished) gaps.push(gapOf('files', whyUnfinished(output)));
  for (const { path, reason } of unreadable) gaps.push(gapOf(path, reason, helpFor(context)));
  const hasGetfacl = records.some((record) => record.tag === 'acl');
  gaps.push(...incomplete({ trees }, files.values(), hasGetfacl, helpFor(context)));
  return seen(
    {
      files: [...files.values()],
      missing: missing.slice(0, 8_192),
      unreadable: unreadable
        .slice(0, 8_192)
        .map((entry) => ({ ...entry, reason: entry.reason.slice(0, 256) })),
      trees,
    },
    gaps,
  );
}

/** Owner, mode, links and ACL of every file of an installation and of all folders above; its trees, counted. */
export const filesCollector: Collector<'files'> = {
  subject: 'files',
  trip: 2,
  budgetMs: 10_000,
  maxBytes: 16 * 1024 * 1024,
  source: 'stat; find -printf; ls -ldn; getfacl; lsattr -d',
  script: filesScript,
  parse,
};
