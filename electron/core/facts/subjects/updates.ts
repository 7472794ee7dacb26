import type { UpdateFacts } from '#shared/domain/facts/machine.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodeInstant, decodeShort, decodeText } from '../script/decode.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';

/**
 * `apt list --upgradable` compares installed with available versions, 0.4 s; the simulation of apt-get says the same
 * after resolving and ordering, which takes ten times as long. It neither locks nor fetches. Root's apt would write its
 * binary cache when that is older than the lists or than dpkg's state; then it is told to keep it in memory.
 */
const SCRIPT = `${PRELUDE}
emit kernel "$(uname -r)"
for image in /boot/vmlinuz-*; do [ ! -f "$image" ] || emit image "\${image#/boot/vmlinuz-}"; done
[ ! -e /run/reboot-required ] && [ ! -e /var/run/reboot-required ] || emit restart "$(head -c 16384 /run/reboot-required.pkgs 2>/dev/null)"
if has apt-get; then
  emit manager apt
  emit refreshed "$(stat -c %Y /var/lib/apt/periodic/update-success-stamp 2>/dev/null)" "$(stat -c %Y /var/lib/apt/lists/partial 2>/dev/null)"
  lists=0; cache=/var/cache/apt/pkgcache.bin; memory=
  for list in /var/lib/apt/lists/*_InRelease /var/lib/apt/lists/*_Release; do
    [ -f "$list" ] || continue
    lists=$((lists + 1)); [ $lists -le 64 ] || break
    head -c 4096 "$list" | emit_content release
    [ "$cache" -nt "$list" ] || memory=yes
  done
  [ "$cache" -nt /var/lib/dpkg/status ] || memory=yes
  emit lists "$lists"
  limit 2 find /var/cache/apt/archives -maxdepth 1 -type f -name '*.deb' -printf '@package:2\\0%f\\0%Ts\\0' 2>/dev/null | head -c 262144; printf '\\0'
  if [ "$(id -u)" = 0 ] && [ -n "$memory" ]; then set -- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=; else set --; fi
  limit 6 apt "$@" list --upgradable 2>/dev/null </dev/null | grep -F '[upgradable from: ' | head -n 4096 | emit_content pending
  emit unattended "$(limit 2 apt-config dump APT::Periodic::Unattended-Upgrade 2>/dev/null </dev/null | head -c 256)" "$(command -v unattended-upgrade)"
elif has dnf; then emit manager dnf
elif has pacman; then emit manager pacman
elif has zypper; then emit manager zypper
elif has apk; then emit manager apk
fi
${END}`;

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
  const pending = text('pending', 0, 2_000_000)
    .split('\n')
    .flatMap((line) => readPending(line, releases, packages) ?? [])
    .slice(0, 4_096);
  const gaps: Gap[] = [];
  const hasLists = Number(text('lists')) > 0;
  if (manager !== 'apt') {
    const reason = manager ? `this version does not read ${manager}` : 'no known package manager was found';
    gaps.push(gapOf('pending updates', reason));
  } else if (!hasLists) {
    gaps.push(
      gapOf('pending updates', 'there are no package lists on the node', 'run apt-get update on the node'),
    );
  } else if (all('pending').length === 0) gaps.push(gapOf('pending updates', 'apt gave no answer in time'));
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
      unattended: manager === 'apt' ? Number(unattended ?? 0) > 0 && text('unattended', 1) !== '' : null,
    },
    gaps,
  );
}

/** Pending updates by the lists on disk; nothing is fetched, locked or written. */
export const updatesCollector: Collector<'updates'> = {
  subject: 'updates',
  trip: 2,
  budgetMs: 9_000,
  maxBytes: 4 * 1024 * 1024,
  source: 'apt list --upgradable; /run/reboot-required; /boot',
  script: () => SCRIPT,
  parse,
};
