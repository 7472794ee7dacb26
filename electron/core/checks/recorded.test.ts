import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { replayFacts } from '#core/facts/record.ts';
import { levelOf } from '#shared/domain/level.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { runChecks } from './run.ts';

const FOLDER = new URL('../../../e2e/fixtures/facts/', import.meta.url);

/** Machines that were really set up so, in a booted Debian, and looked at over SSH (e2e/node/scenarios.ts). */
const MACHINES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
  .map((name) => name.replace(/\.json$/, ''));

const textOf = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

function judged(machine: string) {
  const replay = replayFacts(textOf(`${machine}.json`));
  if (!replay.ok) throw new Error(replay.error.message);
  const findings = runChecks({
    facts: replay.facts,
    nodeName: 'node',
    now: new Date(replay.facts.collectedAt),
    settings: DEFAULT_SETTINGS,
    declarations: [],
  });
  return { facts: replay.facts, findings };
}

test('machines of every kind were recorded', () => {
  expect(MACHINES).toEqual(expect.arrayContaining(['stock', 'hardened']));
});

test.each(MACHINES)('%s gives the findings that were reviewed', (machine) => {
  const { facts, findings } = judged(machine);
  const statuses = Object.fromEntries(findings.map((finding) => [finding.check, finding.status]));
  const { level } = levelOf(findings, facts.profile.instances.length > 0);
  expect({ level, statuses }).toEqual(JSON.parse(textOf(`${machine}.expected.json`)));
});

test.each(MACHINES)('%s gives byte-identical findings each time', (machine) => {
  expect(JSON.stringify(judged(machine).findings)).toBe(JSON.stringify(judged(machine).findings));
});

test.each(MACHINES)('%s holds no secret', (machine) => {
  // A swarm token is 64 hexadecimal digits; digests of plugins are the only other such words, and are named so.
  const words = textOf(`${machine}.json`).match(/"(\w+)":\s*"[0-9a-f]{64}"/g) ?? [];
  expect(words.filter((word) => !word.startsWith('"digest"'))).toEqual([]);
});
