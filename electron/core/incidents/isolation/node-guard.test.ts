import { beforeEach, describe, expect, it } from 'vitest';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { NodeAddress, SwarmNode } from '#shared/domain/node.ts';
import { nodeGuard } from './node-guard.ts';
import { ConsoleModel, NODES } from './testing/console-model.ts';

const ssh = (host: string, port = 22): NodeAddress => ({ kind: 'ssh', host, port });
const blob = (letter: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from(letter.repeat(32)),
  ]).toString('base64');
const line = (name: string, letter: string) => `${name} ssh-ed25519 ${blob(letter)}`;

describe('the list of nodes while one is isolated', () => {
  let model: ConsoleModel;
  let held: Isolation;
  const names = new Map([
    ['naru.local', '10.0.0.1'],
    ['pi.local', '10.0.0.7'],
  ]);
  const guard = () =>
    nodeGuard(
      { store: { openIsolations: async () => model.open() }, dataFolder: '/nowhere' },
      async ({ address }) =>
        address.kind === 'ssh'
          ? (names.get(address.host) ?? (/^[\d.:a-f]+$/.test(address.host) ? address.host : null))
          : null,
    );

  beforeEach(async () => {
    model = new ConsoleModel();
    model.keys.set('naru', ['SHA256:one', 'SHA256:two']);
    held = (await model.hold(model.console())) as Isolation;
  });

  it('takes no second entry for the isolated machine, whatever it is called', async () => {
    for (const address of [ssh('10.0.0.1'), ssh('10.0.0.1', 2222), ssh('naru.local'), ssh('::ffff:10.0.0.1')])
      await expect(guard().mayAdd(address, [])).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
        message: 'This machine is naru, which is isolated.',
      });
    await expect(guard().mayAdd(ssh('pi.local'), [])).resolves.toBeUndefined();
    await expect(guard().mayAdd({ kind: 'local' }, [])).resolves.toBeUndefined();
    await expect(guard().mayAdd({ kind: 'recorded', sample: true }, [])).resolves.toBeUndefined();
  });

  it('knows it by its host key, at an address that nobody knew', async () => {
    const { createHash } = await import('node:crypto');
    const print = (letter: string) =>
      `SHA256:${createHash('sha256')
        .update(Buffer.from(blob(letter), 'base64'))
        .digest('base64')
        .replace(/=+$/, '')}`;
    model = new ConsoleModel();
    model.keys.set('naru', [print('a')]);
    await model.hold(model.console());
    const address = ssh('10.9.9.9', 2222);
    await expect(guard().mayAdd(address, [line('[10.9.9.9]:2222', 'a')])).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await expect(guard().mayAdd(address, [line('[10.9.9.9]:2222', 'b')])).resolves.toBeUndefined();
  });

  it('lets a lost device go off the list, which its peers keep out all the same', async () => {
    const [naru] = NODES as [SwarmNode];
    model = new ConsoleModel();
    model.swarm.manners.set('naru', 'hangs');
    await model.hold(model.console());
    await expect(guard().mayRemove(naru)).resolves.toBeUndefined();
    model.list = NODES.slice(1);
    const desk = model.console();
    await desk.recover();
    await desk.idle();
    expect(model.swarm.holding().fences).toEqual(['boa', 'miu']);
    await expect(guard().mayAdd(ssh('10.0.0.1'), [])).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('keeps the isolated node and the peers that drop it, until it is let go', async () => {
    const [naru, miu] = NODES as [SwarmNode, SwarmNode];
    await expect(guard().mayRemove(naru)).rejects.toMatchObject({
      message: 'naru is isolated, so it stays on the list.',
    });
    await expect(guard().mayRemove(miu)).rejects.toMatchObject({
      message: 'miu drops naru, which is isolated, so it stays on the list.',
    });
    await expect(guard().mayRemove({ ...miu, id: 'later' })).resolves.toBeUndefined();
    // The same entry brought back is no second one.
    await expect(guard().mayAdd(naru.address, [], 'naru')).resolves.toBeUndefined();
    model.swarm.manners.set('miu', 'hangs');
    const desk = model.console();
    await desk.release({ isolation: held.id, withoutNode: true });
    await desk.idle();
    expect(model.open()).toHaveLength(1);
    await expect(guard().mayRemove(miu)).resolves.toBeUndefined();
    await expect(guard().mayRemove(naru)).resolves.toBeUndefined();
    await expect(guard().mayAdd(ssh('10.0.0.1'), [])).resolves.toBeUndefined();
    // Whoever takes a peer off the list that nobody could ask reads that it was not asked.
    model.list = NODES.slice(0, 1);
    const next = model.console();
    await next.recover();
    await next.idle();
    const after = await next.status(held.id);
    expect(after?.nodes[0]?.layers.find(({ node }) => node === 'miu')).toMatchObject({
      is: 'lifted',
      proof: expect.stringContaining('it was not asked'),
    });
  });
});
