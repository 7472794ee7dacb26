import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { readNodeId } from './read-node-id.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "swarmkeep node id ' $(x) "));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(): Promise<string | null> {
  const host = localHost(process.platform);
  try {
    return await readNodeId(host, ['/nowhere/at/all', folder]);
  } finally {
    await host.close();
  }
}

it('reads the id of a node, whatever its folder is called', async () => {
  await writeFile(join(folder, 'node_id'), 'aaaa1111bbbb2222\n');
  expect(await read()).toBe('aaaa1111bbbb2222');
});

it('reads nothing that is no id, no link, and no more than an id takes', async () => {
  expect(await read()).toBeNull();
  for (const text of ['', 'root:x:0:0', '../../etc', 'a'.repeat(65), `${'f'.repeat(90)}`, '\u0000aaaa1111']) {
    await writeFile(join(folder, 'node_id'), text);
    expect(await read(), JSON.stringify(text)).toBeNull();
  }
  await rm(join(folder, 'node_id'));
  await writeFile(join(folder, 'other'), 'aaaa1111bbbb2222');
  await symlink(join(folder, 'other'), join(folder, 'node_id'));
  expect(await read()).toBeNull();
});
