import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { storeWorkerLocation } from './worker-location.ts';

describe('the program of the thread', () => {
  it('is the file beside this one in the source', () => {
    expect(fileURLToPath(storeWorkerLocation())).toBe(join(import.meta.dirname, 'worker.ts'));
  });

  it('is found in a build from every folder that can hold this code, and its absence is said', () => {
    const base = mkdtempSync(join(tmpdir(), 'swarmkeep-dist-'));
    try {
      const from = (path: string) => pathToFileURL(join(base, path)).href;
      expect(() => storeWorkerLocation(from('cli/cli.js'))).toThrow('was not built');
      mkdirSync(join(base, 'core'));
      writeFileSync(join(base, 'core/store-worker.js'), '');
      for (const path of [
        'core/a.js',
        'main/core.js',
        'web/serve.js',
        'cli/cli.js',
        'chunks/x.js',
        'index.js',
      ]) {
        expect(storeWorkerLocation(from(path)).href).toBe(from('core/store-worker.js'));
      }
    } finally {
      rmSync(base, { recursive: true });
    }
  });
});
