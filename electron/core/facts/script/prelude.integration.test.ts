import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { END, PRELUDE } from './prelude.ts';
import { readRecords } from './records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-prelude-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string) {
  return spawnSync('/bin/sh', ['-s'], { input: `${PRELUDE}${script}`, timeout: 10_000 });
}

describe('the prelude', () => {
  it('frames fields with line ends, quotes and bytes beyond UTF-8 (dash)', () => {
    const script = `${PRELUDE}emit one "a
b" "'\\"" ''; printf 'x\\000y' | emit_content two k; ${END}`;
    const { stdout } = spawnSync('/bin/sh', ['-s'], { input: script });
    const { records, finished } = readRecords({ stdout });
    expect(finished).toBe(true);
    expect(records.map((record) => record.fields.map((bytes) => bytes.toString()))).toEqual([
      ['a\nb', '\'"', ''],
      ['k', 'xy'],
    ]);
  });

  it('reads a regular file and nothing that a link or a FIFO leads to', () => {
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config/real'), 'x'.repeat(100));
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync('../secret', join(folder, 'config/link'));
    symlinkSync('config', join(folder, 'linked'));
    spawnSync('mkfifo', [join(folder, 'config/pipe')]);
    const read = (rest: string, name: string) =>
      run(`read_file '${folder}' '${rest}' '${name}' 10; echo "=$?"`).stdout.toString();
    expect(read('config', 'real')).toBe(`${'x'.repeat(10)}=0\n`);
    expect(read('config', 'link')).toBe('=5\n');
    expect(read('config', 'pipe')).toBe('=5\n');
    expect(read('config', 'absent')).toBe('=5\n');
    expect(read('linked', 'real')).toBe('=4\n');
    expect(read('nowhere', 'real')).toBe('=3\n');
  });

  it('says whether it read a file to its end', () => {
    writeFileSync(join(folder, 'real'), 'x'.repeat(10));
    const read = (name: string, bytes: number) =>
      run(`cd '${folder}'; read_whole ${name} ${bytes} || echo =cut`).stdout.toString();
    expect(read('real', 10)).toBe('x'.repeat(10));
    expect(read('real', 9)).toBe(`${'x'.repeat(9)}=cut\n`);
    expect(read('absent', 9)).toBe('=cut\n');
  });

  it('opens with O_NOFOLLOW and O_NONBLOCK, so that a swap after the test changes nothing', () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync('secret', join(folder, 'link'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    // read_here without the test in its first line: what an agent that wins the race would meet.
    const unguarded = PRELUDE.replace('[ -f "./$1" ] && [ ! -L "./$1" ] || return 5', ':');
    expect(unguarded).not.toBe(PRELUDE);
    const open = (name: string) =>
      spawnSync('/bin/sh', ['-s'], {
        input: `${unguarded}cd '${folder}'; read_here ${name} 9 </dev/null; echo "=$?"`,
        timeout: 10_000,
      });
    expect(open('link').stdout.toString()).toBe('=1\n');
    const pipe = open('pipe');
    expect(pipe.error).toBeUndefined();
    expect(pipe.stdout.toString()).toBe('=0\n');
  });
});
