import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRuleFiles } from './rule-files.ts';
import { readRuleSet } from './rule-set.ts';

const GOOD = 'title: good\nid: good\nlogsource: {product: linux}\ndetection: {s: {a: x}, condition: s}\n';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-rules-'));
  writeFileSync(join(folder, 'good.yml'), GOOD);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => {
  const { texts, failed } = readRuleFiles([folder], 'imported');
  const set = readRuleSet(texts);
  return {
    good: set.detections.map(({ id }) => id),
    failed: [...failed, ...set.failed].map(({ file, reason }) => [file.slice(folder.length + 1), reason]),
  };
};

it('neither waits for a pipe nor reads a device to its end, and the others go on', () => {
  execFileSync('mkfifo', [join(folder, 'pipe.yml')]);
  symlinkSync('/dev/zero', join(folder, 'endless.yml'));
  symlinkSync('/dev/tty', join(folder, 'terminal.yml'));
  const { good, failed } = read();
  expect(good).toEqual(['good']);
  expect(failed.map(([file]) => file).sort()).toEqual(['endless.yml', 'pipe.yml', 'terminal.yml']);
  for (const [file, reason] of failed) if (file !== 'terminal.yml') expect(reason).toBe('it is no file');
});

it('goes along no circle of links or folders, and says of each what is wrong with it', () => {
  symlinkSync('b.yml', join(folder, 'a.yml'));
  symlinkSync('a.yml', join(folder, 'b.yml'));
  symlinkSync(folder, join(folder, 'again'));
  symlinkSync('/nowhere', join(folder, 'gone.yml'));
  symlinkSync('good.yml', join(folder, 'once-more.yml'));
  const { good, failed } = read();
  expect(good).toEqual(['good']);
  expect(Object.fromEntries(failed)).toEqual({
    'a.yml': 'its links lead in a circle',
    'b.yml': 'its links lead in a circle',
    'gone.yml': 'there is no such file',
  });
});

it('reads no more of a file than a rule may have, and no text that is none', () => {
  writeFileSync(join(folder, 'huge.yml'), '');
  truncateSync(join(folder, 'huge.yml'), 8 * 1024 ** 3);
  writeFileSync(join(folder, 'binary.yml'), Buffer.from([0xff, 0xfe, 0x00]));
  mkdirSync(join(folder, 'a.yml'));
  const { good, failed } = read();
  expect(good).toEqual(['good']);
  expect(Object.fromEntries(failed)).toEqual({
    'huge.yml': expect.stringContaining('at most'),
    'binary.yml': 'it is not UTF-8 text',
  });
});

it('shows nothing of a file that a planted link leads to', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'swarm-token: [0123456789abcdef0123456789abcdef\n\tx: {');
  symlinkSync(secret, join(folder, 'planted.yml'));
  const { good, failed } = read();
  expect(good).toEqual(['good']);
  expect(failed.map(([file]) => file)).toEqual(['planted.yml']);
  expect(JSON.stringify(failed)).not.toMatch(/0123456789abcdef|swarm-token/);
});
