import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundSteps } from './conclude.ts';
import { writeFileStep } from './steps.ts';
import { inputFor } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';

const asRoot = inputFor({ ...hardenedNode(), privilege: 'root' });
const isRoot = process.getuid?.() === 0;
const sh = (command: string) => execFileSync('/bin/sh', ['-c', command], { stdio: 'pipe' });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-steps-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a step that writes a file', () => {
  it('writes in a real shell what it shows, with owner and mode, and its undo takes it away', (context) => {
    if (!isRoot) context.skip('chown to root takes root');
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("it's", '$(id)', '`id`', '\\n', '%s', '-n', '', '"', '* ~'),
    );
    const lines = fc.array(word, { minLength: 1, maxLength: 6 });
    const umask = process.umask(0o077);
    try {
      fc.assert(
        fc.property(lines, fc.constantFrom('0644', '0640'), (texts, mode) => {
          const path = join(folder, "a file's $name");
          const [step] = boundSteps([writeFileStep(asRoot, 'Write it', path, texts, { mode })]);
          if (step?.command == null) {
            expect(step?.file).toBeUndefined();
            return;
          }
          sh(step.command);
          expect(readFileSync(path, 'utf8')).toBe(step.file?.contents);
          const { mode: bits, uid, gid } = statSync(path);
          expect([(bits & 0o7777).toString(8).padStart(4, '0'), `${uid}:${gid}`]).toEqual([mode, '0:0']);
          expect(step.file).toMatchObject({ path, mode, owner: 'root:root' });
          sh(step.undo ?? '');
          expect(existsSync(path)).toBe(false);
        }),
        { numRuns: 60 },
      );
    } finally {
      process.umask(umask);
    }
  });

  it.each(['a\u202eb', 'a\nb', 'a\u001b[2J', 'a\u200bb', '\ufffd'])('shows no file for %j', (line) => {
    const [step] = boundSteps([writeFileStep(asRoot, 'Write it', '/etc/x', ['good', line])]);
    expect(step).toEqual({
      text: expect.stringMatching(/No command is shown/),
      command: null,
      needsRoot: true,
    });
  });
});
