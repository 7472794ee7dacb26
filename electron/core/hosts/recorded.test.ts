import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordedFile } from './recorded.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-recorded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says of a recording that cannot be read why, that nothing was changed, and what to do', async () => {
  const missing = join(folder, 'missing.json');
  const looped = join(folder, 'looped.json');
  symlinkSync('looped.json', looped);
  for (const [path, why] of [
    [missing, 'there is no such file'],
    [looped, 'it is a link that leads to itself'],
    [`${folder}/${'x'.repeat(300)}`, 'its name is too long'],
  ] as const) {
    const answer = await recordedFile(path).read();
    expect(answer).toMatchObject({
      ok: false,
      error: { failure: 'damaged-recording', message: `The recording ${path} could not be read: ${why}.` },
    });
    expect(!answer.ok && answer.error.next).toMatch(/^Nothing was changed\. \w/);
  }
  expect(await recordedFile(folder).read()).toMatchObject({
    error: { message: 'The recording is no regular file.' },
  });
});
