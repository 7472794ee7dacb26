import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { type InstalledHelper, installHelper } from '../../electron/helper/testing/install-helper.ts';
import { DAEMON_UID, dressArguments, TOKEN_FOLDER, TOKEN_PATH, UNIT, WAKE } from './testing/dress-node.ts';

const reason = whyNoTestNode();
const port = 7890;
const owner = { uid: DAEMON_UID, gid: DAEMON_UID };
const OLD = '1'.repeat(64);

describe('the helper and a secret', () => {
  let helper: InstalledHelper;
  let count = 0;
  let rotation = '';
  let token = '';
  const sh = (script: string) => helper.node.run('sh', '-c', script);
  const ask = (what: SecretAct): HelperAnswer => helper.ask({ version: 1, ask: 'secret', what });
  const stage = (): HelperAnswer => ask({ act: 'stage', rotation, path: TOKEN_PATH, token, owner });
  const commit = () => ask({ act: 'commit', rotation, unit: UNIT, port });
  const refused = (answer: HelperAnswer) => (answer.answer === 'refused' ? answer.refusal : answer);
  const inForce = () => sh(`cat ${TOKEN_PATH}`).trim();
  const statusOf = (secret: string) =>
    sh(
      `curl -s -o /dev/null -w '%{http_code}' -H 'X-Swarm-Token: ${secret}' http://127.0.0.1:7890/status || true`,
    );
  const fence = (more: Partial<Extract<SecretAct, { act: 'fence' }>> = {}) =>
    ask({
      act: 'fence',
      rotation,
      scope: 'all',
      accounts: [String(DAEMON_UID)],
      port,
      reaches: ['10.9.0.2'],
      shuts: [],
      tries: ['10.9.0.9'],
      ...more,
    });

  beforeAll(async () => {
    if (reason !== null) return;
    helper = await installHelper();
    helper.node.run('sh', ...dressArguments());
    sh(
      `${WAKE}; ip link add v0 type veth peer name v1; ip address add 10.9.0.1/24 dev v0; ip link set v0 up; ip link set v1 up`,
    );
  });
  beforeEach((context) => {
    if (reason !== null) return context.skip(reason);
    count += 1;
    rotation = count.toString(16).padStart(32, '0');
    token = randomBytes(32).toString('hex');
    sh(`umask 077; rm -rf ${TOKEN_FOLDER} && mkdir -p ${TOKEN_FOLDER} && printf '%s\\n' ${OLD} > ${TOKEN_PATH}
      chown -R ${DAEMON_UID}:${DAEMON_UID} ${TOKEN_FOLDER}; chmod 0755 ${TOKEN_FOLDER}
      rm -f /run/no-start /var/lib/swarmkeep/rotation-lease; systemctl restart -- ${UNIT}
      for n in $(seq 100); do curl -s -o /dev/null http://127.0.0.1:7890/health && break; sleep 0.05; done`);
  });
  afterAll(() => helper?.close());

  it('says how it stands and never what it is', () => {
    const nonce = randomBytes(32).toString('hex');
    const answer = ask({ act: 'look', path: TOKEN_PATH, port, nonce });
    const mac = createHmac('sha256', Buffer.from(nonce, 'hex')).update(OLD).digest('hex');
    expect(answer).toMatchObject({
      answer: 'secret-seen',
      is: 'there',
      mac,
      status: 200,
      owner: { ...owner, mode: 0o600 },
      accounts: expect.arrayContaining([String(DAEMON_UID)]),
      addresses: ['10.9.0.1'],
      lease: null,
      fenced: false,
    });
    expect(JSON.stringify(answer)).not.toContain(OLD);
  });

  it('puts it in place, restarts, proves it, and destroys the old one', () => {
    expect(stage()).toMatchObject({ answer: 'secret-progress', committedAt: null });
    expect(sh(`stat -c '%a %u %g' ${TOKEN_FOLDER}/.swarm-token.swarmkeep-${rotation}`).trim()).toBe(
      '600 1990 1990',
    );
    expect(inForce()).toBe(OLD);
    expect(commit()).toMatchObject({
      answer: 'secret-progress',
      trouble: null,
      acceptsSince: expect.any(String),
    });
    expect([inForce(), statusOf(token), statusOf(OLD)]).toEqual([token, '200', '403']);
    expect(sh(`stat -c '%a %u %g' ${TOKEN_PATH}`).trim()).toBe('600 1990 1990');
    const nonce = randomBytes(32).toString('hex');
    const others = [{ address: '10.9.0.1', port }];
    const verified = ask({ act: 'verify', rotation, path: TOKEN_PATH, port, nonce, others, waitMs: 0 });
    const mac = createHmac('sha256', Buffer.from(nonce, 'hex')).update(token).digest('hex');
    expect(verified).toEqual({
      answer: 'secret-verified',
      mac,
      status: 200,
      wrong: 403,
      others: [{ address: '10.9.0.1', status: 403 }],
      hadOld: true,
    });
    expect(ask({ act: 'finish', rotation })).toMatchObject({ answer: 'secret-progress' });
    expect(sh(`grep -rl ${OLD} /var/lib/swarmkeep ${TOKEN_FOLDER} || true`)).toBe('');
    expect(sh(`grep -rl ${token} /var/lib/swarmkeep ${TOKEN_FOLDER} || true`).trim()).toBe(TOKEN_PATH);
  });

  it('does nothing twice', () => {
    stage();
    expect(stage()).toMatchObject({ answer: 'secret-progress' });
    commit();
    const restarts = sh('wc -l < /var/log/stand-in/systemctl.log');
    expect(commit()).toMatchObject({ answer: 'secret-progress', trouble: null });
    expect(stage()).toMatchObject({ committedAt: expect.any(String) });
    expect(sh('wc -l < /var/log/stand-in/systemctl.log')).toBe(restarts);
  });

  it('restarts by itself at the instant that it was armed for, with nobody there', async () => {
    stage();
    expect(ask({ act: 'arm', rotation, unit: UNIT, port, at: Date.now() + 1_200 })).toMatchObject({
      armedFor: expect.any(String),
    });
    expect(inForce()).toBe(OLD);
    expect(refused(ask({ act: 'drop', rotation }))).toBe('too-late');
    await expect.poll(() => statusOf(token), { timeout: 20_000 }).toBe('200');
    expect(inForce()).toBe(token);
  });

  it('takes back what was staged, and nothing of it stays', () => {
    stage();
    expect(ask({ act: 'drop', rotation })).toMatchObject({ stagedAt: null });
    expect(sh(`ls -A ${TOKEN_FOLDER}`).trim().split('\n')).not.toContain(
      `.swarm-token.swarmkeep-${rotation}`,
    );
    expect(sh(`grep -rls ${token} /var/lib/swarmkeep /home/mycoswarm /tmp /run /var/log /etc || true`)).toBe(
      '',
    );
    expect([inForce(), statusOf(OLD)]).toEqual([OLD, '200']);
  });

  it('asks to stage again when the agent took the staged file away or wrote another', () => {
    stage();
    sh(`rm ${TOKEN_FOLDER}/.swarm-token.swarmkeep-${rotation}`);
    expect(refused(commit())).toBe('changed-since');
    expect(inForce()).toBe(OLD);
    stage();
    sh(`echo x > ${TOKEN_FOLDER}/.swarm-token.swarmkeep-${rotation}`);
    expect(refused(commit())).toBe('changed-since');
    stage();
    expect(commit()).toMatchObject({ answer: 'secret-progress' });
    expect(inForce()).toBe(token);
  });

  it.each([
    ['a link', `mv ${TOKEN_PATH} /tmp/elsewhere && ln -s /tmp/elsewhere ${TOKEN_PATH}`],
    ['a second name', `ln ${TOKEN_PATH} ${TOKEN_FOLDER}/other`],
    ['a folder', `rm ${TOKEN_PATH} && mkdir ${TOKEN_PATH}`],
    [
      'a folder that is a link',
      `mv ${TOKEN_FOLDER} /home/mycoswarm/away && ln -s /home/mycoswarm/away ${TOKEN_FOLDER}`,
    ],
  ])('stages nothing where the secret is %s', (_name, spoil) => {
    sh(spoil);
    expect(refused(stage())).toBe('unsafe-path');
    expect(ask({ act: 'look', path: TOKEN_PATH, port, nonce: '0'.repeat(64) })).toMatchObject({
      is: 'unfit',
    });
    sh(`rm -rf ${TOKEN_FOLDER} /home/mycoswarm/away /tmp/elsewhere`);
  });

  it('leaves nothing half written on a full disk', () => {
    sh(
      `mount -t tmpfs -o size=4k,mode=0755 tmpfs ${TOKEN_FOLDER} && printf '%s\\n' ${OLD} > ${TOKEN_PATH} && chown -R 1990:1990 ${TOKEN_FOLDER}`,
    );
    expect(refused(stage())).toBe('no-space');
    expect(sh(`ls -A ${TOKEN_FOLDER}`).trim()).toBe('swarm-token');
    sh(`umount ${TOKEN_FOLDER}`);
  });

  it('says so when the home is read-only', () => {
    sh(`mount --bind ${TOKEN_FOLDER} ${TOKEN_FOLDER} && mount -o remount,ro,bind ${TOKEN_FOLDER}`);
    expect(refused(stage())).toBe('read-only');
    sh(`umount ${TOKEN_FOLDER}`);
  });

  it('gives a node its first secret with the owner that was asked for', () => {
    sh(`rm ${TOKEN_PATH}`);
    expect(stage()).toMatchObject({ answer: 'secret-progress' });
    commit();
    expect([inForce(), sh(`stat -c '%a %u' ${TOKEN_PATH}`).trim()]).toEqual([token, '600 1990']);
    expect(
      ask({ act: 'verify', rotation, path: TOKEN_PATH, port, nonce: '0'.repeat(64), others: [], waitMs: 0 }),
    ).toMatchObject({
      status: 200,
      wrong: 403,
      hadOld: false,
    });
  });

  it('gives one rotation the node, and refuses another one', () => {
    stage();
    const other = 'f'.repeat(32);
    expect(
      refused(ask({ act: 'stage', rotation: other, path: TOKEN_PATH, token: 'a'.repeat(64), owner })),
    ).toBe('busy');
    expect(refused(fence({ rotation: other }))).toBe('busy');
    expect(refused(ask({ act: 'drop', rotation: other }))).toBe('busy');
    ask({ act: 'drop', rotation });
    expect(
      ask({ act: 'stage', rotation: other, path: TOKEN_PATH, token: 'a'.repeat(64), owner }),
    ).toMatchObject({
      answer: 'secret-progress',
    });
    ask({ act: 'drop', rotation: other });
  });

  it('keeps the account from strangers, shows that it does, and lets the listed pass', () => {
    expect(fence()).toMatchObject({ answer: 'fenced', tried: [{ address: '10.9.0.9', outcome: 'stopped' }] });
    const reach = (address: string, more = '') =>
      sh(
        `setpriv --reuid=1990 --regid=1990 --clear-groups curl -s -m 5 -o /dev/null -w '%{http_code}' http://${address}${more} || true`,
      );
    expect(reach('10.9.0.1:7890/health')).toBe('200');
    expect(reach('127.0.0.1:7890/health')).toBe('200');
    const drops = () =>
      [...sh('nft list table inet swarmkeep_rotation').matchAll(/packets (\d+)/g)].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
    const isDropped = (address: string) => {
      const before = drops();
      sh(`setpriv --reuid=1990 --regid=1990 --clear-groups curl -s -m 0.2 http://${address}:9999/ || true`);
      return drops() > before;
    };
    expect([isDropped('10.9.0.9'), isDropped('10.9.0.2')]).toEqual([true, false]);
    expect(fence({ scope: 'swarm', shuts: ['10.9.0.8'], tries: ['10.9.0.9', '10.9.0.8'] })).toMatchObject({
      answer: 'fenced',
    });
    expect([isDropped('10.9.0.9'), isDropped('10.9.0.8')]).toEqual([false, true]);
    expect(ask({ act: 'lift', rotation })).toMatchObject({ answer: 'fenced', table: null });
    expect(sh('nft list tables')).not.toContain('swarmkeep_rotation');
  });

  it('leaves the fence of the secret in force when a later rotation is taken back, and ends it when one is not', () => {
    const kept = () => sh('nft list table inet swarmkeep_rotation 2>/dev/null || true');
    // One that is done and keeps somebody out.
    expect(fence({ scope: 'swarm', shuts: ['10.9.0.8'], tries: ['10.9.0.8'] })).toMatchObject({
      answer: 'fenced',
    });
    expect(ask({ act: 'finish', rotation })).toMatchObject({ answer: 'secret-progress' });
    expect(kept()).toContain('10.9.0.8');
    const later = 'e'.repeat(32);
    expect(fence({ rotation: later })).toMatchObject({ answer: 'fenced' });
    expect(kept()).not.toContain('10.9.0.8');
    expect(ask({ act: 'lift', rotation: later })).toMatchObject({ answer: 'fenced' });
    expect(ask({ act: 'drop', rotation: later })).toMatchObject({ answer: 'secret-progress' });
    expect(kept()).toContain('10.9.0.8');

    // One that comes into force takes the former fence along.
    const next = 'd'.repeat(32);
    expect(fence({ rotation: next })).toMatchObject({ answer: 'fenced' });
    ask({ act: 'stage', rotation: next, path: TOKEN_PATH, token, owner });
    expect(ask({ act: 'commit', rotation: next, unit: UNIT, port })).toMatchObject({
      answer: 'secret-progress',
      trouble: null,
    });
    expect(ask({ act: 'lift', rotation: next })).toMatchObject({ answer: 'fenced' });
    expect(kept()).toBe('');
    expect(ask({ act: 'finish', rotation: next })).toMatchObject({ answer: 'secret-progress' });
  });

  it('is put in place again where the agent wrote another one over it, and keeps the old one to ask with', () => {
    stage();
    commit();
    sh(`printf '%s\\n' ${'3'.repeat(64)} > ${TOKEN_PATH}`);
    const restarts = Number(sh('wc -l < /var/log/stand-in/systemctl.log'));
    // To commit is done, and touches nothing; only what is staged anew is committed anew.
    expect(commit()).toMatchObject({ answer: 'secret-progress' });
    expect(inForce()).toBe('3'.repeat(64));
    expect(stage()).toMatchObject({ answer: 'secret-progress', committedAt: null });
    expect(refused(ask({ act: 'finish', rotation }))).toBe('too-late');
    expect(commit()).toMatchObject({ committedAt: expect.any(String), acceptsSince: expect.any(String) });
    expect([inForce(), statusOf(token), statusOf('3'.repeat(64))]).toEqual([token, '200', '403']);
    expect(Number(sh('wc -l < /var/log/stand-in/systemctl.log'))).toBe(restarts + 1);
    expect(sh(`cat /var/lib/swarmkeep/rotations/${rotation}/old`).trim()).toBe(OLD);
    expect(ask({ act: 'finish', rotation })).toMatchObject({ answer: 'secret-progress' });
  });

  it('is never put back by an earlier rotation, asked or by itself, and nothing of that one stays', () => {
    stage();
    ask({ act: 'arm', rotation, unit: UNIT, port, at: Date.now() + 590_000 });
    const later = 'c'.repeat(32);
    const newer = randomBytes(32).toString('hex');
    const { former } = { former: [rotation] };
    expect(refused(fence({ rotation: later }))).toBe('busy');
    expect(fence({ rotation: later, former })).toMatchObject({ answer: 'fenced' });
    ask({ act: 'stage', rotation: later, path: TOKEN_PATH, token: newer, owner });
    expect(ask({ act: 'commit', rotation: later, unit: UNIT, port })).toMatchObject({ trouble: null });
    expect(inForce()).toBe(newer);
    // Its console slept past its lease; the machine restarts.
    sh('rm /var/lib/swarmkeep/rotation-lease');
    sh(`${helper.argv.slice(-1)[0]} --revert-unconfirmed || true`);
    expect([refused(commit()), refused(stage()), refused(fence())]).toEqual([
      'superseded',
      'superseded',
      'superseded',
    ]);
    expect(inForce()).toBe(newer);
    expect(ask({ act: 'finish', rotation: later })).toMatchObject({ answer: 'secret-progress' });
    expect(sh(`ls -A ${TOKEN_FOLDER} /var/lib/swarmkeep/rotations`)).not.toContain(rotation);
    expect(sh(`grep -rls -e ${token} -e ${OLD} /var/lib/swarmkeep ${TOKEN_FOLDER} || true`)).toBe('');
    expect(ask({ act: 'lift', rotation: later, all: true })).toMatchObject({ answer: 'fenced' });
    ask({ act: 'drop', rotation: later });
  });

  it('counts a fence as taken away where none was loaded, without nft too, and says so where one may stand', () => {
    const hide = () => sh('mv /usr/sbin/nft /usr/sbin/nft.away');
    const show = () => sh('[ ! -e /usr/sbin/nft.away ] || mv /usr/sbin/nft.away /usr/sbin/nft');
    try {
      hide();
      expect(ask({ act: 'lift', rotation })).toMatchObject({ answer: 'fenced', table: null });
      show();
      fence();
      hide();
      expect([1, 2].map(() => refused(ask({ act: 'lift', rotation })))).toEqual([
        'missing-tool',
        'missing-tool',
      ]);
      expect(ask({ act: 'drop', rotation })).toMatchObject({ answer: 'secret-progress' });
      show();
      expect(ask({ act: 'lift', rotation })).toMatchObject({ answer: 'fenced' });
      expect(sh('nft list tables')).not.toContain('swarmkeep_rotation');
    } finally {
      show();
      ask({ act: 'lift', rotation });
      ask({ act: 'drop', rotation });
    }
  });

  it('says when the fence does not hold', () => {
    // Somebody else's table sends it round by an address that the fence lets through.
    sh(
      `nft 'table ip cheat { chain o { type nat hook output priority -100; ip daddr 10.9.0.9 dnat to 10.9.0.1; }; }'`,
    );
    expect(refused(fence())).toBe('program-failed');
    sh('nft delete table ip cheat');
  });

  it('tells a missing secret from one that waits for a restart', async () => {
    sh(`printf '%s\\n' ${'2'.repeat(64)} > ${TOKEN_PATH}`);
    expect(ask({ act: 'look', path: TOKEN_PATH, port, nonce: '0'.repeat(64) })).toMatchObject({
      is: 'there',
      status: 403,
    });
    sh(`rm ${TOKEN_PATH}`);
    expect(ask({ act: 'look', path: TOKEN_PATH, port, nonce: '0'.repeat(64) })).toMatchObject({
      is: 'none',
      mac: null,
    });
    await sleep(0);
  });
});
