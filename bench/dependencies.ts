import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OsvRecord } from '#core/dependencies/advisories/osv-record.ts';
import { readAdvisorySet } from '#core/dependencies/advisories/read-set.ts';
import { storedAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { generatedAdvisories } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { makeZip } from '#core/dependencies/advisories/testing/make-zip.ts';
import { auditDependencies } from '#core/dependencies/verdicts/audit.ts';
import { rangesAgainstLists } from '#core/dependencies/verdicts/testing/agreement.ts';
import { PACKAGING_ORACLE, randomPair, seeded } from '#core/dependencies/versions/testing/random-versions.ts';
import { isPep440, versionKey } from '#core/dependencies/versions/version-key.ts';
import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { report, series } from './measure.ts';
import { runWatched } from './watched-program.ts';

const CLI = new URL('../dist/cli/main.js', import.meta.url).pathname;
const ADVISORIES = 24_000;
const PACKAGES = 300;
const PAIRS = 100_000;

/** Processor time of this process, in milliseconds: what the work costs, however many others want the processor. */
function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Names of packages that advisories are about, with a version that many of them have, and names that nobody knows. */
function installed(): { name: string; version: string }[] {
  return Array.from({ length: PACKAGES }, (_, index) => ({
    name: index % 3 === 0 ? `unknown-${index}` : `Package_${index * 4}`,
    version: `${1 + (index % 3)}.${index % 9}.${index % 20}`,
  }));
}

async function importing(folder: string, zip: string): Promise<void> {
  const costs: number[] = [];
  const peaks: number[] = [];
  const measured = await series(3, 'ms', async () => {
    const began = performance.now();
    const done = await runWatched(process.execPath, [
      CLI,
      '--data-dir',
      folder,
      'dependencies',
      'import',
      zip,
      '--json',
    ]);
    if (done.code !== 0) throw new Error(`swarmkeep dependencies import ended with ${done.code}`);
    peaks.push(done.peakMib);
    return performance.now() - began;
  });
  const { importAdvisories } = await import('#core/dependencies/advisories/import-advisories.ts');
  for (let run = 0; run < 3; run += 1) {
    const before = processor();
    await importAdvisories(folder, zip, new Date());
    costs.push(processor() - before);
  }
  report(
    `${ADVISORIES} generated advisories imported from a zip of ${(statSync(zip).size / 1e6).toFixed(1)} MB, as a command`,
    measured,
    { atMost: 2_000, text: '≤ 2 s' },
    `processor time of the import alone ${costs.map((cost) => cost.toFixed(0)).join(', ')} ms`,
  );
  report('    its peak', { unit: 'MiB', values: peaks }, { atMost: 238, text: '≤ 250 MB' });
  const size = statSync(join(folder, 'advisories.db')).size;
  report('    the database', { unit: 'MB', values: [size / 1e6] }, { atMost: 40, text: '≤ 40 MB' });
}

async function auditing(folder: string, inventory: string): Promise<void> {
  const reader = readAdvisories(folder);
  if (reader === null) throw new Error('there is no data');
  const packages = installed();
  const environments = [environment.parse({ id: 'list', kind: 'list', packages })];
  const costs: number[] = [];
  let findings = 0;
  const core = await series(
    20,
    'ms',
    () => {
      const [began, before] = [performance.now(), processor()];
      const source = storedAdvisories(reader, new Date());
      findings = auditDependencies(environments, source, [], new Date()).findings.length;
      costs.push(processor() - before);
      return performance.now() - began;
    },
    3,
  );
  reader.close();
  report(
    `${PACKAGES} packages compared with ${ADVISORIES} advisories, warm, in the core`,
    core,
    { atMost: 25, text: '≤ 25 ms' },
    `${findings} findings; processor time ${costs.at(-1)?.toFixed(1)} ms`,
  );
  const peaks: number[] = [];
  const command = await series(7, 'ms', async () => {
    const began = performance.now();
    const args = ['--data-dir', folder, 'dependencies', 'audit', '--inventory', inventory, '--json'];
    const done = await runWatched(process.execPath, [CLI, ...args]);
    if (done.code !== 1) throw new Error(`swarmkeep dependencies audit ended with ${done.code}`);
    peaks.push(done.peakMib);
    return performance.now() - began;
  });
  report('    as a command', command, { atMost: 250, text: '≤ 250 ms' });
  report('    its peak', { unit: 'MiB', values: peaks }, { atMost: 190, text: '≤ 200 MB' });
}

/** The order of versions against Debian's python3-packaging. */
function oracle(): void {
  const random = seeded(Date.now());
  const pairs = Array.from({ length: PAIRS }, () => randomPair(random, 0.02));
  const input = pairs.map((pair) => JSON.stringify(pair)).join('\n');
  const options = { input, encoding: 'utf8', maxBuffer: 1e9 } as const;
  const { stdout, status } = spawnSync('/usr/bin/python3', ['-Ic', PACKAGING_ORACLE], options);
  if (status !== 0) {
    console.log('Order of versions: skipped, python3-packaging is not installed');
    return;
  }
  const answers = stdout.trim().split('\n');
  const wrong = pairs.filter(([a, b], index) => {
    const [left, right] = [versionKey(a) ?? '', versionKey(b) ?? ''];
    const order = left < right ? '-1' : left > right ? '1' : '0';
    return (isPep440(a) && isPep440(b) ? order : 'x') !== answers[index];
  });
  console.log(
    `Order of versions against python3-packaging: ${pairs.length} random pairs, ${answers.filter((answer) => answer === '0').length} of them equal, ${wrong.length} differences`,
  );
  for (const [a, b] of wrong.slice(0, 10)) console.log(`    ${a} ? ${b}`);
}

/** Ranges of published advisories against their own lists. */
async function published(path: string): Promise<void> {
  const records: OsvRecord[] = [];
  for await (const some of readAdvisorySet(path)) records.push(...some.map(({ record }) => record));
  const { compared, differences } = rangesAgainstLists(records);
  const agreed = 100 * (1 - differences.length / compared);
  console.log(
    `Ranges of ${records.length} advisories of OSV_ZIP against their own lists: ${agreed.toFixed(4)} % of ${compared} agree; promised ≥ 99.99 %: ${agreed >= 99.99 ? 'holds' : 'DOES NOT HOLD'}`,
  );
  for (const difference of differences) console.log(`    ${difference}`);
}

/** Figures of the packages' room. */
export async function benchDependencies(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  try {
    const zip = join(folder, 'all.zip');
    const files = [...generatedAdvisories(ADVISORIES)].map(({ name, text }) => ({ name, contents: text }));
    writeFileSync(zip, makeZip(files));
    const inventory = join(folder, 'inventory.json');
    writeFileSync(inventory, JSON.stringify(installed()));
    const data = join(folder, 'data');
    await importing(data, zip);
    await auditing(data, inventory);
  } finally {
    rmSync(folder, { recursive: true });
  }
  oracle();
  const path = process.env.OSV_ZIP;
  if (path) await published(path);
  else console.log('Ranges against lists: skipped, OSV_ZIP names no set of published advisories');
}
