import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { close, openFolder, throughDescriptor } from '../walk/descriptor.ts';
import { clearAway } from './remove-tree.ts';

describe('removing a tree that somebody else made', () => {
  let base = '';
  let folder: number | null = null;
  beforeEach((context) => {
    if (process.platform !== 'linux') context.skip('descriptors are paths on Linux only');
    base = mkdtempSync(join(tmpdir(), 'swarmkeep-remove-'));
    folder = openFolder(base);
  });
  afterEach(() => {
    close(folder);
    folder = null;
    if (base !== '') rmSync(base, { recursive: true });
  });
  const remove = (name: string) => clearAway(folder ?? -1, name);

  it('takes it away however deep it is, longer than a path can be', () => {
    mkdirSync(join(base, 'tree'));
    const name = 'd'.repeat(40);
    let at = openFolder(join(base, 'tree'));
    for (let depth = 0; depth < 400; depth += 1) {
      const next = `${throughDescriptor(at)}/${name}`;
      mkdirSync(next);
      writeFileSync(`${throughDescriptor(at)}/file\n${depth}`, '');
      const inner = openFolder(next);
      close(at);
      at = inner;
    }
    close(at);
    expect(remove('tree')).toBeNull();
    expect(readdirSync(base)).toEqual([]);
  });

  it('follows no link, and takes away what has a name that is no text', () => {
    mkdirSync(join(base, 'kept'));
    writeFileSync(join(base, 'kept/file'), '');
    mkdirSync(join(base, 'tree'));
    symlinkSync('../kept', join(base, 'tree/link'));
    writeFileSync(Buffer.concat([Buffer.from(`${base}/tree/`), Buffer.from([0xff, 0x0a, 0xfe])]), '');
    expect(remove('tree')).toBeNull();
    expect(existsSync(join(base, 'kept/file'))).toBe(true);
    symlinkSync('kept', join(base, 'link'));
    expect(remove('link')).toBeNull();
    expect(readdirSync(base)).toEqual(['kept']);
    expect(remove('nothing')).toBeNull();
  });
});
