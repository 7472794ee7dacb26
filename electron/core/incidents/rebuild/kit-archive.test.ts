import { Parser } from 'tar';
import { expect, it } from 'vitest';
import { rebuildKit } from '#shared/domain/incident/rebuild.ts';
import { FakeRebuilding } from '../runbook/testing/fake-rebuilding.ts';
import { kitArchive } from './kit-archive.ts';

it('a kit is one tar file, with every file as it is and nothing else', async () => {
  const kit = await new FakeRebuilding().kit({ node: 'naru', hostName: 'naru', account: 'ines', keys: [] });
  // What the contract lets through to a page.
  expect(rebuildKit.safeParse(kit).error?.issues).toBeUndefined();
  const file = kitArchive(kit, 3, new Date(0));
  expect(file.fileName).toBe('swarmkeep-kit-3.tar');
  const seen = new Map<string, { text: string; mode: number | undefined }>();
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry) => {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () =>
      seen.set(entry.path, { text: Buffer.concat(chunks).toString('utf8'), mode: entry.mode }),
    );
  });
  const ended = new Promise((resolve, reject) => parser.on('end', resolve).on('error', reject));
  parser.end(Buffer.from(file.text, 'base64'));
  await ended;
  expect([...seen.keys()]).toEqual(kit.files.map(({ path }) => `swarmkeep-kit-3/${path}`));
  for (const { path, text } of kit.files) expect(seen.get(`swarmkeep-kit-3/${path}`)?.text).toBe(text);
  expect(seen.get('swarmkeep-kit-3/by-hand/install.sh')?.mode).toBe(0o700);
  expect(seen.get('swarmkeep-kit-3/cloud-init/user-data')?.mode).toBe(0o600);
});
