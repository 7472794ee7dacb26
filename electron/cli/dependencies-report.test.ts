import { describe, expect, it } from 'vitest';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import { dependencyTable } from './dependencies-report.ts';

const plain = (_: string, text: string) => text;
const report = (command: string[] | null): DependencyReport => ({
  packages: 1,
  findings: [],
  upgrades: [{ environment: '/e', package: 'x', from: '1', to: '2', ends: 1, command }],
  data: {
    state: 'fresh',
    advisories: 20_000,
    newest: '2026-11-21T00:00:00.000Z',
    ageDays: 1,
    importedAt: '2026-11-21T00:00:00.000Z',
    origin: '',
    trouble: '',
  },
});
const table = (interpreter: string) =>
  dependencyTable(report([interpreter, '-m', 'pip', 'install', 'x==2']), plain);

describe('a command that is shown to be copied', () => {
  it('is the same words in a shell, wherever the environment lies', () => {
    expect(table('/opt/venv/bin/python')).toContain('$ /opt/venv/bin/python -m pip install x==2\n');
    expect(table('/home/a b/$(id);`id`/python')).toContain(
      "$ '/home/a b/$(id);`id`/python' -m pip install x==2\n",
    );
    expect(table("/home/it's/python")).toContain("$ '/home/it'\\''s/python' -m pip");
  });

  it('is none where it could look other than it is', () => {
    for (const path of ['/home/\u001b[2K/python', '/home/\u202ea/python', '/home/a\nb/python'])
      expect(table(path)).not.toContain('$ ');
  });
});
