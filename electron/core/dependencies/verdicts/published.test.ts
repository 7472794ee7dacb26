import { expect, it } from 'vitest';
import { AdvisoryCompiler } from '../advisories/compile.ts';
import type { CompiledPackage } from '../advisories/compiled.ts';
import type { OsvRecord } from '../advisories/osv-record.ts';
import { readAdvisorySet } from '../advisories/read-set.ts';
import { affects, versionKeys } from './match.ts';
import { affectsSlowly } from './slow-match.ts';
import { rangesAgainstLists } from './testing/agreement.ts';

it('agrees with what published advisories list, and with the slow way over them (OSV_ZIP)', async (context) => {
  const path = process.env.OSV_ZIP;
  if (!path) return context.skip('OSV_ZIP names no set of published advisories');
  const records: OsvRecord[] = [];
  const compiler = new AdvisoryCompiler();
  for await (const some of readAdvisorySet(path))
    for (const { record } of some) {
      records.push(record);
      compiler.add(record);
    }
  expect(compiler.count).toBe(records.length);

  const { compared, differences } = rangesAgainstLists(records);
  context.annotate(
    `${compared} listed versions, ${differences.length} outside of ranges:\n${differences.join('\n')}`,
  );
  expect(compared).toBeGreaterThan(1_000);
  expect(1 - differences.length / compared).toBeGreaterThanOrEqual(0.9999);
  for (const difference of differences) expect(difference).not.toContain('introduced ?');

  const compiled = new Map(
    [...compiler.packages()].map(({ name, compiled }) => [name, JSON.parse(compiled) as CompiledPackage]),
  );
  const wrong: string[] = [];
  // One in forty, at the versions around which it changes its mind.
  for (const [index, record] of records.entries()) {
    if (index % 40 !== 0) continue;
    for (const { name, ranges, versions } of record.affected) {
      const known = compiled.get(name);
      const asked = [
        ...ranges.flatMap(({ events }) => events.map(({ version }) => version)),
        versions.at(-1) ?? '0',
        '0.1.dev1',
      ];
      for (const version of new Set(asked.filter((one) => one !== '*'))) {
        const keys = versionKeys('PyPI', version);
        const own = known?.advisories.filter(({ id }) => id === record.id) ?? [];
        const fast = known !== undefined && keys !== null && own.some(affects(known, keys));
        if (fast !== affectsSlowly(record, name, version)) wrong.push(`${record.id} ${name} ${version}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
