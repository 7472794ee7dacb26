import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
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

  it('keeps what it writes over, once, and its undo brings that back whole', (context) => {
    if (!isRoot) context.skip('chown to root takes root');
    const path = join(folder, "kept's $name");
    const [step] = boundSteps([writeFileStep(asRoot, 'Write it', path, ['new', '$(id)'])]);
    writeFileSync(path, 'of the operator\n');
    chmodSync(path, 0o604);
    chownSync(path, 21, 22);
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    // A second press of the same command must not keep what the first one wrote.
    for (let times = 0; times < 2; times += 1) sh(step?.command ?? '');
    expect(readFileSync(path, 'utf8')).toBe(step?.file?.contents);
    sh(step?.undo ?? '');
    const { mode, uid, gid, mtimeMs } = statSync(path);
    expect(readFileSync(path, 'utf8')).toBe('of the operator\n');
    expect([mode & 0o7777, uid, gid, mtimeMs]).toEqual([0o604, 21, 22, 1_000_000_000_000]);
    expect(existsSync(`${path}.swarmkeep-before`)).toBe(false);
    rmSync(path);
    for (let times = 0; times < 2; times += 1) sh(step?.command ?? '');
    sh(step?.undo ?? '');
    expect(existsSync(path)).toBe(false);
  });

  it('is done and taken back as an operator with sudo, and does nothing where the first password was wrong', (context) => {
    if (!isRoot) context.skip('chown to root takes root');
    const path = join(folder, 'with-sudo');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // As sudo is met: it fails at the first password, and asks no more after the second.
    const wrong = join(folder, 'wrong');
    writeFileSync(
      join(bin, 'sudo'),
      `#!/bin/sh\nif rm -- '${wrong}' 2>/dev/null; then exit 1; fi\nexec "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const asOperator = (command: string | undefined) =>
      spawnSync('/bin/sh', ['-c', command ?? ''], { env: { PATH: `${bin}:${process.env.PATH}` } }).status;
    const input = inputFor({ ...hardenedNode(), privilege: 'user' });
    const [step] = boundSteps([writeFileStep(input, 'Write it', path, ['new'])]);
    writeFileSync(path, 'of the operator\n');
    writeFileSync(wrong, '');
    expect(asOperator(step?.command ?? '')).not.toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('of the operator\n');
    expect(asOperator(step?.command ?? '')).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    writeFileSync(wrong, '');
    expect(asOperator(step?.undo)).not.toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(asOperator(step?.undo)).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('of the operator\n');
  });

  it('follows no link, neither where it writes nor where it keeps what was there', (context) => {
    if (!isRoot) context.skip('chown to root takes root');
    const path = join(folder, 'linked');
    const target = join(folder, 'target');
    const [step] = boundSteps([writeFileStep(asRoot, 'Write it', path, ['new'])]);
    const says = (command: string | undefined) => {
      const { status, stderr } = spawnSync('/bin/sh', ['-c', command ?? ''], { encoding: 'utf8' });
      return [status, stderr];
    };
    for (const link of [path, `${path}.swarmkeep-before`]) {
      for (const there of [true, false]) {
        if (there) writeFileSync(target, 'of somebody else\n');
        else rmSync(target);
        symlinkSync(target, link);
        const refused = [1, `${link} is a link: nothing was changed.\n`];
        expect(says(step?.command ?? '')).toEqual(refused);
        expect(says(step?.undo)).toEqual(refused);
        expect(existsSync(target) ? readFileSync(target, 'utf8') : null).toBe(
          there ? 'of somebody else\n' : null,
        );
        rmSync(link);
      }
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
