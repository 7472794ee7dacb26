import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { type RebuildWish, rebuildWish } from '#shared/domain/incident/rebuild.ts';
import { type KitInput, makeKit } from './make-kit.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)} andy@desk`;
const WISH: RebuildWish = {
  node: 'b2c1a9de-0000-4000-8000-000000000001',
  hostName: 'naru',
  account: 'keeper',
  keys: [KEY],
};
const LOCK = {
  text: `mycoswarm==0.2.16 \\\n    --hash=sha256:${'a'.repeat(64)}\n`,
  hashed: 1,
  unhashed: [],
  left: [],
  command: null,
};
const INPUT: KitInput = {
  wish: WISH,
  nodeName: 'naru',
  port: 7_890,
  peers: [
    { version: 4, address: '10.0.0.11' },
    { version: 6, address: 'fd00::11' },
  ],
  lock: LOCK,
  version: '0.2.16',
  instance: 'd'.repeat(32),
};

const textsOf = (kit = makeKit(INPUT)) => Object.fromEntries(kit.files.map(({ path, text }) => [path, text]));
type Config = {
  users: { name: string; ssh_authorized_keys: string[]; lock_passwd: boolean }[];
  write_files: { path: string; content: string; permissions: string; owner: string }[];
  runcmd: unknown;
  ssh_pwauth: boolean;
  ssh_deletekeys: boolean;
};

describe('a kit to set a node up anew', () => {
  it('tells cloud-init the account, the key, every file and the first start', () => {
    const text = textsOf()['cloud-init/user-data'] ?? '';
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    const config = load(text) as Config;
    expect(config.users).toEqual([
      expect.objectContaining({ name: 'keeper', ssh_authorized_keys: [KEY], lock_passwd: true }),
    ]);
    expect(config).toMatchObject({ ssh_pwauth: false, ssh_deletekeys: true });
    expect(config.runcmd).toEqual([['/bin/sh', '/var/lib/swarmkeep-kit/first-boot.sh']]);
    for (const one of config.write_files) expect(one.owner).toBe('root:root');
  });

  it('places the same files by every way', () => {
    const texts = textsOf();
    const config = load(texts['cloud-init/user-data'] ?? '') as Config;
    const inner = load(texts['autoinstall/user-data'] ?? '') as { autoinstall: { 'user-data': Config } };
    expect(inner.autoinstall['user-data']).toEqual(config);
    for (const { path, content } of config.write_files.filter((one) => !one.path.endsWith('first-boot.sh')))
      expect(texts[`by-hand/${path.slice(1).replaceAll('/', '__')}`]).toBe(content);
    const script = config.write_files.find(({ path }) => path.endsWith('first-boot.sh'))?.content;
    expect(texts['by-hand/first-boot.sh']).toBe(script);
  });

  it('lets the agent reach listed nodes only, and waits for the secret', () => {
    const texts = textsOf();
    const rules = texts['by-hand/etc__nftables.d__swarmkeep-agent.nft'] ?? '';
    expect(rules).toContain('meta skuid { 790 } goto agent');
    expect(rules).toContain('10.0.0.11');
    expect(rules).toContain('fd00::11');
    const units = Object.entries(texts).filter(([path]) => path.includes('mycoswarm.service.d'));
    expect(units.map(([, text]) => text).join('')).toContain(
      'ConditionPathExists=/var/lib/mycoswarm/.config/mycoswarm/swarm-token',
    );
  });

  it('installs what is pinned, by hash where every hash is known', () => {
    expect(textsOf()['by-hand/first-boot.sh']).toMatch(/--only-binary=:all: --no-deps --require-hashes -r/);
    const half = { ...LOCK, hashed: 0, unhashed: [{ name: 'mycoswarm', why: 'x' }] };
    const kit = makeKit({ ...INPUT, lock: half });
    expect(textsOf(kit)['by-hand/first-boot.sh']).not.toContain('--require-hashes');
    expect(kit.lacking.join()).toMatch(/pinned by version only/);
    const none = makeKit({ ...INPUT, lock: null });
    expect(textsOf(none)['by-hand/var__lib__swarmkeep-kit__requirements.txt']).toBe('mycoswarm==0.2.16\n');
    expect(none.lacking.join()).toMatch(/was not seen/);
    expect(makeKit(INPUT).lacking).toEqual([]);
  });

  it('has no secret, no password, and no plugin of the old node', () => {
    const all = makeKit(INPUT)
      .files.map(({ text }) => text)
      .join('\n');
    // A hash of a requirement is the only long number in it.
    const plain = all.replaceAll('a'.repeat(64), '');
    expect(/(?<!lock_)passwd:|password:|PRIVATE KEY|[0-9a-f]{64}/.exec(plain)?.[0]).toBeUndefined();
    expect(textsOf()['README.md']).toMatch(/Plugins \| Do not copy them/);
  });

  it.each(['by-hand/first-boot.sh', 'by-hand/install.sh'])('%s is a script that sh reads', (path) => {
    const { status, stderr } = spawnSync('/bin/sh', ['-n'], { input: textsOf()[path] ?? '' });
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('takes no name, account or key with which something else could be said', () => {
    for (const wrong of [
      { hostName: 'naru; reboot' },
      { hostName: '-naru' },
      { account: 'root' },
      { account: 'mycoswarm' },
      { account: 'a:b' },
      { keys: [] },
      { keys: [`command="x" ${KEY}`] },
      { keys: [`${KEY}\nssh-ed25519 ${'B'.repeat(68)}`] },
      { keys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] },
    ])
      expect([wrong, rebuildWish.safeParse({ ...WISH, ...wrong }).success]).toEqual([wrong, false]);
    expect(rebuildWish.safeParse(WISH).success).toBe(true);
  });

  it('keeps its form, whatever a key is called and a package says', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)),
          maxLength: 100,
        }),
        fc.string({ unit: 'binary', maxLength: 100 }),
        (comment, words) => {
          const keys = [`ssh-ed25519 ${'A'.repeat(68)} ${comment}`];
          const lock = { ...LOCK, text: `${LOCK.text}# ${words}`, left: [{ name: words, why: words }] };
          const texts = textsOf(makeKit({ ...INPUT, wish: { ...WISH, keys }, nodeName: words, lock }));
          const config = load(texts['cloud-init/user-data'] ?? '') as Config;
          expect(Object.keys(config)).toEqual(
            Object.keys(load(textsOf()['cloud-init/user-data'] ?? '') as Config),
          );
          expect(config.users[0]?.ssh_authorized_keys).toEqual(keys);
        },
      ),
      { numRuns: 50 },
    );
  });
});
