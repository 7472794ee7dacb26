import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { whyNoTestNode } from '../testing/helper-node.ts';
import { type ServedHelper, serveHelper } from '../testing/served-helper.ts';

/** A tree of uid 1500 with what it would like root to own: setuid and setgid programs, and a link. */
const TREE = `
set -e
rm -rf /srv/s && mkdir -p /srv/s/tree && cd /srv/s
cp /usr/bin/id tree/setuid && cp /usr/bin/id tree/setgid && cp /usr/bin/id tree/locking && cp /usr/bin/id one
mkdir tree/folder && ln -s /etc tree/link && printf x > tree/plain
chown -hR 1500:1500 . && chown 0:0 /srv/s
chmod 6755 tree/setuid && chmod 2755 tree/setgid && chmod 2744 tree/locking && chmod 4755 one && chmod 2755 tree/folder
`;

const any = { kind: 'any' } as const;
const reason = whyNoTestNode();

describe('files that change hands', () => {
  let helper: ServedHelper;
  let id = 0;
  const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });
  const modes = () =>
    helper.node
      .run('sh', '-c', "cd /srv/s && find . -mindepth 1 -printf '%p %U:%G %m\\n' | sort")
      .split('\n');
  const tree = (more: object = {}) => ({
    verb: 'set-tree-attributes',
    path: '/srv/s/tree',
    uid: 0,
    gid: 0,
    takeBits: 0o022,
    giveBits: 0,
    expect: any,
    ...more,
  });
  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer;
  };

  beforeAll(async () => {
    if (reason === null) helper = await serveHelper();
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
    helper.node.run('sh', '-c', TREE);
  });
  afterAll(() => helper?.close());

  it('are no longer setuid or setgid in a tree, and stay so when it is taken back', async () => {
    const into = step();
    const answer = done(await helper.ask({ ...into, ask: 'do', action: tree() }));
    expect(answer.notUndone).toMatch(/^3 files were setuid or setgid/);
    expect(modes()).toEqual(
      expect.arrayContaining([
        './tree/setuid 0:0 755',
        './tree/setgid 0:0 755',
        './tree/locking 0:0 744',
        './tree/folder 0:0 2755',
        // A link of root's would be followed.
        './tree/link 1500:1500 777',
      ]),
    );
    const undone = await helper.ask({ ...into, ask: 'undo', record: answer.record });
    expect(undone).toMatchObject({ answer: 'undone' });
    expect(modes()).toEqual(
      expect.arrayContaining([
        './tree/setuid 1500:1500 755',
        './tree/setgid 1500:1500 755',
        './tree/locking 1500:1500 744',
        './tree/folder 1500:1500 2755',
      ]),
    );
  });

  it('never come back to root with what the account made of them', async () => {
    helper.node.run(
      'sh',
      '-c',
      'chown -h 0:0 /srv/s/tree/setuid /srv/s/tree/link && chmod 4755 /srv/s/tree/setuid',
    );
    const into = step();
    const action = tree({ uid: 1500, gid: 1500, takeBits: 0 });
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    expect(modes()).toContain('./tree/setuid 1500:1500 755');
    helper.node.run('cp', '/usr/bin/env', '/srv/s/tree/setuid');
    await helper.ask({ ...into, ask: 'undo', record });
    expect(modes()).toEqual(expect.arrayContaining(['./tree/setuid 0:0 755', './tree/link 1500:1500 777']));
  });

  it('are not given setuid by a single step', async () => {
    const action = { verb: 'set-attributes', path: '/srv/s/one', uid: 0, gid: 0, expect: any };
    expect(await helper.ask({ ...step(), ask: 'do', action: { ...action, mode: 0o4755 } })).toMatchObject({
      refusal: 'bad-request',
    });
    const contents = Buffer.from('x').toString('base64');
    expect(
      await helper.ask({
        ...step(),
        ask: 'do',
        action: { ...action, verb: 'write-file', contents, mode: 0o4755 },
      }),
    ).toMatchObject({ refusal: 'bad-request' });
    expect(modes()).toContain('./one 1500:1500 4755');
    const into = step();
    const answer = done(await helper.ask({ ...into, ask: 'do', action: { ...action, mode: 0o755 } }));
    expect(answer.notUndone).toMatch(/was setuid/);
    expect(modes()).toContain('./one 0:0 755');
    await helper.ask({ ...into, ask: 'undo', record: answer.record });
    expect(modes()).toContain('./one 1500:1500 755');
  });

  it('can be taken back when what is to be said about them is longer than a record holds', async () => {
    const deep = `/srv/s/tree/${['a', 'b', 'c'].map((name) => name.repeat(200)).join('/')}`;
    helper.node.run(
      'sh',
      '-c',
      `mkdir -p ${deep} && cp -p /srv/s/one ${deep}/one && chown -R 1500:1500 /srv/s/tree`,
    );
    helper.node.run('chmod', '4755', `${deep}/one`);
    const into = step();
    const action = { verb: 'set-attributes', path: `${deep}/one`, uid: 0, gid: 0, mode: 0o755, expect: any };
    const { record, notUndone } = done(await helper.ask({ ...into, ask: 'do', action }));
    expect(notUndone).toHaveLength(512);
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
      answer: 'undone',
    });
  });

  it('are refused where a new owner would take file capabilities away for good', async () => {
    helper.node.run('setcap', 'cap_net_raw+ep', '/srv/s/tree/plain');
    expect(await helper.ask({ ...step(), ask: 'do', action: tree() })).toMatchObject({
      refusal: 'unsafe-path',
      message: expect.stringMatching(/capabilities.*plain/),
    });
    expect(helper.node.run('getcap', '/srv/s/tree/plain')).toContain('cap_net_raw');
  });

  it.each([
    ['another file', 'printf evil > new && chown 0:0 new && mv -f new one'],
    ['a file with a second name', 'ln one two'],
  ])('are left alone on the way back when %s lies there', async (_name, script) => {
    const into = step();
    const action = { verb: 'set-attributes', path: '/srv/s/one', uid: 0, gid: 0, mode: 0o644, expect: any };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    helper.node.run('sh', '-c', `cd /srv/s && ${script} && chmod 644 one`);
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
      refusal: 'changed-since',
    });
    expect(modes()).toContain('./one 0:0 644');
  });
});
