import type { UpdateFacts } from '#shared/domain/facts/machine.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodeInstant, decodeShort, decodeText } from '../script/decode.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { compareDpkgVersions } from './updates/dpkg-version.ts';
import { UPDATES_SCRIPT } from './updates/script.ts';

/** What an index says of itself. Debian repository format, "Release files". */
interface Release {
  suite: string;
  date: string | null;
}

function readRelease(text: string): Release | null {
  const field = (name: string) => new RegExp(`^${name}: *(.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const milliseconds = Date.parse(field('Date'));
  const sane = milliseconds > 0 && milliseconds < 253_402_300_800_000;
  return field('Suite') || field('Codename')
    ? {
        suite: field('Suite') || field('Codename'),
        date: sane ? new Date(milliseconds).toISOString() : null,
      }
    : null;
}

/**
 * `NAME/SUITE,SUITE AVAILABLE ARCHITECTURE [upgradable from: INSTALLED]`, apt(8).
 * The date of an index is the latest day on which the version can have been published, not the day itself; the date of
 * a package file in the cache is its own.
 */
function readPending(
  line: string,
  releases: readonly Release[],
  packages: ReadonlyMap<string, string>,
): UpdateFacts['pending'][number] | null {
  const match =
    /^([^/\s]{1,200})\/(\S{1,1000}) (\S{1,200}) (\S{1,32}) \[upgradable from: (\S{1,200})\]$/.exec(line);
  if (!match) return null;
  const [, name = '', origins = '', available = '', architecture = '', installed = ''] = match;
  const suites = origins.split(',');
  const file = packages.get(`${name}_${available.replaceAll(':', '%3a')}_${architecture}.deb`);
  const bound = newest(releases.filter(({ suite }) => suites.includes(suite)).map(({ date }) => date));
  return {
    package: name,
    installed,
    available,
    security: suites.some((suite) => /security/i.test(suite)),
    publishedAt: file ?? bound,
    publishedAtIsBound: file === undefined,
  };
}

/**
 * Versions in the lists for installed packages (`own_lists` of the script) as lines of `apt list`: of each package the
 * highest, when it is above what is installed.
 */
function fromCandidates(text: string): string[] {
  const best = new Map<
    string,
    { name: string; suites: string[]; version: string; architecture: string; installed: string }
  >();
  for (const line of text.split('\n')) {
    const [name = '', suite = '', version = '', architecture = '', installed = ''] = line.split('\t');
    if (installed === '' || compareDpkgVersions(version, installed) <= 0) continue;
    const known = best.get(`${name} ${architecture}`);
    const order = known ? compareDpkgVersions(version, known.version) : 1;
    if (order > 0)
      best.set(`${name} ${architecture}`, { name, suites: [suite], version, architecture, installed });
    else if (order === 0) known?.suites.push(suite);
  }
  return [...best.values()].map(
    (entry) =>
      `${entry.name}/${[...new Set(entry.suites)].join(',')} ${entry.version} ${entry.architecture} [upgradable from: ${entry.installed}]`,
  );
}

/** Order of kernel versions: numbers by value, the rest by code unit. */
function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [x = '', y = ''] = [left[at], right[at]];
    const numeric = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : 0;
    if (numeric !== 0) return numeric;
    if (x !== y && !(/^\d/.test(x) && /^\d/.test(y))) return x < y ? -1 : 1;
  }
  return 0;
}

/** Null when the running kernel is none of those in /boot: then nothing can be compared. */
function isNewestKernel(running: string, images: readonly string[]): boolean | null {
  if (!images.includes(running)) return null;
  const flavour = (version: string) => /-([a-z][a-z0-9-]*)$/.exec(version)?.[1] ?? '';
  return images
    .filter((image) => flavour(image) === flavour(running))
    .every((image) => compareVersions(image, running) <= 0);
}

function newest(instants: readonly (string | null)[]): string | null {
  return (
    instants
      .filter((instant) => instant !== null)
      .sort()
      .at(-1) ?? null
  );
}

function parse(output: ScriptOutput, _context: CollectContext): Collected<UpdateFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const all = (tag: string): ScriptRecord[] => records.filter((record) => record.tag === tag);
  const text = (tag: string, field = 0, limit = 4_096) => decodeText(all(tag)[0]?.fields[field], limit);
  const manager = text('manager') || null;
  const releases = all('release').flatMap((record) => readRelease(decodeText(record.fields[0])) ?? []);
  const packages = new Map(
    all('package').flatMap((record): [string, string][] => {
      const at = decodeInstant(record.fields[1]);
      return at ? [[decodeShort(record.fields[0]), at]] : [];
    }),
  );
  const candidates = text('candidates', 0, 1_048_576);
  const answer = all('pending').length > 0 ? text('pending', 0, 2_000_000) : undefined;
  const listed = all('candidates').length > 0 ? candidates : answer;
  const lines = all('candidates').length > 0 ? fromCandidates(candidates) : (answer ?? '').split('\n');
  const pending = lines.flatMap((line) => readPending(line, releases, packages) ?? []).slice(0, 4_096);
  const gaps: Gap[] = [];
  const hasLists = Number(text('lists')) > 0;
  if (manager !== 'apt') {
    const reason = manager ? `this version does not read ${manager}` : 'no known package manager was found';
    gaps.push(gapOf('pending updates', reason));
  } else if (!hasLists) {
    gaps.push(
      gapOf('pending updates', 'there are no package lists on the node', 'run apt-get update on the node'),
    );
  } else if (listed === undefined) gaps.push(gapOf('pending updates', 'apt gave no answer in time'));
  else if (!/(?:^|\n)all\n?$/.test(listed)) {
    const whose = all('candidates').length > 0 ? 'the package lists' : 'the answer of apt';
    gaps.push(gapOf('pending updates', `${whose} could not be read to the end`));
  }
  if (pending.some((entry) => entry.publishedAtIsBound)) {
    gaps.push(
      gapOf(
        'age of updates',
        'package lists give no dates: the date of the list is the latest it can have been published',
      ),
    );
  }
  if (!finished) gaps.push(gapOf('updates', whyUnfinished(output)));
  const unattended = /Unattended-Upgrade "(\d+)"/.exec(text('unattended'))?.[1];
  return seen(
    {
      manager: manager?.slice(0, 256) ?? null,
      listsRefreshedAt: hasLists
        ? newest([
            decodeInstant(all('refreshed')[0]?.fields[0]),
            decodeInstant(all('refreshed')[0]?.fields[1]),
          ])
        : null,
      pending,
      restartRequired: all('restart').length > 0,
      restartPackages: [
        ...new Set(
          text('restart', 0, 16_384)
            .split('\n')
            .map((line) => line.trim().slice(0, 256))
            .filter(Boolean),
        ),
      ].slice(0, 512),
      runningKernelIsNewest: isNewestKernel(
        text('kernel', 0, 256),
        all('image').map((record) => decodeShort(record.fields[0])),
      ),
      unattended:
        manager === 'apt' && all('unattended').length > 0
          ? Number(unattended ?? 0) > 0 && text('unattended', 1) !== ''
          : null,
    },
    gaps,
  );
}

/** Pending updates by the lists on disk; nothing is fetched, locked or written. */
export const updatesCollector: Collector<'updates'> = {
  subject: 'updates',
  trip: 'aside',
  budgetMs: 9_000,
  maxBytes: 4 * 1024 * 1024,
  source: 'apt list --upgradable; /run/reboot-required; /boot',
  script: () => UPDATES_SCRIPT,
  parse,
};
