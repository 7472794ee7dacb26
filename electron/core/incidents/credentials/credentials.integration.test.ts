import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { nodeCredentials } from '#shared/domain/incident/credentials.ts';
import { blankInstance, type Profile } from '#shared/domain/profile.ts';
import { reachableCredentials } from './credentials.ts';
import { CREDENTIAL_FILES } from './known-credentials.ts';

const AGENT = 64_777;
const VALUE = 'never-to-be-seen-0123456789';
let base: string;
let home: string;
let profile: Profile;

const put = (path: string, mode = 0o600, uid = AGENT): void => {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, VALUE);
  chmodSync(file, mode);
  execFileSync('chown', ['-R', String(AGENT), join(home, path.split('/')[0] ?? '')]);
  execFileSync('chown', [String(uid), file]);
};
const root = process.getuid?.() === 0;

beforeAll(() => {
  if (!root) return;
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-credentials-'));
  chmodSync(base, 0o755);
  home = join(base, 'home');
  mkdirSync(home, { mode: 0o755 });
  put('.aws/credentials');
  put('.netrc', 0o600, 0);
  put('.npmrc', 0o644, 0);
  put('.ssh/id_ed25519');
  put('.ssh/id_ed25519.pub');
  put('.config/mycoswarm/swarm-token');
  put('.mozilla/firefox/a b.default/logins.json');
  put('project/.env');
  const instance = {
    ...blankInstance('m', 'systemd'),
    uid: AGENT,
    home,
    configurationFolder: join(home, '.config/mycoswarm'),
  };
  profile = { instances: [instance], corrected: [] };
});
afterAll(() => {
  if (root) rmSync(base, { recursive: true, force: true });
});

describe.skipIf(!root)('credentials that agents could read', () => {
  it('are listed by name and place, never by value, and not where the kernel says no', async () => {
    const host = localHost();
    const request = { host, node: { id: 'miu', name: 'miu' }, profile, facts: null, now: () => new Date() };
    const list = await reachableCredentials(request);
    const again = await reachableCredentials(request);
    await host.close();
    const inHome = list.credentials.filter(({ place }) => place.startsWith(home));
    expect(inHome.map(({ kind, place, reach }) => [kind, place.slice(home.length + 1), reach])).toEqual([
      ['swarm-token', '.config/mycoswarm/swarm-token', 'readable'],
      ['cloud-account', '.aws/credentials', 'readable'],
      ['ssh-key', '.ssh/id_ed25519', 'readable'],
      ['package-registry', '.npmrc', 'readable'],
      ['browser', '.mozilla/firefox/a b.default/logins.json', 'readable'],
      ['environment', 'project/.env', 'readable'],
    ]);
    expect(JSON.stringify(list)).not.toContain(VALUE);
    expect(nodeCredentials.parse(list)).toEqual(list);
    expect(again.credentials.map(({ id }) => id)).toEqual(list.credentials.map(({ id }) => id));
  });

  it('are told from the last look when the node is away', async () => {
    const list = await reachableCredentials({
      host: null,
      node: { id: 'miu', name: 'miu' },
      profile,
      facts: null,
      now: () => new Date(),
    });
    expect(list.credentials).toEqual([]);
    expect(list.unseen.join(' ')).toContain('not asked');
    expect(list.sentence).toContain('there may be more');
  });

  it('each say what to do about them', () => {
    for (const { path, revoke, revokeAt } of CREDENTIAL_FILES) {
      expect(revoke.length, path).toBeGreaterThan(10);
      expect(revokeAt === null || revokeAt.startsWith('https://'), path).toBe(true);
    }
  });
});
