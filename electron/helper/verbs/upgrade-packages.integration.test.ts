import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import { openTestNode, type TestNode, whyNoTestNode } from '../testing/helper-node.ts';
import { askHelper, builtHelper, placeFiles } from '../testing/install-helper.ts';
import { askKilled } from '../testing/kill-run.ts';
import { type ServedHelper, serveHelperOn } from '../testing/served-helper.ts';
import { snapshot } from '../testing/snapshot.ts';
import { STUB_ENVIRONMENT, STUB_UPGRADE } from '../testing/stub-environment.ts';

const reason = whyNoTestNode();
const SITE = '/srv/py/env/lib/python3.11/site-packages';

describe('an upgrade of packages, with a stand-in for Python', () => {
  let node: TestNode;
  let helper: Omit<ServedHelper, 'node'>;
  let before = '';
  let id = 0;
  const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });
  const look = () => snapshot(node, '/srv/py');
  const sh = (script: string) => node.run('sh', '-c', script);
  const text = (path: string) => node.run('cat', path);
  /** What runs leave of folders of their own, wherever. */
  const leftOver = () => sh('find /srv /var/tmp -name ".swarmkeep-*"');
  const upgrade = (into: object) => helper.ask({ ...into, ask: 'do', action: STUB_UPGRADE });
  const make = (more = 'true') => {
    sh(`${STUB_ENVIRONMENT}\n${more}`);
    before = look();
  };
  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer.record;
  };

  beforeAll(async () => {
    if (reason !== null) return;
    node = await openTestNode();
    helper = serveHelperOn(node);
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
    make();
  });
  afterAll(() => {
    helper?.close();
    node?.close();
  });

  it('exchanges the files of the one package, and undo brings back every byte, owner, mode, list and time', async () => {
    const into = step();
    const record = done(await upgrade(into));
    expect(sh(`cd /srv/py/env && find . -type f -printf '%p %U:%G %m\\n' | grep -v pyvenv | sort`)).toBe(
      `./bin/demo 1501:1502 755
./bin/other 1501:1502 755
./bin/python 1501:1502 755
./lib/python3.11/site-packages/demo-1.1.dist-info/METADATA 1501:1502 644
./lib/python3.11/site-packages/demo-1.1.dist-info/RECORD 1501:1502 644
./lib/python3.11/site-packages/demo/__init__.py 1501:1502 644
./lib/python3.11/site-packages/demo/fresh/thing.py 1501:1502 644
./lib/python3.11/site-packages/other/__init__.py 1501:1502 644
./lib/python3.11/site-packages/shared/of_demo.py 1501:1502 644
./lib/python3.11/site-packages/shared/of_other.py 1501:1502 644
./share/demo/note 1501:1502 644
`,
    );
    expect(text(`${SITE}/demo/__init__.py`)).toContain('1.1');
    expect(text('/srv/py-asked/uid')).toBe('1501\n');
    expect(text('/srv/py-asked/words')).toMatch(/--no-deps .*--only-binary=:all: .*-- demo==1\.1$/m);
    expect(leftOver()).toBe('');
    // Bytecode that the daemon made since goes with the sources that it was made of.
    sh(`mkdir ${SITE}/demo/__pycache__ ${SITE}/demo/fresh/__pycache__
      echo code > ${SITE}/demo/__pycache__/__init__.cpython-311.pyc; echo code > ${SITE}/demo/fresh/__pycache__/thing.cpython-311.opt-1.pyc`);
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
    expect(look()).toBe(before);
    expect(leftOver()).toBe('');
  });

  it('runs pip as a number of nobody where root has the environment', async () => {
    make('chown -hR root:root /srv/py/env');
    before = look();
    const into = step();
    const record = done(await upgrade(into));
    expect(Number(text('/srv/py-asked/uid'))).toBeGreaterThanOrEqual(61_184);
    expect(node.run('stat', '-c', '%u:%g %a', `${SITE}/demo/__init__.py`)).toBe('0:0 644\n');
    await helper.ask({ ...into, ask: 'undo', record });
    expect(look()).toBe(before);
  });

  it('opens nothing further than the folder of packages is', async () => {
    make('chmod 750 /srv/py/env/lib/python3.11/site-packages');
    done(await upgrade(step()));
    expect(node.run('stat', '-c', '%a', `${SITE}/demo/__init__.py`, `${SITE}/demo/fresh`)).toBe('640\n750\n');
  });

  it.each([
    ['others can write', `chmod g+w ${SITE}/other/__init__.py`, /can be written by others/],
    ['a third account has a file', `chown 1777 ${SITE}/other/__init__.py`, /belongs to uid 1777/],
    ['a file has two names', `ln ${SITE}/other/__init__.py /srv/py/second`, /several names/],
    ['another version is there', `sed -i s/1.0/1.0.1/ ${SITE}/demo-1.0.dist-info/METADATA`, /it is 1\.0\.1/],
    ['it is there twice', `mkdir ${SITE}/demo-0.9.dist-info`, /demo-0\.9\.dist-info/],
    [
      'it is an egg',
      `mv ${SITE}/demo-1.0.dist-info ${SITE}/demo-1.0.egg-info`,
      /not there once, as a package with a list/,
    ],
    ['it has no list of its files', `rm ${SITE}/demo-1.0.dist-info/RECORD`, /no list of its files/],
    ['it came from an address', `echo {} > ${SITE}/demo-1.0.dist-info/direct_url.json`, /direct_url/],
    ['its list leads out', `echo ../../../../x,, >> ${SITE}/demo-1.0.dist-info/RECORD`, /outside of the env/],
    [
      'its list names a link',
      `ln -s x ${SITE}/l; echo l,, >> ${SITE}/demo-1.0.dist-info/RECORD`,
      /no plain file/,
    ],
    ['a file of it is setuid', `chmod u+s ${SITE}/demo/old/gone.py`, /setuid or setgid/],
    ['it is no virtual environment', 'rm /srv/py/env/pyvenv.cfg', /no virtual environment/],
    [
      'a new file is there already',
      'mkdir -p /srv/py/env/share/demo; echo mine > /srv/py/env/share/demo/note',
      /there already/,
    ],
    ['pip brings a link', 'ln -s /etc/shadow /srv/py-staged/env/share/demo/l', /is not put in place/],
    [
      'pip brings another package',
      'mv /srv/py-staged/env/lib/python3.11/site-packages/demo-1.1.dist-info /srv/py-staged/env/lib/python3.11/x',
      /unpacked nothing/,
    ],
    [
      'pip brings what Python runs at every start',
      `echo 'import os' > /srv/py-staged/env/lib/python3.11/site-packages/zz.pth`,
      /zz\.pth, which Python would run at every start/,
    ],
    [
      'pip brings what Python loads before everything',
      `mkdir /srv/py-staged/env/lib/python3.11/site-packages/sitecustomize; echo x > /srv/py-staged/env/lib/python3.11/site-packages/sitecustomize/__init__.py`,
      /which Python would run at every start/,
    ],
    [
      'pip brings settings of pip',
      'echo "[global]" > /srv/py-staged/env/pip.conf',
      /pip\.conf, which belongs to the environment/,
    ],
    ['pip brings an interpreter', 'echo x > /srv/py-staged/env/bin/python3.12', /python3\.12, which belongs/],
    [
      'pip brings the script of another',
      'echo x > /srv/py-staged/env/bin/other',
      /bin\/other is there already/,
    ],
    [
      'its list names the settings of the environment',
      `echo ../../../pyvenv.cfg,, >> ${SITE}/demo-1.0.dist-info/RECORD`,
      /pyvenv\.cfg, which belongs to the environment/,
    ],
    [
      'it would replace a file that another package lists too',
      `mkdir ${SITE}/other-1.0.dist-info; echo shared/of_demo.py,, > ${SITE}/other-1.0.dist-info/RECORD`,
      /of_demo\.py is there already/,
    ],
    [
      'there is no wheel',
      'echo "ERROR: No matching distribution found for demo==1.1" > /srv/py-staged/says',
      /no wheel of demo 1\.1/,
    ],
    [
      'there is no network',
      'echo "NewConnectionError: refused" > /srv/py-staged/says',
      /could not reach the index/,
    ],
    [
      'the hash is another',
      'echo "THESE PACKAGES DO NOT MATCH THE HASHES" > /srv/py-staged/says',
      /hash mismatch/,
    ],
    [
      'the disk is full',
      'echo "OSError: [Errno 28] No space left on device" > /srv/py-staged/says',
      /no space left/,
    ],
    [
      'the environment is changed meanwhile',
      // By somebody else: pip itself can write nothing there.
      `sed -i 's,id -u,touch /srv/py-asked/now; until [ -e ${SITE}/sly.py ]; do sleep 0.1; done; id -u,' /srv/py/env/bin/python
      (until [ -e /srv/py-asked/now ]; do sleep 0.1; done; echo x > ${SITE}/sly.py) > /dev/null 2>&1 &
      true`,
      /changed meanwhile/,
    ],
  ])('touches nothing where %s', async (_name, spoil, why) => {
    make(
      spoil.includes('sly')
        ? `${spoil}; chown 1501 /srv/py/env/bin/python`
        : `${spoil}; chown -hR 1501:1502 ${SITE}/l ${SITE}/other-1.0.dist-info ${SITE}/demo-0.9.dist-info ${SITE}/demo-1.0.dist-info/* /srv/py/env/share /srv/py/env/share/demo /srv/py/env/share/demo/note 2>/dev/null || true`,
    );
    before = look();
    const answer = await upgrade(step());
    expect(answer).toMatchObject({ answer: 'refused' });
    if (answer.answer === 'refused') expect(answer.message).toMatch(why);
    if (spoil.includes('sly')) sh(`rm ${SITE}/sly.py; touch -d @1500000000.123456789 ${SITE}`);
    expect(look()).toBe(before);
    expect(leftOver()).toBe('');
  });

  it('takes it back at once where the other packages would not fit any more', async () => {
    make(
      `sed -i 's,mkdir -p "$2/srv/py",echo "other 1 requires demo<1.1" > /srv/py-asked/unmet \\&\\& &,; s,/srv/py-unmet,/srv/py-asked/unmet,g' /srv/py/env/bin/python`,
    );
    before = look();
    const answer = await upgrade(step());
    expect(answer).toMatchObject({ answer: 'refused', rolledBack: true });
    expect(JSON.stringify(answer)).toContain('other 1 requires demo<1.1');
    expect(look()).toBe(before);
  });

  it.each([
    ['a new file was changed', `echo more >> ${SITE}/demo/__init__.py`, 'contents'],
    ['a new file was given away', `chown 0 ${SITE}/demo/__init__.py`, 'contents'],
    ['a new file is gone', `rm ${SITE}/demo/fresh/thing.py`, 'missing'],
    ['an old file is back', `mkdir -p ${SITE}/demo/old && echo x > ${SITE}/demo/old/gone.py`, 'added'],
  ])('is not undone where %s since', async (_name, spoil, what) => {
    const into = step();
    const record = done(await upgrade(into));
    sh(spoil);
    const now = look();
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({
      answer: 'refused',
      refusal: 'changed-since',
      differences: [expect.objectContaining({ what })],
    });
    expect(look()).toBe(now);
  });

  const deeper = `cd "$2/../scratch"; for i in 1 2 3; do mkdir -p ${'d/'.repeat(300)} && cd ${'d/'.repeat(300)}; done; cd /`;
  /** What Python does besides, when it unpacks. */
  const besides = (script: string) =>
    writeFileSync(
      node.path('/srv/py/env/bin/python'),
      text('/srv/py/env/bin/python').replace('mkdir -p "$2/srv/py"', () => `${script}; mkdir -p "$2/srv/py"`),
    );

  it('cleans up however deep pip made folders, and is done and undone all the same', async () => {
    besides(deeper);
    before = look();
    const into = step();
    const record = done(await upgrade(into));
    expect(leftOver()).toBe('');
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
    expect(look()).toBe(before);
  });

  it('says what cannot be cleaned up, which decides nothing, and tries it again with the undo', async () => {
    besides('touch /srv/py-asked/ready; until [ -e /srv/py-asked/go ]; do sleep 0.1; done');
    before = look();
    const into = step();
    const asked = upgrade(into);
    await expect.poll(() => sh('ls /srv/py-asked'), { timeout: 60_000 }).toContain('ready');
    // Something is mounted in there meanwhile: no removal goes across that.
    sh('mount -t tmpfs tmpfs /var/tmp/.swarmkeep-*/home; touch /srv/py-asked/go');
    const answer = await asked;
    const record = done(answer);
    expect(answer).toMatchObject({ output: expect.stringContaining('stayed in /var/tmp/.swarmkeep-') });
    expect(sh('stat -c "%a %U" /var/tmp/.swarmkeep-*; ls -A /var/tmp/.swarmkeep-*')).toBe('700 root\nhome\n');
    expect(text(`${SITE}/demo/__init__.py`)).toContain('1.1');
    sh('umount /var/tmp/.swarmkeep-*/home');
    expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
    expect(look()).toBe(before);
    expect(leftOver()).toBe('');
  });

  it('gives the node free while it fetches, to others and not to the same step again', async () => {
    besides('touch /srv/py-asked/ready; until [ -e /srv/py-asked/go ]; do sleep 0.1; done');
    before = look();
    const into = step();
    const request = JSON.stringify({ ...into, ask: 'do', action: STUB_UPGRADE });
    // As it is installed: a process for each request, and the node's lock.
    placeFiles(node, builtHelper());
    const [enter = 'nsenter', ...rest] = node.inside;
    const argv = [enter, ...rest, HELPER_PROGRAM] as const;
    const fetching = spawn(enter, [...rest, HELPER_PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = textOf(fetching.stdout);
    fetching.stdin.end(request);
    try {
      await expect.poll(() => sh('ls /srv/py-asked'), { timeout: 60_000 }).toContain('ready');
      // Whatever else is done by this helper takes the node's lock.
      const list = askHelper(argv, { version: 1, ask: 'changes' });
      if (list.answer !== 'changes') throw new Error(JSON.stringify(list));
      const record = list.changes.find(({ change }) => change === into.change)?.steps[0]?.record;
      expect(askHelper(argv, JSON.parse(request))).toMatchObject({ refusal: 'busy', rolledBack: false });
      expect(askHelper(argv, { ...into, ask: 'undo', record })).toMatchObject({ refusal: 'busy' });
    } finally {
      sh('touch /srv/py-asked/go');
    }
    const record = done(JSON.parse(await ended));
    expect(text(`${SITE}/demo/__init__.py`)).toContain('1.1');
    expect(askHelper(argv, { ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
    expect(look()).toBe(before);
    expect(leftOver()).toBe('');
  });

  it('ends before or after, never between, killed at every boundary', async () => {
    const takeBack = async (into: { change: string }, at: number) => {
      const list = await helper.ask({ version: 1, ask: 'changes' });
      const found =
        list.answer === 'changes' ? list.changes.find(({ change }) => change === into.change) : undefined;
      const record = found?.steps[0]?.record;
      // Killed before the record was durable: nothing had begun.
      if (record === undefined) return;
      const answer = await helper.ask({ ...into, ask: 'undo', record });
      if (answer.answer !== 'undone') throw new Error(`killed at ${at}: ${JSON.stringify(answer)}`);
    };
    let killed = 0;
    for (let at = 1; ; at += 1) {
      const into = step();
      const answer = askKilled(node, { ...into, ask: 'do', action: STUB_UPGRADE }, at);
      if (answer !== null) {
        let undoKilled = 0;
        for (
          let point = 1;
          askKilled(node, { ...into, ask: 'undo', record: done(answer) }, point) === null;
          point += 2
        )
          undoKilled += 1;
        expect(undoKilled).toBeGreaterThan(3);
        break;
      }
      killed += 1;
      if (at % 2 === 0) {
        done(await upgrade(into));
        expect(text(`${SITE}/demo/__init__.py`)).toContain('1.1');
      }
      await takeBack(into, at);
      expect(look(), `undone, killed at ${at}`).toBe(before);
      expect(leftOver()).toBe('');
    }
    expect(killed).toBeGreaterThan(8);
    expect(look()).toBe(before);
    expect(leftOver()).toBe('');
  }, 300_000);
});
