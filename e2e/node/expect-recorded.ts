import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runChecks } from '#core/checks/run.ts';
import { replayFacts } from '#core/facts/record.ts';
import { levelOf } from '#shared/domain/level.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';

/**
 * `node e2e/node/expect-recorded.ts`: writes what the checks find on each recorded machine beside the recording, and
 * prints it as a table. To be read before it is committed: what stands there is what the test will demand.
 */
const folder = new URL('../fixtures/facts/', import.meta.url);
const names = readdirSync(folder).filter(
  (name) => name.endsWith('.json') && !name.endsWith('.expected.json'),
);
for (const name of names) {
  const replay = replayFacts(readFileSync(new URL(name, folder), 'utf8'));
  if (!replay.ok) throw new Error(`${name}: ${replay.error.message}`);
  const { facts } = replay;
  const now = new Date(facts.collectedAt);
  const findings = runChecks({ facts, nodeName: 'node', now, settings: DEFAULT_SETTINGS, declarations: [] });
  const { level } = levelOf(findings, facts.profile.instances.length > 0);
  const statuses = Object.fromEntries(findings.map((finding) => [finding.check, finding.status]));
  const target = new URL(name.replace(/\.json$/, '.expected.json'), folder);
  writeFileSync(target, `${JSON.stringify({ level, statuses }, null, 2)}\n`);
  process.stdout.write(`\n${name}: level ${level}\n`);
  for (const finding of findings.filter((entry) => !entry.lacking))
    process.stdout.write(`  ${finding.status.padEnd(15)}${finding.check.padEnd(21)}${finding.summary}\n`);
}
