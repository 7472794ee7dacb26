import { describe, expect, it } from 'vitest';
import { addNode, codeOf, consoleBench, look, NONE, START } from './testing/console-bench.ts';

const bench = consoleBench();

describe('nodes', () => {
  it('are removed with a way back, and forgotten at the next start', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const first = await bench.start();
    const { service } = first;
    await addNode(service, 'miu');
    await look(service);
    const before = await service.findings.list({ node: null });
    const { undo } = await service.nodes.remove({ node: 'miu' });
    expect(await service.nodes.list(NONE)).toEqual([]);
    expect(await service.findings.list({ node: null })).toEqual([]);
    expect((await service.findings.overview({ node: null })).sentence).toMatch(/^No node yet/);
    expect((await service.nodes.restore({ undo })).name).toBe('miu');
    expect(await service.findings.list({ node: null })).toEqual(before);
    expect(await codeOf(service.nodes.restore({ undo }))).toBe('NODE_UNKNOWN');

    const again = await service.nodes.remove({ node: 'miu' });
    await addNode(service, 'other');
    expect(await codeOf(service.nodes.restore({ undo: again.undo }))).toBe('NODE_EXISTS');
    await service.close();
    const second = await bench.start();
    expect((await second.service.nodes.list(NONE)).map((node) => node.id)).toEqual(['other']);
    expect(await codeOf(second.service.nodes.restore({ undo: again.undo }))).toBe('NODE_UNKNOWN');
    // Nothing is left of it: its id is free again, and a new node of its name begins without findings.
    await second.service.nodes.remove({ node: 'other' });
    expect((await addNode(second.service, 'miu')).id).toBe('miu');
    expect(await second.service.findings.list({ node: 'miu' })).toEqual([]);
  });

  it('have names of their own, which sentences use at once', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    await addNode(service, 'pi', 'local');
    await look(service, { nodes: ['miu'] });
    expect(await codeOf(service.nodes.rename({ node: 'miu', name: 'pi' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(service.nodes.rename({ node: 'miu', name: '\u202e\u200b' }))).toBe('NOT_ALLOWED');
    expect((await service.nodes.rename({ node: 'miu', name: 'kitchen' })).id).toBe('miu');
    const [found] = await service.findings.list({ node: 'miu' });
    expect(found).toMatchObject({ nodeName: 'kitchen', summary: 'service-bindings is fix on kitchen.' });
    expect(await codeOf(addNode(service, 'twice', 'local'))).toBe('NODE_EXISTS');
  });

  it('over SSH are not added without a confirmed key, and nothing is sent', async () => {
    const { service } = await bench.start();
    const address = { kind: 'ssh', host: '127.0.0.1', port: 1 } as const;
    expect(await codeOf(service.nodes.add({ address, confirmedKeys: [] }))).toBe('HOST_KEY_UNCONFIRMED');
    expect(await codeOf(service.nodes.add({ address, confirmedKeys: ['* ssh-ed25519 AAAA'] }))).toBe(
      'NOT_ALLOWED',
    );
    expect(await service.nodes.list(NONE)).toEqual([]);
  });

  it('say whether an agent shares the account of the console', async () => {
    bench.acted.miu = { statuses: {}, uid: 4_711 };
    const { service } = await bench.start({ ownUid: 4_711 });
    expect(await service.system.about(NONE)).toMatchObject({ agentUnderOwnAccount: null, runsAsRoot: false });
    await addNode(service, 'miu', 'local');
    await look(service);
    expect((await service.system.about(NONE)).agentUnderOwnAccount).toBe(true);
    bench.acted.miu.uid = 990;
    await look(service);
    expect((await service.system.about(NONE)).agentUnderOwnAccount).toBe(false);
  });

  it('keep their profile and its corrections', async () => {
    bench.acted.miu = { statuses: {} };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    expect(await service.nodes.profile({ node: 'miu' })).toMatchObject({ detected: null, observedAt: null });
    await look(service);
    const corrections = [{ instance: 'mycoswarm.service', apiPort: 7_891 }];
    expect(await service.nodes.correctProfile({ node: 'miu', corrections })).toEqual({ corrections });
    expect(await service.nodes.profile({ node: 'miu' })).toMatchObject({
      corrections,
      effective: { instances: [{ apiPort: 7_890 }] },
      observedAt: START,
    });
  });
});
