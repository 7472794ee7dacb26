import { describe, expect, it } from 'vitest';
import { account, changed } from '#core/checks/testing/facts-builder.ts';
import { agentAccount, but } from '#core/checks/testing/situations.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { planFor, reasonFor, verbsOf } from './testing/plan-for.ts';
import { recorded } from './testing/recorded.ts';
import { writtenBy } from './testing/written-by.ts';

const NAME = '65-swarmkeep-account.conf';
const RUNTIME = `/run/systemd/system/mycoswarm.service.d/${NAME}`;
const LASTING = `/etc/systemd/system/mycoswarm.service.d/${NAME}`;
const stock = stockNode();

describe('the fix that gives mycoSwarm an account of its own', () => {
  it('makes the account, copies, starts, and writes what lasts only once it is kept', () => {
    const plan = planFor('dedicated-user', recorded('stock'));
    expect(verbsOf(plan)).toEqual([
      'create-account',
      'make-directory',
      'make-directory',
      'make-directory',
      'copy-tree',
      'make-directory',
      'copy-tree',
      'after-undo',
      'make-directory',
      'write-file',
      'set-unit',
      'when-kept make-directory',
      'when-kept write-file',
      'when-kept reread-units',
      'when-kept set-attributes',
    ]);
    expect(plan.mayCutOff).toBe(true);
    expect(writtenBy(plan, RUNTIME)).toBe(writtenBy(plan, LASTING));
    expect(writtenBy(plan, LASTING)).toContain(
      'ExecStart=/opt/mycoswarm/venv/bin/python3 -I /opt/mycoswarm/venv/bin/mycoswarm daemon\n',
    );
  });

  it('changes nothing of the account of a person but who may look into its home', () => {
    const plan = planFor('dedicated-user', recorded('stock'));
    const touched = plan.steps.flatMap(({ action }) => {
      if (action === null || !('path' in action) || !action.path.startsWith('/home/minotaur')) return [];
      return [action];
    });
    expect(touched).toMatchObject([
      { verb: 'set-attributes', path: '/home/minotaur', uid: 1_000, gid: 1_000, mode: 0o700 },
    ]);
  });

  it('takes a number that nobody has, for account and group alike', () => {
    const taken = changed(stock, 'accounts', (value) => {
      value.accounts.push(account('a', 999));
      value.groups?.push({ name: 'b', gid: 998, members: [] });
    });
    const [create] = planFor('dedicated-user', taken).steps;
    expect(create?.action).toMatchObject({ verb: 'create-account', id: 997 });
    expect(planFor('dedicated-user', taken).proofs).toContainEqual({
      kind: 'isolation',
      check: 'dedicated-user',
      uid: 997,
    });
  });

  it('takes an account that is there only when it has no power, no key, no session and no password', () => {
    const free = changed(stock, 'accounts', (value) => {
      value.accounts.push(account('mycoswarm', 1_001));
    });
    expect(verbsOf(planFor('dedicated-user', free))).not.toContain('create-account');
    expect(writtenBy(planFor('dedicated-user', free), LASTING)).toContain('User=mycoswarm\n');
    for (const more of [
      { sudoRules: ['mycoswarm ALL=(ALL) ALL'] },
      { groups: ['mycoswarm', 'docker'] },
      { authorizedKeys: 1 },
      { sessions: 1 },
      { password: 'set' as const },
    ]) {
      const used = changed(stock, 'accounts', (value) => {
        value.accounts.push(account('mycoswarm', 1_001, more));
      });
      const [create] = planFor('dedicated-user', used).steps;
      expect(create?.action).toMatchObject({ verb: 'create-account', name: 'mycoswarm-agent' });
    }
  });

  it('leads an editable installation to the copied source', () => {
    const plan = planFor('dedicated-user', stock);
    const file = '/opt/mycoswarm/source/.venv/lib/python3.11/site-packages/0-swarmkeep.pth';
    expect(writtenBy(plan, file)).toBe('/opt/mycoswarm/source\n');
    const layout = changed(stock, 'files', (value) => {
      const [first] = value.files;
      if (first) value.files.push({ ...first, path: '/home/minotaur/mycoSwarm/src/mycoswarm' });
    });
    expect(writtenBy(planFor('dedicated-user', layout), file)).toBe('/opt/mycoswarm/source/src\n');
  });

  it('opens a copy for reading that its owner had closed, within the step that makes it', () => {
    const closed = changed(stock, 'files', (value) => {
      for (const tree of value.trees) for (const bucket of tree.buckets) bucket.mode &= 0o700;
    });
    const copied = (facts: typeof stock) =>
      planFor('dedicated-user', facts).steps.find(
        ({ action }) => action?.verb === 'copy-tree' && action.uid === 0,
      )?.action;
    // In the one act of the copy: there is no moment in which it has the modes of the original.
    expect(copied(closed)).toMatchObject({ uid: 0, gid: 0, takeBits: 0o022, giveBits: 0o055 });
    expect(copied(stock)).toMatchObject({ uid: 0, gid: 0, takeBits: 0o022, giveBits: 0 });
  });

  it.each([
    [
      'a Python of its own',
      (value: { linksOut: object[] }) =>
        void value.linksOut.push({ path: '/x', resolved: '/home/minotaur/.pyenv/bin/python3' }),
      /could not read/,
    ],
    [
      'an environment that was not seen to its end',
      (value: { complete: boolean }) => {
        value.complete = false;
      },
      /was seen, so it cannot be copied/,
    ],
  ])('refuses to copy %s', (_, change, reason) => {
    const facts = changed(stock, 'files', (value) => {
      for (const tree of value.trees) change(tree as never);
    });
    expect(reasonFor('dedicated-user', facts)).toMatch(reason);
  });

  it('closes the home of an account that is mycoSwarm’s own already, and needs no new one', () => {
    const plan = planFor(
      'dedicated-user',
      agentAccount({ homeDirectory: { mode: 0o755, uid: 0, gid: 1_001, acl: false } }),
    );
    expect(plan.steps.map(({ action }) => action)).toMatchObject([
      { verb: 'set-attributes', path: '/home/mycoswarm', uid: 0, gid: 1_001, mode: 0o750 },
    ]);
    expect(plan.mayCutOff).toBe(false);
  });

  it('moves away from an own account that has a power', () => {
    const plan = planFor('dedicated-user', agentAccount({ groups: ['mycoswarm', 'docker'] }));
    expect(plan.steps[0]?.action).toMatchObject({ verb: 'create-account', name: 'mycoswarm-agent' });
    // Its program lies in /opt already and stays there.
    expect(writtenBy(plan, LASTING)).not.toContain('ExecStart');
  });

  it.each([
    ['somebody works with it', { sessions: 1 }],
    ['somebody logs in with it', { authorizedKeys: 1 }],
    ['it holds things of a person', { personalTraces: ['/home/mycoswarm/.mozilla'] }],
  ])('moves away from an account of its own name when %s', (_, more) => {
    const [create] = planFor('dedicated-user', agentAccount(more)).steps;
    expect(create?.action).toMatchObject({ verb: 'create-account', name: 'mycoswarm-agent' });
  });

  it('leaves what was written since where it is when it is taken back, and the original counts again', () => {
    const { steps } = planFor('dedicated-user', recorded('stock'));
    const staying = steps.filter(({ undoable }) => !undoable).map(({ action }) => action);
    for (const action of staying)
      expect(action !== null && 'path' in action ? action.path : '/home/mycoswarm').toMatch(
        /^\/home\/mycoswarm/,
      );
    // Everything runs as the old account again before anything else goes.
    const restart = steps.findIndex(({ action }) => action?.verb === 'after-undo');
    const program = steps.findIndex(
      ({ action }) => action?.verb === 'copy-tree' && action.path.startsWith('/opt'),
    );
    expect(restart).toBeGreaterThan(program);
  });

  it('leaves to a person a program that obeys whoever starts it', () => {
    const facts = but('accounts', (value) => {
      value.setuidPrograms.push({
        path: '/usr/local/bin/bash',
        uid: 0,
        gid: 0,
        mode: 0o4755,
        capabilities: null,
      });
    });
    expect(reasonFor('dedicated-user', facts)).toMatch(/only you know what needs it/);
  });

  it('refuses where a home of that name is there, and where its unit is not known', () => {
    const home = changed(stock, 'files', (value) => {
      const [first] = value.files;
      if (first) value.files.push({ ...first, path: '/home/mycoswarm-agent' });
    });
    expect(reasonFor('dedicated-user', home)).toMatch(/is there already/);
    const byHand = structuredClone(stock);
    for (const instance of byHand.profile.instances) instance.unit = null;
    expect(reasonFor('dedicated-user', byHand)).toMatch(/started by hand/);
  });

  it('gives the same plan for the same node, byte for byte', () => {
    const twice = [1, 2].map(() => JSON.stringify(planFor('dedicated-user', structuredClone(stock))));
    expect(twice[0]).toBe(twice[1]);
  });
});
