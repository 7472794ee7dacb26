import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, consoleBench, NONE } from '#core/console/testing/console-bench.ts';
import { openStore } from '#core/store/open-store.ts';
import { ConsoleModel, NODES } from './testing/console-model.ts';

const bench = consoleBench();

/** A real console over real records, in which naru is isolated and miu drops it. */
describe('the list of nodes of a console while one is isolated', () => {
  let dataFolder = '';
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'swarmkeep-held-'));
  });
  afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

  async function held(alsoRemove: string[] = []) {
    const model = new ConsoleModel();
    await model.hold(model.console());
    const [isolation] = model.open();
    if (isolation === undefined) throw new Error('Nothing is isolated');
    const store = await openStore({ dataFolder, thread: false });
    for (const node of NODES) await store.addNode({ node, hostKeys: [] });
    for (const id of alsoRemove) await store.removeNode({ id, at: '2026-01-02T00:00:00.000Z' });
    await store.beginIsolation({ isolation });
    // Written, read back, and the same: nothing of it is lost on the way.
    expect(await store.openIsolations()).toEqual([isolation]);
    return bench.start({ dataFolder, store: Promise.resolve(store), recover: false });
  }

  it('takes neither the isolated node nor its peers off, and adds nothing that stands for it', async () => {
    const { service } = await held();
    for (const node of ['naru', 'miu'])
      expect(await codeOf(service.nodes.remove({ node }))).toBe('NOT_ALLOWED');
    expect((await service.nodes.list(NONE)).map(({ id }) => id)).toEqual(['boa', 'miu', 'naru']);
    const address = { kind: 'ssh', host: '10.0.0.1', port: 2222 } as const;
    await expect(service.nodes.add({ address, confirmedKeys: [] })).rejects.toMatchObject({
      message: 'This machine is naru, which is isolated.',
    });
  });

  it('says so, too, when it was taken off before that was refused', async () => {
    const { service } = await held(['naru']);
    const address = { kind: 'ssh', host: '10.0.0.1', port: 22 } as const;
    await expect(service.nodes.add({ address, confirmedKeys: [] })).rejects.toMatchObject({
      message: 'This machine is naru, which is isolated.',
      data: { next: expect.stringContaining('Release naru first') },
    });
  });
});
