import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

/** One file for each way of importing across the house that is forbidden, and the rule that must name it. */
const BREAKS: readonly { rule: string; file: string; text: string }[] = [
  { rule: 'shared-alone', file: 'shared/domain/a.ts', text: "import '../../renderer/page.ts';" },
  { rule: 'shared-zod-only', file: 'shared/domain/b.ts', text: "import 'node:fs';" },
  { rule: 'shared-zod-only', file: 'shared/domain/c.ts', text: "import 'react';" },
  { rule: 'orpc-in-contract-only', file: 'shared/domain/d.ts', text: "import '@orpc/contract';" },
  { rule: 'core-imports-shared', file: 'electron/core/checks/a.ts', text: "import '../../web/page.ts';" },
  { rule: 'core-knows-no-electron', file: 'electron/core/checks/b.ts', text: "import 'electron';" },
  { rule: 'main-imports', file: 'electron/main/a.ts', text: "import '../web/page.ts';" },
  { rule: 'web-imports', file: 'electron/web/a.ts', text: "import '../main/page.ts';" },
  { rule: 'cli-imports', file: 'electron/cli/a.ts', text: "import '../web/page.ts';" },
  { rule: 'preload-imports', file: 'electron/preload/a.ts', text: "import '../core/checks/page.ts';" },
  { rule: 'renderer-imports', file: 'renderer/a.ts', text: "import '../electron/core/checks/page.ts';" },
  { rule: 'helper-imports', file: 'electron/helper/a.ts', text: "import '../core/checks/page.ts';" },
  { rule: 'helper-node-only', file: 'electron/helper/b.ts', text: "import 'commander';" },
  {
    rule: 'feature-never-imports-feature',
    file: 'renderer/features/home/a.ts',
    text: "import '../setup/page.ts';",
  },
  { rule: 'store-owns-sqlite', file: 'electron/core/checks/c.ts', text: "import 'better-sqlite3';" },
  { rule: 'hosts-own-processes', file: 'electron/core/checks/d.ts', text: "import 'node:child_process';" },
  { rule: 'no-circular', file: 'shared/domain/e.ts', text: "import './f.ts'; export const e = 1;" },
  { rule: 'no-unresolvable', file: 'shared/domain/g.ts', text: "import './nowhere.ts';" },
];

const NEIGHBOURS = [
  'renderer/page.ts',
  'electron/web/page.ts',
  'electron/main/page.ts',
  'electron/core/checks/page.ts',
  'renderer/features/setup/page.ts',
];

let house = '';
let violations: { rule: { name: string }; from: string }[] = [];

function put(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), text);
}

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'swarmkeep-house-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  for (const file of NEIGHBOURS) put(file, 'export const page = 1;');
  put('shared/domain/f.ts', "import './e.ts'; export const f = 1;");
  for (const { file, text } of BREAKS) put(file, text);
  const cruise = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--output-type',
      'json',
      'shared',
      'electron',
      'renderer',
    ],
    { cwd: house, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  violations = JSON.parse(cruise.stdout).summary.violations;
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test.each(BREAKS)('$rule forbids what $file does', ({ rule, file }) => {
  const named = violations.filter((entry) => entry.from === file).map((entry) => entry.rule.name);
  expect(named).toContain(rule);
});

test('a house without a break has no violation', () => {
  const innocent = NEIGHBOURS.map((file) => violations.filter((entry) => entry.from === file));
  expect(innocent.flat()).toEqual([]);
});
