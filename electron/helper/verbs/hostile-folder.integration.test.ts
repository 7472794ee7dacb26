import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { whyNoTestNode } from '../testing/helper-node.ts';
import { type ServedHelper, serveHelper } from '../testing/served-helper.ts';
import { snapshot } from '../testing/snapshot.ts';

const any = { kind: 'any' } as const;
const reason = whyNoTestNode();
const HOME = '/srv/h';
const TREE = `
set -e
rm -rf ${HOME} /opt/swarmkeep-copy && mkdir -p ${HOME}/tree/a ${HOME}/tree/b ${HOME}/tree/c && cd ${HOME}
cp /usr/bin/id tree/a/x && printf 'KEY=1\\nb\\n' > .env && printf good > tree/b/open && chmod 666 tree/b/open
setfacl -d -m u:1500:rwx tree/b && printf x > tree/b/listed && setfacl -m u:1500:rwx tree/b/listed
chown -hR 1500:1500 ${HOME}
`;

describe('beside an account that tricks the helper', () => {
  let helper: ServedHelper;
  let id = 0;
  const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });
  /** Runs a script as the account until it ends or `/tmp/stop` is there, which it looks for; answers what it said. */
  const asAgent = async (script: string, during: () => Promise<void>) => {
    helper.node.run('rm', '-f', '/tmp/stop');
    const [enter, ...rest] = helper.node.inside;
    const words = ['setpriv', '--reuid=1500', '--regid=1500', '--clear-groups', 'sh', '-c', script];
    const agent = spawn(enter ?? 'nsenter', [...rest, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(agent, 'exit');
    let said = '';
    const ready = new Promise<void>((resolve) => {
      agent.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        resolve();
      });
    });
    await ready;
    try {
      await during();
    } finally {
      helper.node.run('touch', '/tmp/stop');
      await ended;
    }
    return said;
  };
  const copy = (more: object = {}) => ({
    verb: 'copy-tree',
    from: `${HOME}/tree`,
    path: '/opt/swarmkeep-copy',
    uid: 0,
    gid: 0,
    expect: any,
    ...more,
  });
  const refusedHalfWay = (answer: HelperAnswer) =>
    answer.answer === 'refused' && answer.refusal === 'not-found';
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

  it('makes no setuid copy of what becomes setuid while it is copied', async () => {
    const script = `cd ${HOME}/tree/a; echo ready; until [ -e /tmp/stop ]; do chmod 4755 x; chmod 755 x; done`;
    await asAgent(script, async () => {
      for (let tries = 0, copies = 0; copies < 5 && tries < 60; tries += 1) {
        const into = step();
        const answer = await helper.ask({ ...into, ask: 'do', action: copy() });
        if (answer.answer !== 'done') continue;
        copies += 1;
        expect(helper.node.run('find', '/opt/swarmkeep-copy', '-perm', '/6022', '!', '-type', 'l')).toBe('');
        await helper.ask({ ...into, ask: 'undo', record: answer.record });
      }
    });
  });

  it('copies for root what nobody else may write, now or later, in the one step', async () => {
    const into = step();
    const answer = done(await helper.ask({ ...into, ask: 'do', action: copy({ takeBits: 0o077 }) }));
    const facl = helper.node.run('getfacl', '-cpRn', '/opt/swarmkeep-copy');
    expect(facl).not.toMatch(/1500|default|mask/);
    expect(helper.node.run('stat', '-c', '%U %a', '/opt/swarmkeep-copy/b/open').trim()).toBe('root 600');
    expect(await helper.ask({ ...into, ask: 'undo', record: answer.record })).toMatchObject({
      answer: 'undone',
    });
  });

  it('copies nothing for root with a link that leads to a folder elsewhere, and leaves nothing', async () => {
    helper.node.run('ln', '-s', '/etc/profile.d', `${HOME}/tree/site-packages`);
    expect(await helper.ask({ ...step(), ask: 'do', action: copy() })).toMatchObject({
      refusal: 'unsafe-path',
      message: expect.stringContaining('site-packages'),
      rolledBack: true,
    });
    expect(helper.node.run('ls', '-A', '/opt')).not.toContain('swarmkeep');
  });

  it('gives root no folder that opens to others what is made in it later', async () => {
    const own = { verb: 'set-attributes', path: `${HOME}/tree/b`, uid: 0, gid: 0, mode: 0o755, expect: any };
    expect(await helper.ask({ ...step(), ask: 'do', action: own })).toMatchObject({
      refusal: 'unsafe-path',
      message: expect.stringContaining('default ACL'),
    });
    expect(helper.node.run('stat', '-c', '%u', `${HOME}/tree/b`).trim()).toBe('1500');
    const script = `setfacl -k ${HOME}/tree/b; echo ready; until [ "$(stat -c %u ${HOME}/tree/b)" = 0 ]; do setfacl -d -m u:1500:rwx ${HOME}/tree/b; done 2>/dev/null`;
    const into = step();
    let answer: HelperAnswer | null = null;
    await asAgent(`${script}; true`, async () => {
      answer = await helper.ask({ ...into, ask: 'do', action: own });
      // Refused, it would be the account's again, and it would go on for ever.
      helper.node.run('chown', '0:0', `${HOME}/tree/b`);
    });
    expect(answer).toMatchObject({ refusal: 'unsafe-path' });
  });

  it('copies nothing for root to where somebody else can change it', async () => {
    expect(await helper.ask({ ...step(), ask: 'do', action: copy({ path: `${HOME}/copy` }) })).toMatchObject({
      refusal: 'unsafe-path',
    });
  });

  it('uses no name twice beside a target, so that nobody keeps a step from being taken back', async () => {
    const write = {
      verb: 'write-file',
      path: `${HOME}/.env`,
      contents: Buffer.from('b\n').toString('base64'),
      uid: 1500,
      gid: 1500,
      mode: 0o600,
      expect: any,
    };
    const into = step();
    let answer: HelperAnswer | null = null;
    const said = await asAgent(
      `cd ${HOME}; echo ready; until [ -e /tmp/stop ]; do for n in .swarmkeep-*; do [ -d "$n" ] && mv "$n" moved && mkdir "$n" && mkdir "$n/mine" && echo "$n" && exit; done; done`,
      async () => {
        answer = await helper.ask({ ...into, ask: 'do', action: write });
      },
    );
    // What the account has put there under the name that it saw is left alone.
    const name = said.split('\n').find((line) => line.startsWith('.swarmkeep-'));
    if (answer === null) throw new Error('it answered nothing');
    // Taken away at the one moment in which the file goes from there to its place, it is refused, and nothing has changed.
    if (refusedHalfWay(answer)) {
      expect(answer).toMatchObject({ rolledBack: true });
      expect(name).toBeDefined();
    } else {
      const { record } = done(answer);
      if (name === undefined) helper.node.run('sh', '-c', `mkdir ${HOME}/.swarmkeep-${into.change}-0`);
      expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
        answer: 'undone',
      });
    }
    expect(helper.node.run('cat', `${HOME}/.env`)).toBe('KEY=1\nb\n');
    if (name !== undefined) expect(helper.node.run('ls', `${HOME}/${name}`).trim()).toBe('mine');
  });

  it('begins nothing that its own record could not bring back', async () => {
    const script = `cd -P ${HOME}/tree; n=$(printf '%0250d' 1); for i in $(seq 68); do mkdir $n; cd -P ./$n; done`;
    helper.node.run('setpriv', '--reuid=1500', '--regid=1500', '--clear-groups', 'sh', '-c', script);
    for (const action of [
      copy(),
      {
        verb: 'set-tree-attributes',
        path: `${HOME}/tree`,
        uid: 0,
        gid: 0,
        takeBits: 0,
        giveBits: 0,
        expect: any,
      },
    ])
      expect(await helper.ask({ ...step(), ask: 'do', action })).toMatchObject({
        refusal: 'unsafe-path',
        rolledBack: false,
      });
    expect(await helper.ask({ version: 1, ask: 'changes' })).not.toMatchObject({ answer: 'refused' });
    expect(helper.node.run('stat', '-c', '%u', `${HOME}/tree`).trim()).toBe('1500');
  });

  it('puts a copy in the place of a tree that nobody can write any more, and the original back', async () => {
    const [from, fresh, aside] = ['/srv/src', '/srv/src.swarmkeep-new', '/srv/src.before-swarmkeep'];
    helper.node.run('sh', '-c', `rm -rf ${from} && cp -a ${HOME}/tree ${from}`);
    const before = snapshot(helper.node, from);
    const { change, version } = step();
    const actions = [
      { verb: 'copy-tree', from, path: fresh, uid: 0, gid: 0, takeBits: 0o022, expect: any },
      { verb: 'move', from, path: aside, expect: any },
      { verb: 'move', from: fresh, path: from, expect: any },
    ];
    const records: string[] = [];
    const script = `exec 3<>${from}/b/open; echo ready; until [ -e /tmp/stop ]; do sleep 0.05; done; printf evil >&3`;
    await asAgent(script, async () => {
      for (const [number, action] of actions.entries())
        records.push(done(await helper.ask({ version, change, step: number, ask: 'do', action })).record);
    });
    expect(helper.node.run('cat', `${from}/b/open`)).toBe('good');
    expect(helper.node.run('cat', `${aside}/b/open`)).toBe('evil');
    helper.node.run('sh', '-c', `cd ${aside}/b && printf good 1<>open && touch -r ${from}/b/open open`);
    for (const number of [2, 1, 0])
      expect(
        await helper.ask({ version, change, step: number, ask: 'undo', record: records[number] }),
      ).toMatchObject({ answer: 'undone' });
    expect(snapshot(helper.node, from)).toBe(before);
    expect(helper.node.run('sh', '-c', 'ls -d /srv/src*').trim()).toBe(from);
  });

  it('gives no file to root that somebody has open for writing, and takes back what it began', async () => {
    const script = `exec 3>>${HOME}/tree/a/x; echo ready; until [ -e /tmp/stop ]; do sleep 0.05; done`;
    const actions = [
      { verb: 'set-attributes', path: `${HOME}/tree/a/x`, uid: 0, gid: 0, mode: 0o755, expect: any },
      {
        verb: 'set-tree-attributes',
        path: `${HOME}/tree`,
        uid: 0,
        gid: 0,
        takeBits: 0o022,
        giveBits: 0,
        expect: any,
      },
    ];
    const owner = () => helper.node.run('stat', '-c', '%u', `${HOME}/tree/a/x`).trim();
    for (const action of actions) {
      await asAgent(script, async () => {
        expect(await helper.ask({ ...step(), ask: 'do', action })).toMatchObject({
          refusal: 'changed-since',
          message: expect.stringMatching(/tree\/a\/x open for writing/),
          rolledBack: true,
        });
      });
      expect(owner()).toBe('1500');
      const into = step();
      const answer = done(await helper.ask({ ...into, ask: 'do', action }));
      expect(owner()).toBe('0');
      await helper.ask({ ...into, ask: 'undo', record: answer.record });
    }
  });

  it('sees a mapping through which a file can still be written', async (context) => {
    if (helper.node.run('sh', '-c', 'command -v python3 || true').trim() === '')
      context.skip('needs python3');
    const script = `cd ${HOME}/tree/a && chmod u+w x && exec python3 -c '
import mmap, os, time
held = os.open("x", os.O_RDWR)
view = mmap.mmap(held, 4096)
os.close(held)
print("ready", flush=True)
while not os.path.exists("/tmp/stop"): time.sleep(0.05)
'`;
    const action = {
      verb: 'set-attributes',
      path: `${HOME}/tree/a/x`,
      uid: 0,
      gid: 0,
      mode: 0o755,
      expect: any,
    };
    await asAgent(script, async () => {
      expect(await helper.ask({ ...step(), ask: 'do', action })).toMatchObject({
        refusal: 'changed-since',
        rolledBack: true,
      });
    });
  });

  it('walks into no folder that an access list lets somebody else write', async () => {
    helper.node.run('sh', '-c', 'rm -rf /srv/acl && mkdir /srv/acl && setfacl -m u:1500:rwx /srv/acl');
    const write = {
      verb: 'write-file',
      path: '/srv/acl/f',
      contents: '',
      uid: 0,
      gid: 0,
      mode: 0o644,
      expect: any,
    };
    expect(await helper.ask({ ...step(), ask: 'do', action: write })).toMatchObject({
      refusal: 'unsafe-path',
    });
    helper.node.run('setfacl', '-m', 'u:1500:r-x,u:7:rw-,m::r-x', '/srv/acl');
    expect(await helper.ask({ ...step(), ask: 'do', action: write })).toMatchObject({ answer: 'done' });
  });

  it('shows no text of what no plan may touch, by whatever name', async () => {
    helper.node.run('sh', '-c', 'ln -f /etc/gshadow /srv/second && printf seen > /srv/first');
    const paths = ['/etc/shadow', '/etc/sudoers', '/srv/second', '/srv/first'];
    const answer = await helper.ask({
      version: 1,
      ask: 'inspect',
      paths: paths.map((path) => ({ path, text: true })),
    });
    const states = answer.answer === 'inspected' ? answer.states : [];
    expect(states.map((state) => (state.kind === 'file' ? state.text : state.kind))).toEqual([
      null,
      expect.toSatisfy((text) => text === null || text === 'absent'),
      null,
      'seen',
    ]);
  });
});
