import { addedFolders } from '#core/dependencies/inventory/linked.ts';
import { requirementKind } from '#core/dependencies/requirements/requirement-kind.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodePath, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { readTold } from '../script/told.ts';
import { onLiveMounts } from './live-mounts.ts';
import { readCopies, readDistributions, readPathFiles } from './python/read-distributions.ts';
import { askedEnvironments, askedSources, pythonScript } from './python/script.ts';

const MAX_FILE = 1_048_576;
const MAX_LIST = 16 * 1024 * 1024;

function readEnvironments(
  records: readonly ScriptRecord[],
  context: CollectContext,
  gaps: Gap[],
): PythonFacts['environments'] {
  const asked = askedEnvironments(context);
  const found: PythonFacts['environments'] = [];
  records.forEach((record, index) => {
    if (record.tag !== 'site' || found.length >= 32) return;
    const environment = asked[Number(decodeText(record.fields[0], 8))];
    if (!environment) return;
    // What belongs to a folder follows it, up to the next folder.
    const next = records.findIndex((entry, at) => at > index && entry.tag === 'site');
    const own = records.slice(index + 1, next < 0 ? undefined : next);
    const field = (tag: string) => own.find((entry) => entry.tag === tag)?.fields[1];
    const text = (tag: string) => {
      const bytes = field(tag);
      return bytes ? decodeText(bytes, MAX_LIST) : null;
    };
    /** What a program told to its end, or null; 123 of xargs(1) and 1 and 2 of grep(1): of some files there was nothing to tell. */
    const told = (tag: string, ...fine: number[]) => {
      const { bytes, status } = readTold(field(tag));
      return status !== null && [0, ...fine].includes(status) ? decodeText(bytes, MAX_LIST) : null;
    };
    const folder = decodePath(record.fields[1]);
    const headers = told('headers', 123);
    const names = told('names');
    const owners = told('owners', 1, 2);
    const hasOdd = own.some((entry) => entry.tag === 'odd');
    const complete = headers !== null && names !== null && !hasOdd;
    const distributions = readDistributions({
      folder,
      names: names ?? '',
      headers: headers ?? '',
      small: text('small') ?? '',
      records: text('records') ?? '',
      owners: owners ?? '',
    });
    for (const added of addedFolders(folder, readPathFiles(text('paths') ?? ''), distributions))
      gaps.push(gapOf(`packages beside ${folder}`, added));
    const copies = told('copies', 123);
    const isClosed = own.some((entry) => entry.tag === 'closed');
    if (hasOdd)
      gaps.push(gapOf(`packages in ${folder}`, 'the name of something in it has a line break in it'));
    else if (!complete)
      gaps.push(
        isClosed
          ? gapOf(`packages in ${folder}`, 'the folder is closed', helpFor(context))
          : gapOf(`packages in ${folder}`, 'not all of them were told'),
      );
    else if (copies === null)
      gaps.push(gapOf(`packages within others in ${folder}`, 'not all of them were told'));
    if (owners === null && field('owners') !== undefined)
      gaps.push(gapOf(`packages of the system in ${folder}`, 'dpkg did not tell all of them'));
    const version =
      /^version(?:_info)?\s*=\s*([0-9][\w.+]*)/m.exec(text('pyvenv') ?? '')?.[1] ??
      /\/python(3\.\d+)\//.exec(folder)?.[1] ??
      null;
    const { instance, root, kind } = environment;
    const settings = text('pyvenv');
    const shared = /^\s*include-system-site-packages\s*=\s*(\S*)/im.exec(settings ?? '')?.[1];
    found.push({
      instance,
      root,
      sitePackages: folder,
      kind,
      pythonVersion: version,
      // Only the word "true" counts, in any case, and without the line there are none (Lib/site.py, "venv").
      ...(kind === 'virtual-environment'
        ? {
            includesSystemPackages:
              settings === null || settings === '' ? null : shared?.toLowerCase() === 'true',
          }
        : {}),
      complete,
      distributions,
      ...(owners === null ? {} : { ownersKnown: true }),
      ...(copies === null ? {} : { vendored: readCopies(folder, copies) }),
    });
  });
  return found;
}

function parse(output: ScriptOutput, context: CollectContext): Collected<PythonFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const gaps: Gap[] = [];
  const environments = readEnvironments(records, context, gaps);
  const sources = askedSources(context);
  const requirementFiles = records
    .filter((record) => record.tag === 'requirement')
    .flatMap((record): PythonFacts['requirementFiles'] => {
      const source = sources[Number(decodeText(record.fields[0], 8))];
      const path = decodePath(record.fields[1]);
      const kind = requirementKind(path);
      const content = record.fields[2] ?? Buffer.alloc(0);
      if (!source || !kind) return [];
      const text = decodeText(content, MAX_FILE);
      return [{ instance: source.instance, path, kind, text, cut: content.length > MAX_FILE }];
    })
    .slice(0, 64);
  for (const record of records.filter((entry) => entry.tag === 'source-closed')) {
    const linked = decodeText(record.fields[2], 8) === '4';
    const reason = linked
      ? 'it is reached through a symbolic link, which is not followed'
      : 'it cannot be read';
    gaps.push(gapOf(decodePath(record.fields[1]), reason, linked ? null : helpFor(context)));
  }
  for (const instance of context.profile.instances) {
    if (environments.some((environment) => environment.instance === instance.id)) continue;
    gaps.push(
      gapOf(
        `packages of ${instance.id}`,
        'no folder of packages was found or could be entered',
        helpFor(context),
      ),
    );
  }
  if (!finished) gaps.push(gapOf('packages', whyUnfinished(output)));
  return seen({ environments, requirementFiles }, gaps);
}

/** Distributions of every Python environment that an installation uses, read as files; nothing is imported or run. */
export const pythonCollector: Collector<'python'> = onLiveMounts({
  subject: 'python',
  trip: 2,
  budgetMs: 10_000,
  maxBytes: 24 * 1024 * 1024,
  source: 'find SITE-PACKAGES -name METADATA; head',
  script: pythonScript,
  parse,
});
