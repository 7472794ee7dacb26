import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { whyNoTestNode } from '../testing/helper-node.ts';
import { type ServedHelper, serveHelper } from '../testing/served-helper.ts';
import { snapshot } from '../testing/snapshot.ts';

/** One of everything: modes, access lists, attributes, odd names, links, times with nanoseconds, a default list. */
const TREE = `
set -e
mkdir -p /srv/t/tree/sub && cd /srv/t
printf 'one\\ntwo\\nthree' > file && chown 5:6 file && chmod 0640 file
setfattr -n user.note -v hello file && setfattr -n trusted.mark -v kept file && setfacl -m u:7:rw file
printf 'x' > '-odd name ü "*'
mkdir held && chown 8:9 held && chmod 2750 held && setfacl -d -m u:7:rx held && setfattr -n user.d -v 1 held
printf 'deep' > tree/sub/deep && chmod 0644 tree/sub/deep && setfattr -n user.deep -v 1 tree/sub/deep
printf 'exe' > tree/run && chmod 0755 tree/run && ln -s sub/deep tree/link && ln -s /etc/shadow tree/out
chown -hR 5:6 tree
touch -h -d '2020-02-02 02:02:02.123456789 UTC' -- file '-odd name ü "*' held tree/sub/deep tree/link tree/sub tree . 
`;

const any = { kind: 'any' } as const;
const owner = { uid: 11, gid: 12, mode: 0o600 };
const text = (value: string) => Buffer.from(value).toString('base64');

const reason = whyNoTestNode();

describe('what the verbs about files do and take back', () => {
  let helper: ServedHelper;
  let before: string;
  let id = 0;
  const change = () => (++id).toString(16).padStart(32, '0');
  const look = () => snapshot(helper.node, '/srv/t');

  beforeAll(async () => {
    if (reason !== null) return;
    helper = await serveHelper();
    helper.node.run('sh', '-c', TREE);
    before = look();
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => helper?.close());

  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer;
  };

  it.each([
    [
      'replaces a file',
      { verb: 'write-file', path: '/srv/t/file', contents: text('new'), ...owner, expect: any },
    ],
    [
      'replaces a file of an odd name',
      { verb: 'write-file', path: '/srv/t/-odd name ü "*', contents: text('new'), ...owner, expect: any },
    ],
    [
      'makes a file',
      {
        verb: 'write-file',
        path: '/srv/t/made',
        contents: text('new'),
        ...owner,
        expect: { kind: 'absent' },
      },
    ],
    [
      'makes a file below a folder that hands on an access list',
      { verb: 'write-file', path: '/srv/t/held/made', contents: text('new'), ...owner, expect: any },
    ],
    ['removes a file', { verb: 'remove-file', path: '/srv/t/file', expect: any }],
    [
      'makes a folder',
      { verb: 'make-directory', path: '/srv/t/folder', uid: 3, gid: 4, mode: 0o750, expect: any },
    ],
    [
      'changes a file',
      { verb: 'set-attributes', path: '/srv/t/file', uid: 1, gid: 2, mode: 0o400, expect: any },
    ],
    [
      'changes a folder',
      { verb: 'set-attributes', path: '/srv/t/held', uid: 1, gid: 2, mode: 0o700, expect: any },
    ],
    [
      'changes a tree',
      {
        verb: 'set-tree-attributes',
        path: '/srv/t/tree',
        uid: 0,
        gid: 0,
        takeBits: 0o022,
        giveBits: 0o050,
        expect: any,
      },
    ],
    [
      'copies a tree',
      { verb: 'copy-tree', from: '/srv/t/tree', path: '/srv/t/copy', uid: 21, gid: 22, expect: any },
    ],
    ['moves a folder', { verb: 'move', from: '/srv/t/tree', path: '/srv/t/held/tree', expect: any }],
    ['moves a file', { verb: 'move', from: '/srv/t/file', path: '/srv/t/held/file', expect: any }],
    [
      'takes lines out',
      {
        verb: 'remove-lines',
        path: '/srv/t/file',
        lines: ['3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3'],
        expect: any,
      },
    ],
  ])('%s, and leaves no trace after undo', async (_name, action) => {
    const into = { version: 1, change: change(), step: 0 };
    const answer = done(await helper.ask({ ...into, ask: 'do', action }));
    expect(answer.already).toBe(false);
    expect(look()).not.toBe(before);
    expect(await helper.ask({ ...into, ask: 'do', action })).toMatchObject({
      answer: 'done',
      already: true,
      record: answer.record,
    });
    const undo = { ...into, ask: 'undo', record: answer.record };
    const named = { change: into.change, step: into.step, record: answer.record };
    expect(await helper.ask({ version: 1, ask: 'compare', steps: [named] })).toEqual({
      answer: 'compared',
      steps: [{ differences: [], refused: null }],
      more: 0,
    });
    expect(await helper.ask(undo)).toMatchObject({ answer: 'undone', already: false });
    expect(look()).toBe(before);
    expect(await helper.ask(undo)).toMatchObject({ answer: 'undone', already: true });
  });

  it('finds nothing to take back where a boot forgot what it made, folder and all', async () => {
    const into = { version: 1, change: change() };
    const path = '/run/swarmkeep';
    const own = { uid: 0, gid: 0, expect: { kind: 'absent' } };
    const actions = [
      { verb: 'make-directory', path, ...own, mode: 0o755 },
      { verb: 'make-directory', path: `${path}/inner`, ...own, mode: 0o755 },
      { verb: 'write-file', path: `${path}/inner/file`, contents: text('x'), ...own, mode: 0o644 },
      {
        verb: 'write-file',
        path: `${path}/inner/file`,
        contents: text('y'),
        ...own,
        mode: 0o644,
        expect: any,
      },
    ];
    const records: string[] = [];
    for (const [step, action] of actions.entries())
      records.push(done(await helper.ask({ ...into, step, ask: 'do', action })).record);
    helper.node.run('rm', '-r', path);
    const named = (step: number) => ({ change: into.change, step, record: records[step] ?? '' });
    const asked = [3, 2, 1, 0].map(named);
    const free = { differences: [], refused: null };
    expect(await helper.ask({ version: 1, ask: 'compare', steps: asked })).toMatchObject({
      answer: 'compared',
      // What was there before and is gone now is not as it was; that keeps nobody from looking at the others.
      steps: [{ differences: [], refused: expect.stringMatching(/./) }, free, free, free],
    });
    for (const step of [2, 1, 0])
      expect(await helper.ask({ version: 1, ask: 'undo', ...named(step) })).toMatchObject({
        answer: 'undone',
      });
    expect(look()).toBe(before);
  });

  it('keeps access list and attributes of a file that it replaces', async () => {
    const into = { version: 1, change: change(), step: 0 };
    const action = {
      verb: 'write-file',
      path: '/srv/t/file',
      contents: text('new'),
      ...owner,
      mode: 0o660,
      expect: any,
    };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    expect(
      helper.node.run('getfattr', '-d', '-m', 'user|trusted', '--absolute-names', '/srv/t/file'),
    ).toMatch(/trusted\.mark="kept"\nuser\.note="hello"/);
    expect(helper.node.run('getfacl', '-cpn', '/srv/t/file')).toContain('user:7:rw-');
    expect(helper.node.run('stat', '-c', '%u:%g %a', '/srv/t/file').trim()).toBe('11:12 660');
    await helper.ask({ ...into, ask: 'undo', record });
    expect(look()).toBe(before);
  });

  it('names what keeps each of many steps, however much is in the way of one', async () => {
    const into = { version: 1, change: change() };
    helper.node.run('sh', '-c', 'mkdir /srv/many; cd /srv/many; touch $(seq 300)');
    const own = { uid: 0, gid: 0, expect: any };
    const actions = [
      { verb: 'write-file', path: '/srv/t/file', contents: text('mine'), ...own, mode: 0o644 },
      { verb: 'copy-tree', from: '/srv/many', path: '/srv/t/copies', uid: 21, gid: 22, expect: any },
      { verb: 'make-directory', path: '/srv/t/made', ...own, mode: 0o755 },
    ];
    const steps: { change: string; step: number; record: string }[] = [];
    for (const [step, action] of actions.entries()) {
      const { record } = done(await helper.ask({ ...into, step, ask: 'do', action }));
      steps.unshift({ change: into.change, step, record });
    }
    helper.node.run(
      'sh',
      '-c',
      'cp -a /srv/t/file /srv/kept; chown 77 /srv/t/copies/*; echo other > /srv/t/file',
    );
    const lost = { change: 'f'.repeat(32), step: 0, record: '0'.repeat(64) };
    const answer = await helper.ask({ version: 1, ask: 'compare', steps: [...steps, lost] });
    if (answer.answer !== 'compared') throw new Error(JSON.stringify(answer));
    const [made, copies, file, gone] = answer.steps;
    expect(answer.steps).toHaveLength(4);
    expect(made).toEqual({ differences: [], refused: null });
    expect(copies?.differences).toHaveLength(256);
    expect(answer.more).toBeGreaterThanOrEqual(300 - 256);
    expect(file?.differences).toMatchObject([{ path: '/srv/t/file', what: 'contents' }]);
    expect(gone).toEqual({ differences: [], refused: expect.stringContaining('no undo record') });
    expect(helper.node.run('cat', '/srv/t/file')).toBe('other\n');
    // As it was left, it goes as it came.
    helper.node.run('sh', '-c', 'chown 21:22 /srv/t/copies/*; cp -a /srv/kept /srv/t/file; rm /srv/kept');
    for (const named of steps)
      expect(await helper.ask({ version: 1, ask: 'undo', ...named })).toMatchObject({ answer: 'undone' });
    helper.node.run('rm', '-r', '/srv/many');
    expect(look()).toBe(before);
  });

  it('gives a copied tree its owner, keeps the rest, and follows no link', async () => {
    const into = { version: 1, change: change(), step: 0 };
    const action = {
      verb: 'copy-tree',
      from: '/srv/t/tree',
      path: '/srv/t/copy',
      uid: 21,
      gid: 22,
      expect: any,
    };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    const lines = helper.node.run(
      'sh',
      '-c',
      "cd /srv/t/copy && find . -printf '%p %U:%G %m %s %l %T@\\n' | sort",
    );
    expect(lines.split('\n').filter(Boolean)).toEqual([
      expect.stringMatching(/^\. 21:22 755 /),
      expect.stringMatching(/^\.\/link 21:22 777 8 sub\/deep 1580608922\.123456789/),
      expect.stringMatching(/^\.\/out 21:22 777 11 \/etc\/shadow/),
      expect.stringMatching(/^\.\/run 21:22 755 3 {2}/),
      expect.stringMatching(/^\.\/sub 21:22 755 .*1580608922\.123456789/),
      expect.stringMatching(/^\.\/sub\/deep 21:22 644 4 {2}1580608922\.123456789/),
    ]);
    expect(helper.node.run('getfattr', '-d', '/srv/t/copy/sub/deep')).toContain('user.deep="1"');
    helper.node.run('sh', '-c', 'echo more > /srv/t/copy/since');
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
      refusal: 'changed-since',
      differences: [{ path: '/srv/t/copy/since', what: 'added' }],
    });
    helper.node.run('rm', '/srv/t/copy/since');
    helper.node.run('touch', '-d', '2020-02-02 02:02:02.123456789 UTC', '/srv/t/copy');
    await helper.ask({ ...into, ask: 'undo', record });
    expect(helper.node.run('ls', '-a', '/srv/t')).not.toContain('copy');
    helper.node.run('touch', '-d', '2020-02-02 02:02:02.123456789 UTC', '/srv/t');
  });

  it.each([
    ['contents', 'printf changed > /srv/t/made'],
    ['owner', 'chown 99 /srv/t/made'],
    ['mode', 'chmod 0777 /srv/t/made'],
    ['access-list', 'setfacl -m u:3:r /srv/t/made; chmod 0600 /srv/t/made'],
    ['attributes', 'setfattr -n user.x -v 1 /srv/t/made'],
    ['time', 'touch /srv/t/made'],
    ['kind', 'rm /srv/t/made; mkdir /srv/t/made'],
  ])('refuses undo when the %s changed since, and says so', async (what, script) => {
    const into = { version: 1, change: change(), step: 0 };
    const action = { verb: 'write-file', path: '/srv/t/made', contents: text('new'), ...owner, expect: any };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    helper.node.run('sh', '-c', script);
    const now = helper.node.run('sh', '-c', 'stat /srv/t/made 2>&1 | grep -v Access: || true');
    const answer = await helper.ask({ ...into, ask: 'undo', record });
    expect(answer).toMatchObject({ answer: 'refused', refusal: 'changed-since' });
    if (answer.answer !== 'refused') return;
    expect(answer.differences.map((one) => one.what)).toContain(what);
    expect(helper.node.run('sh', '-c', 'stat /srv/t/made 2>&1 | grep -v Access: || true')).toBe(now);
    helper.node.run('rm', '-rf', '/srv/t/made');
    helper.node.run('touch', '-d', '2020-02-02 02:02:02.123456789 UTC', '/srv/t');
  });

  it('calls a file that went by itself as it was before it was made', async () => {
    const into = { version: 1, change: change(), step: 0 };
    const action = { verb: 'write-file', path: '/srv/t/made', contents: text('new'), ...owner, expect: any };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    helper.node.run('rm', '/srv/t/made');
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
      answer: 'undone',
    });
    helper.node.run('touch', '-d', '2020-02-02 02:02:02.123456789 UTC', '/srv/t');
    expect(look()).toBe(before);
  });

  it('refuses a plan that does not fit any more, with the difference', async () => {
    const into = { version: 1, change: change(), step: 0, ask: 'do' };
    const expectFile = { kind: 'file', sha256: '0'.repeat(64), uid: 5, gid: 6, mode: 0o600 };
    const answer = await helper.ask({
      ...into,
      action: { verb: 'remove-file', path: '/srv/t/file', expect: expectFile },
    });
    expect(answer).toMatchObject({ answer: 'refused', refusal: 'changed-since', rolledBack: false });
    if (answer.answer === 'refused')
      expect(answer.differences.map((one) => one.what)).toEqual(['mode', 'contents']);
    expect(look()).toBe(before);
  });

  it.each([
    ['a second name', 'ln file second', '/srv/t/file', 'unsafe-path'],
    ['a link', 'ln -s /etc/shadow second', '/srv/t/second', 'unsafe-path'],
    ['a link on the way', 'ln -s held second; chown -h 5 second', '/srv/t/second/x', 'unsafe-path'],
    ['a FIFO', 'mkfifo second', '/srv/t/second', 'unsafe-path'],
    ['a device', 'mknod second c 1 3', '/srv/t/second', 'unsafe-path'],
    ['a folder that all can write', 'mkdir -m 0777 second', '/srv/t/second/x', 'unsafe-path'],
    [
      'two owners on the way',
      'mkdir -p second/b; chown 5 second; chown 6 second/b',
      '/srv/t/second/b/x',
      'unsafe-path',
    ],
  ])('does not touch %s', async (_name, make, path, refusal) => {
    helper.node.run('sh', '-c', `cd /srv/t && ${make}`);
    const now = look();
    const action = { verb: 'write-file', path, contents: text('new'), ...owner, expect: any };
    expect(await helper.ask({ version: 1, ask: 'do', change: change(), step: 0, action })).toMatchObject({
      refusal,
    });
    expect(look()).toBe(now);
    helper.node.run(
      'sh',
      '-c',
      "cd /srv/t && rm -rf second && touch -d '2020-02-02 02:02:02.123456789 UTC' .",
    );
    expect(look()).toBe(before);
  });
});
