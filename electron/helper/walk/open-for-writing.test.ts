import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileKey, writerOf } from './open-for-writing.ts';

describe('who has a file open for writing', () => {
  it('is refused an answer, rather than none found, when there are too many to look at in time', (context) => {
    if (process.platform !== 'linux') context.skip('/proc is there on Linux only');
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-open-'));
    const opened = openSync(join(folder, 'file'), 'w');
    try {
      const files = new Set([fileKey(fstatSync(opened, { bigint: true }))]);
      expect(() => writerOf(files, -1)).toThrow('too many open files');
      expect(writerOf(new Set(), -1)).toBeNull();
    } finally {
      closeSync(opened);
      rmSync(folder, { recursive: true });
    }
  });
});
