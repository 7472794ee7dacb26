import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, PROGRAM_FOLDERS } from '../machine.ts';
import { copyInto } from '../verbs/tar-copy.ts';
import { close, openFolder, reopenForReading } from '../walk/descriptor.ts';
import { listEnvironment } from './environment.ts';
import { archiveFiles } from './keep-files.ts';

const machine: Machine = {
  stateFolder: '/nowhere',
  ownFolder: '/nowhere',
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
};

describe('what is read of files that somebody else lets grow', () => {
  let base = '';
  let top: number | null = null;
  beforeEach((context) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) context.skip('it is done as root on Linux');
    base = mkdtempSync(join(tmpdir(), 'swarmkeep-grows-'));
    writeFileSync(join(base, 'file'), 'hello');
    top = openFolder(base);
  });
  afterEach(() => {
    close(top);
    if (base !== '') rmSync(base, { recursive: true });
  });

  it('is what was listed, in an archive', () => {
    const archive = archiveFiles(machine, top ?? -1, listEnvironment(top ?? -1, base), ['file']);
    expect(spawnSync('tar', ['-xzOf', '-'], { input: archive }).stdout.toString()).toBe('hello');
  });

  it('is no archive of a file that is longer than every disk, or becomes so', () => {
    const list = listEnvironment(top ?? -1, base);
    truncateSync(join(base, 'file'), 2 ** 40);
    expect(() => archiveFiles(machine, top ?? -1, list, ['file'])).toThrow('grew while they were kept');
    const longer = listEnvironment(top ?? -1, base);
    expect(() => archiveFiles(machine, top ?? -1, longer, ['file'])).toThrow('more than an undo record');
  });

  it('is no copy of more than was listed', () => {
    writeFileSync(join(base, 'file'), Buffer.alloc(20 * 1024 * 1024, 1));
    const into = mkdtempSync(join(tmpdir(), 'swarmkeep-grows-'));
    const from = reopenForReading(top ?? -1);
    const to = openFolder(into);
    try {
      const owner = { uid: 0, gid: 0 };
      expect(() => copyInto(machine, from, to, owner, { entries: 2, bytes: 5 }, 0)).toThrow('grew while');
      copyInto(machine, from, to, owner, { entries: 2, bytes: 20 * 1024 * 1024 }, 0);
    } finally {
      close(from, to);
      rmSync(into, { recursive: true });
    }
  });
});
