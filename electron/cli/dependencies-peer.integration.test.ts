import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exampleAdvisory } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-peer-command-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const advisory = exampleAdvisory('PYSEC-2026-1', 'old', {
    modified: new Date(Date.now() - 3_600_000).toISOString(),
  });
  writeFileSync(join(folder, 'advisory.json'), JSON.stringify(advisory));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @param vulns what the other program says of the one package that is asked about; null: it fails */
async function audit(name: string, vulns: unknown, ...more: string[]) {
  writeFileSync(join(folder, 'list.json'), JSON.stringify([{ name, version: '1.1' }]));
  const answer = JSON.stringify({ dependencies: [{ name, version: '1.1', vulns }] });
  writeFileSync(
    join(folder, 'pip-audit'),
    vulns === null
      ? '#!/bin/sh\necho "cannot reach it" >&2\nexit 1\n'
      : `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`,
    { mode: 0o755 },
  );
  const { terminal, written } = capturedTerminal({ environment: { PATH: folder } });
  const which = ['--inventory', join(folder, 'list.json'), '--advisories', join(folder, 'advisory.json')];
  const args = [
    '--data-dir',
    join(folder, 'data'),
    'dependencies',
    'audit',
    ...which,
    '--pip-audit',
    ...more,
  ];
  return { code: await run(args, '0.0.0-test', terminal), ...written };
}

it('shows beside our own table what only the other program names, and counts it', async () => {
  const theirs = [{ id: 'CVE-9\u001b[2J', fix_versions: ['2'], aliases: [] }];
  const { code, out } = await audit('fine', theirs);
  expect(code).toBe(1);
  expect(out).toContain('One package: no known vulnerability.');
  expect(out).toContain('Named by pip-audit only:');
  expect(out).not.toContain('\u001b');
  expect((await audit('fine', [])).code).toBe(0);
});

it('never hides what only we name', async () => {
  const { code, out } = await audit('old', [], '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    findings: [{ package: 'old', ids: ['PYSEC-2026-1'] }],
    pipAudit: { agreed: 0, onlyHere: [{ package: 'old' }], onlyThere: [] },
  });
});

it('calls nothing fine while the other program was asked and did not answer', async () => {
  const { code, out } = await audit('fine', null);
  expect(code).toBe(2);
  expect(out).toMatch(/pip-audit said nothing.*cannot reach it/);
  expect((await audit('old', null)).code).toBe(1);
});
