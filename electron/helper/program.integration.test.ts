import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import {
  BOOT_UNIT_LINK,
  HELPER_FOLDER,
  HELPER_PROGRAM,
  POLICY_FILE,
  programForClass,
} from '#shared/domain/helper/installation.ts';
import { whyNoTestNode } from './testing/helper-node.ts';
import { askHelper, type InstalledHelper, installHelper } from './testing/install-helper.ts';

const reason = whyNoTestNode();
const any = { kind: 'any' } as const;
const make = (path: string) => ({ verb: 'make-directory', path, uid: 0, gid: 0, mode: 0o755, expect: any });

describe('the installed program', () => {
  let helper: InstalledHelper;
  let id = 0;
  const change = () => (++id).toString(16).padStart(32, '0');
  const sh = (script: string) => helper.node.run('sh', '-c', script);
  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer;
  };

  beforeAll(async () => {
    if (reason !== null) return;
    helper = await installHelper();
    sh('mkdir -p /srv/p');
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => helper?.close());

  it('says who it is', () => {
    const bundle = sh(`sha256sum < ${HELPER_FOLDER}/swarmkeep-helper.mjs`).slice(0, 64);
    expect(helper.ask({ version: 1, ask: 'hello' })).toMatchObject({ protocol: 1, bundle, uid: 0 });
  });

  it.each([
    ['no document', ''],
    ['a cut document', '{"version":1,"ask":"chan'],
    ['two documents', '{"version":1,"ask":"changes"}{}'],
    ['an unknown field', '{"version":1,"ask":"changes","root":"/tmp"}'],
    ['a field of a prototype', '{"version":1,"ask":"changes","__proto__":{"a":1}}'],
    ['an unknown ask', '{"version":1,"ask":"run"}'],
    ['deep nesting', `${'['.repeat(1_000_000)}`],
    ['more than 8 MiB', JSON.stringify({ version: 1, ask: 'changes', x: 'x'.repeat(9 * 1024 * 1024) })],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('latin1')],
  ])('refuses %s', (_name, text) => {
    expect(helper.ask(text)).toMatchObject({ answer: 'refused', refusal: 'bad-request', rolledBack: false });
  });

  it('refuses another version of the protocol', () => {
    expect(helper.ask({ version: 2, ask: 'changes' })).toMatchObject({ refusal: 'wrong-version' });
  });

  it.each([
    ['its folder', `chmod 0777 ${HELPER_FOLDER}`, `chmod 0755 ${HELPER_FOLDER}`],
    [
      'its file',
      `chown 1000 ${HELPER_FOLDER}/swarmkeep-helper.mjs`,
      `chown 0 ${HELPER_FOLDER}/swarmkeep-helper.mjs`,
    ],
    ['its runtime', `chmod 0775 ${HELPER_FOLDER}/node`, `chmod 0755 ${HELPER_FOLDER}/node`],
    ['a folder above', 'chmod 1777 /usr/local', 'chmod 0755 /usr/local'],
  ])('refuses to run when somebody else can change %s', (_name, spoil, mend) => {
    sh(spoil);
    expect(helper.ask({ version: 1, ask: 'changes' })).toMatchObject({ refusal: 'unsafe-helper' });
    sh(mend);
  });

  it('does nothing for somebody who is not root', () => {
    const [enter = '', ...rest] = helper.argv;
    const argv = [
      enter,
      ...rest.slice(0, -1),
      'setpriv',
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      HELPER_PROGRAM,
    ] as const;
    expect(askHelper(argv, { version: 1, ask: 'changes' })).toMatchObject({ refusal: 'no-permission' });
  });

  it('takes nothing of the caller: environment, options of the runtime', () => {
    const env = { ...process.env, NODE_OPTIONS: '--require /srv/p/evil.js', LD_PRELOAD: '/srv/p/evil.so' };
    sh("echo \"require('fs').writeFileSync('/srv/p/owned', '')\" > /srv/p/evil.js");
    const [enter = '', ...rest] = helper.argv;
    const end = spawnSync(enter, rest, { input: '{"version":1,"ask":"changes"}', env, encoding: 'utf8' });
    expect(JSON.parse(end.stdout)).toMatchObject({ answer: 'changes' });
    expect(sh('ls /srv/p')).not.toContain('owned');
  });

  it('lets a class of polkit through as far as it goes', () => {
    const [enter = '', ...rest] = helper.argv;
    const as = (program: string) => [enter, ...rest.slice(0, -1), program] as const;
    const request = { version: 1, ask: 'do', change: change(), step: 0, action: make('/srv/p/polkit') };
    expect(askHelper(as(programForClass('look')), request)).toMatchObject({ refusal: 'no-permission' });
    expect(askHelper(as(programForClass('look')), { version: 1, ask: 'changes' })).toMatchObject({
      answer: 'changes',
    });
    expect(askHelper(as(programForClass('change')), request)).toMatchObject({ answer: 'done' });
    expect(sh(`cat ${POLICY_FILE}`)).toContain(programForClass('network'));
  });

  it('answers busy while another run holds the node', async () => {
    const [enter = '', ...rest] = helper.argv;
    const holder = spawn(enter, [...rest.slice(0, -1), 'flock', '/var/lib/swarmkeep/lock', 'sleep', '60']);
    await sleep(1_000);
    expect(helper.ask({ version: 1, ask: 'changes' })).toMatchObject({ refusal: 'busy' });
    sh('kill -9 $(pgrep -x sleep | tail -n +2) 2>/dev/null || true');
    holder.kill('SIGKILL');
  });

  it('refuses an undo record that was tampered with', () => {
    const into = { version: 1, change: change(), step: 3 };
    const { record } = done(
      helper.ask({
        ...into,
        ask: 'do',
        action: {
          verb: 'write-file',
          path: '/srv/p/evil.js',
          contents: '',
          uid: 0,
          gid: 0,
          mode: 0o600,
          expect: any,
        },
      }),
    );
    const folder = `/var/lib/swarmkeep/changes/${into.change}/3`;
    const undo = { ...into, ask: 'undo', record };
    const named = { change: into.change, step: into.step, record };
    const compare = { version: 1, ask: 'compare', steps: [named] };
    for (const [file, script] of [
      ['begun', `sed -i 's/evil/hosts/' ${folder}/begun`],
      ['entry.tar', `printf x | dd of=${folder}/entry.tar bs=1 seek=2000 conv=notrunc status=none`],
      ['done', `truncate -s 40 ${folder}/done`],
    ] as const) {
      sh(`cp -a ${folder}/${file} /srv/p/kept; ${script}`);
      expect(helper.ask(undo), file).toMatchObject({ answer: 'refused', refusal: 'record-damaged' });
      // What was there before is opened only when it is needed; the rest is read by a mere look too.
      if (file !== 'entry.tar')
        expect(helper.ask(compare), file).toMatchObject({
          steps: [{ differences: [], refused: expect.stringContaining('record') }],
        });
      // All other changes can still be listed and taken back, and this one is not forgotten.
      const listed = helper.ask({ version: 1, ask: 'changes' });
      if (file !== 'entry.tar')
        expect(listed, file).toMatchObject({
          changes: expect.arrayContaining([
            expect.objectContaining({
              change: into.change,
              steps: [expect.objectContaining({ step: 3, state: 'done', record: '0'.repeat(64) })],
            }),
          ]),
        });
      sh(`cp -a /srv/p/kept ${folder}/${file}`);
    }
    expect(helper.ask({ ...undo, record: '0'.repeat(64) })).toMatchObject({ refusal: 'record-damaged' });
    expect(helper.ask(undo)).toMatchObject({ answer: 'undone' });
  });

  it('says read-only, full and immutable, and leaves nothing half done', () => {
    sh(
      'mkdir -p /srv/p/small /srv/p/ro && mount -t tmpfs -o size=1m,mode=0755 tmpfs /srv/p/small && mount -t tmpfs -o mode=0755 tmpfs /srv/p/ro && echo old > /srv/p/small/file && echo old > /srv/p/ro/file && mount -o remount,ro /srv/p/ro',
    );
    const write = (path: string, contents: string) =>
      helper.ask({
        version: 1,
        ask: 'do',
        change: change(),
        step: 0,
        action: {
          verb: 'write-file',
          path,
          contents: Buffer.from(contents).toString('base64'),
          uid: 0,
          gid: 0,
          mode: 0o600,
          expect: any,
        },
      });
    expect(write('/srv/p/ro/file', 'new')).toMatchObject({ refusal: 'read-only', rolledBack: true });
    expect(write('/srv/p/small/file', 'x'.repeat(2_000_000))).toMatchObject({
      refusal: 'no-space',
      rolledBack: true,
    });
    expect(sh('cat /srv/p/small/file /srv/p/ro/file; ls -A /srv/p/small /srv/p/ro')).toBe(
      'old\nold\n/srv/p/ro:\nfile\n\n/srv/p/small:\nfile\n',
    );
    sh('umount /srv/p/small /srv/p/ro');
  });

  it('takes an unconfirmed change back in time, also when the one who asked is gone', async () => {
    const into = { version: 1, change: change() };
    const armed = helper.ask({ ...into, ask: 'arm', seconds: 6 });
    const began = performance.now();
    done(helper.ask({ ...into, step: 0, ask: 'do', action: make('/srv/p/timed') }));
    while (sh('ls /srv/p').includes('timed')) {
      if (performance.now() - began > 20_000) throw new Error('It never reverted');
      await sleep(50);
    }
    if (armed.answer !== 'armed') throw new Error(JSON.stringify(armed));
    const begun = JSON.parse(sh(`cat /var/lib/swarmkeep/changes/${into.change}/reverting`)).at;
    // As the node's own clock has it, whatever this process was doing then.
    const late = (Date.parse(begun) - Date.parse(armed.revertsAt)) / 1_000;
    expect(Math.abs(late)).toBeLessThanOrEqual(2);
    expect(helper.ask({ ...into, ask: 'confirm' })).toMatchObject({ refusal: 'too-late' });
    expect(helper.ask({ ...into, step: 1, ask: 'do', action: make('/srv/p/late') })).toMatchObject({
      refusal: 'too-late',
    });
  });

  it('takes it back on a full disk too: the way in at once, the rest as soon as there is room', async () => {
    sh('mkdir -p -m 0700 /var/lib/swarmkeep; mount -t tmpfs -o size=512k,mode=0700 tmpfs /var/lib/swarmkeep');
    const into = { version: 1, change: change() };
    try {
      helper.ask({ ...into, ask: 'arm', seconds: 3_600 });
      done(helper.ask({ ...into, step: 0, ask: 'do', action: make('/srv/p/full-disk') }));
      const table = { family: 'inet', name: 'swarmkeep_full' };
      const text = 'table inet swarmkeep_full {\n}';
      done(helper.ask({ ...into, step: 1, ask: 'do', action: { verb: 'load-table', table, text } }));
      // Full first, and then its time is up; the second name keeps what lies there from leaving room.
      sh(`cd /var/lib/swarmkeep; armed=changes/${into.change}/armed; sed 's/"deadline":[0-9.]*/"deadline":1/' $armed > soon
        ln $armed kept; cat /dev/zero > fill 2> /dev/null; mv soon $armed`);
      const tables = sh(
        'for i in $(seq 300); do nft list tables | grep -q swarmkeep_full || break; sleep 0.1; done; nft list tables; rm /var/lib/swarmkeep/fill',
      );
      expect(tables).not.toContain('swarmkeep_full');
      await expect.poll(() => sh('ls /srv/p'), { timeout: 30_000 }).not.toContain('full-disk');
      await expect
        .poll(() => helper.ask({ version: 1, ask: 'changes' }), { timeout: 30_000 })
        .toMatchObject({ changes: [{ reverted: true, steps: [{ state: 'undone' }, { state: 'undone' }] }] });
    } finally {
      sh('umount -l /var/lib/swarmkeep');
    }
  });

  it('keeps a change that was confirmed', async () => {
    const into = { version: 1, change: change() };
    helper.ask({ ...into, ask: 'arm', seconds: 600 });
    const waits = () => sh(`pgrep -f -- '[-]-revert ${into.change}' || true`).trim() !== '';
    await expect.poll(waits, { timeout: 30_000 }).toBe(true);
    done(helper.ask({ ...into, step: 0, ask: 'do', action: make('/srv/p/kept-folder') }));
    expect(helper.ask({ ...into, ask: 'confirm' })).toEqual({ answer: 'confirmed' });
    // What waited for the time of the change has nothing to wait for any more.
    await expect.poll(waits, { timeout: 30_000 }).toBe(false);
    expect(sh('ls /srv/p')).toContain('kept-folder');
    expect(helper.ask({ ...into, ask: 'revert' })).toMatchObject({ refusal: 'too-late' });
  });

  it.each([
    ['leaves what the kernel forgot', '', false],
    ['takes out what was loaded again at boot', "nft -f - <<'X'\ntable inet swarmkeep_boot {\n}\nX", false],
    [
      'leaves what is not what it left',
      "nft -f - <<'X'\ntable inet swarmkeep_boot {\nchain c {\n}\n}\nX",
      true,
    ],
  ])('takes back at boot what was armed before it, and %s', async (_what, atBoot, isLeft) => {
    const into = { version: 1, change: change() };
    helper.ask({ ...into, ask: 'arm', seconds: 3_600 });
    done(helper.ask({ ...into, step: 0, ask: 'do', action: make('/srv/p/before-boot') }));
    const text = 'table inet swarmkeep_boot {\n}';
    done(
      helper.ask({
        ...into,
        step: 1,
        ask: 'do',
        action: { verb: 'load-table', table: { family: 'inet', name: 'swarmkeep_boot' }, text },
      }),
    );
    // What waits for the time ends with the machine; it must not take the change back first.
    sh(`kill -9 $(pgrep -f -- '[-]-revert ${into.change}')`);
    sh(
      `sed -i 's/"bootId":"[^"]*"/"bootId":"another"/' /var/lib/swarmkeep/changes/${into.change}/armed; nft flush ruleset\n${atBoot}`,
    );
    sh(`${HELPER_PROGRAM} --revert-unconfirmed`);
    expect(sh('ls /srv/p')).not.toContain('before-boot');
    expect(sh('nft list tables').includes('swarmkeep_boot')).toBe(isLeft);
    sh('nft flush ruleset');
    const answer = helper.ask({ version: 1, ask: 'changes' });
    const found =
      answer.answer === 'changes' ? answer.changes.find((one) => one.change === into.change) : null;
    expect(found).toMatchObject({ reverted: true, steps: [{ state: 'undone' }, { state: 'undone' }] });
  });

  it('takes only a program that speaks for one that answers', async () => {
    const ports = { http: 7_881, hung: 7_882, other: 7_883, failing: 7_884 };
    const listener = spawn(helper.argv[0], [
      ...helper.argv.slice(1, -1),
      process.execPath,
      '-e',
      `const http = require('http'), net = require('net');
       const at = (server, port) => new Promise((up) => server.listen(port, '127.0.0.1', up));
       Promise.all([
         at(http.createServer((request, answer) => answer.end(request.url)), ${ports.http}),
         at(net.createServer(() => {}), ${ports.hung}),
         at(net.createServer((socket) => socket.end('SSH-2.0-x\\r\\n')), ${ports.other}),
         at(http.createServer((request, answer) => { answer.statusCode = 500; answer.end(); }), ${ports.failing}),
       ]).then(() => console.log('up'));`,
    ]);
    await once(listener.stdout, 'data');
    const probe = (port: number) =>
      helper.ask({
        version: 1,
        ask: 'probe',
        uid: 1_000,
        probe: { kind: 'answer', address: '127.0.0.1', port, timeoutMs: 1_000 },
      });
    expect(probe(ports.http)).toMatchObject({ answer: 'probed', outcome: 'answers' });
    expect(probe(ports.hung)).toMatchObject({
      outcome: 'silent',
      detail: expect.stringContaining('ETIMEDOUT'),
    });
    expect(probe(ports.other)).toMatchObject({
      outcome: 'silent',
      detail: expect.stringContaining('garbled'),
    });
    expect(probe(ports.failing)).toMatchObject({ outcome: 'silent' });
    // Nobody listens there: for a firewall that would be open.
    expect(probe(7_885)).toMatchObject({
      outcome: 'silent',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    listener.kill();
  });

  it('probes as another account', async () => {
    const listener = spawn(helper.argv[0], [
      ...helper.argv.slice(1, -1),
      process.execPath,
      '-e',
      "require('net').createServer().listen(7890, '127.0.0.1', () => console.log('up'))",
    ]);
    await once(listener.stdout, 'data');
    const probe = (port: number, uid: number, address = '127.0.0.1') =>
      helper.ask({
        version: 1,
        ask: 'probe',
        uid,
        probe: { kind: 'connect', address, port, timeoutMs: 1_000 },
      });
    expect(probe(7890, 1_000)).toMatchObject({ outcome: 'open' });
    sh(
      "nft -f - <<'X'\ntable inet swarmkeep_p {\nchain o {\ntype filter hook output priority 0\nmeta skuid 1000 tcp dport 7890 drop\n}\n}\nX",
    );
    // The account tries to stop the looking process, so that its time runs out: it may not even send it a signal.
    const script = `n=0; until [ -e /tmp/stop ]; do for p in /proc/[0-9]*; do grep -qs -e '--conn[e]ct' $p/cmdline && { kill -STOP \${p#/proc/} 2>/dev/null && n=1 && echo stopped; [ $n = 0 ] && n=2 && echo tried; }; done; done`;
    const agent = spawn(helper.argv[0], [
      ...helper.argv.slice(1, -1),
      'setpriv',
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      'sh',
      '-c',
      script,
    ]);
    let said = '';
    agent.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = once(agent, 'exit');
    expect(probe(7890, 1_000)).toMatchObject({ outcome: 'stopped' });
    sh('touch /tmp/stop');
    await ended;
    expect(said).toBe('tried\n');
    expect(probe(7890, 1_001)).toMatchObject({ outcome: 'open' });
    expect(probe(7890, 0)).toMatchObject({ refusal: 'bad-request' });
    // Without a route nothing leaves. The same error from elsewhere says that something had left, and proves nothing.
    for (const address of ['192.0.2.1', '2001:db8::1'])
      expect(probe(443, 1_001, address)).toMatchObject({
        outcome: 'stopped',
        detail: expect.stringContaining('no way'),
      });
    sh(
      "nft -f - <<'X'\ntable inet swarmkeep_p {\nchain i {\ntype filter hook input priority 0\nip daddr 127.0.0.9 reject with icmp type net-unreachable\n}\n}\nX",
    );
    expect(probe(443, 1_001, '127.0.0.9')).toMatchObject({
      outcome: 'unknown',
      detail: expect.stringContaining('ENETUNREACH'),
    });
    expect(helper.ask({ version: 1, ask: 'probe', uid: 1_000, probe: { kind: 'isolation' } })).toMatchObject({
      answer: 'probed',
      outcome: expect.stringMatching(/works|fails/),
    });
    listener.kill('SIGKILL');
  });

  it('goes without a trace, once nothing can be taken back any more', () => {
    expect(helper.ask({ version: 1, ask: 'uninstall', force: false })).toMatchObject({ refusal: 'busy' });
    sh('rm -rf /var/lib/swarmkeep/changes');
    sh(`mkdir -p ${dirname(BOOT_UNIT_LINK)} && ln -sf nowhere ${BOOT_UNIT_LINK}`);
    expect(helper.ask({ version: 1, ask: 'uninstall', force: false })).toEqual({
      answer: 'uninstalled',
      left: [],
    });
    expect(
      sh(
        `ls -d ${HELPER_FOLDER} /usr/local/libexec /var/lib/swarmkeep ${POLICY_FILE} ${dirname(BOOT_UNIT_LINK)} 2>/dev/null || true`,
      ),
    ).toBe('');
  });
});
