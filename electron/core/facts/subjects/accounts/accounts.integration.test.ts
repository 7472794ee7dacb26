import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it, type TestContext } from 'vitest';
import type { AccountFacts } from '#shared/domain/facts/accounts.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import { accountsCollector } from '../accounts.ts';
import { homeProgramsScript } from './script.ts';

/**
 * A copy of /etc and empty folders that only the new mount namespace sees; gone when its last process ends. What this machine
 * has below /root, /tmp, /var/tmp and /opt is hidden: nothing here is about it, and each look would search it.
 */
const PRIVATE = `mount -t tmpfs -o mode=700 none /root; for hidden in /tmp /var/tmp /opt /var/cache /var/log /usr/src; do [ ! -d $hidden ] || mount -t tmpfs none $hidden; done
mount -t tmpfs none /srv; mkdir /srv/etc /srv/open; cp -a /etc/. /srv/etc; mount --bind /srv/etc /etc
mount -t tmpfs none /home; rm -f /etc/sudoers.d/*; chmod 755 /etc/sudoers.d
printf 'swk:x:64321:64321::/home/swk:/bin/sh\\n' >>/etc/passwd; printf 'swk:x:64321:\\n' >>/etc/group
mkdir -m 700 /home/swk; chown 64321:64321 /home/swk; echo 'root ALL=(ALL:ALL) ALL' >/etc/sudoers`;

function unshared(context: TestContext, prepare: string, input: string) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    context.skip('needs root on Linux for a mount namespace of its own');
  if (!existsSync('/usr/bin/unshare')) context.skip('needs unshare');
  const script = `{ ${PRIVATE}\n${prepare}\n} </dev/null >/dev/null || exit 99; exec /bin/sh -s`;
  const result = spawnSync('unshare', ['-m', '/bin/sh', '-ec', script], {
    input,
    timeout: 20_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  expect(result.status, result.stderr.toString()).not.toBe(99);
  return result;
}

/**
 * What the collector sees as root after `prepare` ran in a namespace of its own. The searches for programs, which go through
 * all of /usr, are made where it is about programs.
 */
function look(context: TestContext, prepare: string, searches: 'with searches' | 'without' = 'without') {
  const asked = {
    privilege: 'root' as const,
    now: new Date(),
    skewMs: null,
    salt: '',
    profile: { instances: [], corrected: [] },
    seen: {},
  };
  const programs = [accountsCollector.aside?.script ?? '', homeProgramsScript(asked)];
  const scripts = [accountsCollector.script(asked), ...(searches === 'without' ? [] : programs)];
  const { stdout, stderr, status } = unshared(
    context,
    prepare,
    // The patience that a look has with a machine known to be slow: this one may be busy.
    `patience=4\n${scripts.map((script) => `( ${script} )\n`).join('')}`,
  );
  const collected = accountsCollector.parse(
    { stdout, stderr: stderr.toString(), exitCode: status, timedOut: false, cut: false, tookMs: 0 },
    asked,
  );
  if (!collected.seen) throw new Error(collected.reason);
  const { value, gaps }: { value: AccountFacts; gaps: Gap[] } = collected;
  const swk = value.accounts.find((account) => account.name === 'swk');
  return { value, swk, gaps: gaps.map((gap) => gap.what) };
}

it('reads what sudoers includes: files, folders, relative ones, in a circle', {
  timeout: 30_000,
}, (context) => {
  const { swk, gaps } = look(
    context,
    `echo '@include sudoers.swk' >>/etc/sudoers; printf '@include /etc/sudoers\\n#includedir /etc/more.d\\n@include /etc/none\\n' >/etc/sudoers.swk
mkdir /etc/more.d; echo 'SWK ALL=(ALL) ALL' >/etc/more.d/10-swk; echo 'swk ALL=no' >/etc/more.d/off.bak`,
  );
  expect(swk?.sudoRules).toEqual(['SWK ALL=(ALL) ALL']);
  expect(gaps.filter((what) => what.startsWith('rules of sudo'))).toEqual([]);
});

it.for([
  ['a link', 'echo x >/etc/real; ln -s /etc/real /etc/sudoers.swk'],
  ['a file of another account', 'echo x >/etc/sudoers.swk; chown 64321 /etc/sudoers.swk'],
  ['a file that others may write', 'echo x >/etc/sudoers.swk; chmod 666 /etc/sudoers.swk'],
  ['a pipe', 'mkfifo /etc/sudoers.swk'],
])('knows no rules of anybody where an included file is %s', { timeout: 30_000 }, ([, prepare], context) => {
  const { value, gaps } = look(context, `echo '@include /etc/sudoers.swk' >>/etc/sudoers; ${prepare}`);
  expect(new Set(value.accounts.map((account) => account.sudoRules))).toEqual(new Set([null]));
  expect(gaps).toContain('rules of sudo in /etc/sudoers.swk');
});

it.for([
  'SWK ALL=(ALL) ALL',
  '%SWK ALL=(ALL) ALL',
  'sw\\x6b ALL=(ALL) ALL',
  '#064321 ALL=(ALL) ALL',
  '# x \\\nswk ALL=(ALL) ALL',
  '!!swk ALL=(ALL) ALL',
  'User_Alias OFF = !swk\n!OFF ALL=(ALL) ALL',
])('sees a rule as sudo itself does: %s', { timeout: 30_000 }, (rule, context) => {
  if (!existsSync('/usr/bin/sudo')) context.skip('needs sudo');
  const prepare = `cat >>/etc/sudoers <<'END'\n${rule}\nEND\nchmod 440 /etc/sudoers`;
  const said = unshared(context, prepare, 'sudo -l -U swk').stdout.toString();
  expect(said).toContain('may run the following commands');
  expect(look(context, prepare).swk?.sudoRules).toHaveLength(1);
});

it('sees a home through a link, says which one is not there, and doubts what it cannot see', {
  timeout: 30_000,
}, (context) => {
  const { value, swk, gaps } = look(
    context,
    `mkdir -m 751 /srv/real; chown 64321 /srv/real; rmdir /home/swk; ln -s /srv/real /home/swk
printf 'gone:x:64322:64321::/home/gone:/bin/sh\\nodd:x:64323:64321::/home/odd:/bin/sh\\n' >>/etc/passwd; ln -s /home/nowhere /home/odd`,
  );
  expect(swk?.homeDirectory).toMatchObject({
    mode: 0o751,
    uid: 64_321,
    acl: false,
    resolved: '/srv/real',
  });
  expect(value.accounts.find((account) => account.name === 'root')?.homeDirectory?.resolved).toBe('/root');
  const of = (name: string) => value.accounts.find((account) => account.name === name);
  expect(of('gone')).toMatchObject({ homeDirectory: null, authorizedKeys: 0 });
  expect(of('odd')).toMatchObject({ homeDirectory: null, authorizedKeys: null });
  expect(gaps.filter((what) => what.startsWith('home /home/'))).toEqual(['home /home/odd']);
});

const KEY = 'ssh-ed25519 AAAA swk';
const SSH = `mkdir -p /etc/ssh/keys; rm -rf /etc/ssh/sshd_config.d; mkdir /etc/ssh/sshd_config.d; mkdir /home/swk/.ssh; echo 'Include /etc/ssh/sshd_config.d/*.conf' >/etc/ssh/sshd_config`;
it.for<[string, string, number | null]>([
  ['a file in the home', `echo '${KEY}' >/home/swk/.ssh/authorized_keys`, 1],
  ['none', ':', 0],
  ['a link', `echo '${KEY}' >/home/swk/k; ln -s ../k /home/swk/.ssh/authorized_keys`, null],
  ['a link that leads nowhere', 'ln -s /none /home/swk/.ssh/authorized_keys', null],
  ['a pipe', 'mkfifo /home/swk/.ssh/authorized_keys', null],
  [
    'a file that a Match block of an included file names',
    `printf 'Match User swk\\n authorizedkeysfile=.ssh/authorized_keys "/etc/ssh/keys/%%u"\\n' >/etc/ssh/sshd_config.d/a.conf; echo '${KEY}' >/etc/ssh/keys/swk`,
    1,
  ],
  [
    'a link elsewhere',
    `echo 'AuthorizedKeysFile /etc/ssh/keys/%u' >>/etc/ssh/sshd_config; ln -s /etc/passwd /etc/ssh/keys/swk`,
    null,
  ],
  [
    'more than is read',
    `{ yes '#' | head -c 1048576; echo '${KEY}'; } >/home/swk/.ssh/authorized_keys`,
    null,
  ],
  ['what a program says', 'echo "AuthorizedKeysCommand /usr/bin/keys" >>/etc/ssh/sshd_config', null],
  ['a token that is not known', 'echo "AuthorizedKeysFile /etc/ssh/%q" >>/etc/ssh/sshd_config', null],
])('counts keys where there is %s', { timeout: 30_000 }, ([, prepare, expected], context) => {
  expect(look(context, `${SSH}; ${prepare}`).swk?.authorizedKeys).toBe(expected);
});

it('finds programs with setuid bit outside of system folders, not where it means nothing', {
  timeout: 30_000,
}, (context) => {
  const { value, gaps } = look(
    context,
    `cp /usr/bin/true /srv/helper; chmod 4755 /srv/helper; cp /srv/helper /home/helper2; chmod 2755 /home/helper2
mkdir /srv/off /srv/disk; mount -t tmpfs -o nosuid none /srv/off; mount -t tmpfs none /srv/disk
cp /usr/bin/true /srv/off/helper; chmod 4755 /srv/off/helper; cp -p /srv/off/helper /srv/disk/helper
cp /usr/bin/true /srv/able; setcap cap_setuid+ep /srv/able || :`,
    'with searches',
  );
  expect(gaps.filter((what) => what.startsWith('setuid programs'))).toEqual([]);
  const found = value.setuidPrograms.filter(
    ({ path }) => /^\/(srv|home)\//.test(path) && !path.startsWith('/srv/etc'),
  );
  expect(found.map(({ path }) => path).filter((path) => path !== '/srv/able')).toEqual([
    '/home/helper2',
    '/srv/disk/helper',
    '/srv/helper',
  ]);
  if (existsSync('/usr/sbin/setcap'))
    expect(found.find(({ path }) => path === '/srv/able')?.capabilities).toContain('cap_setuid');
});

it('reads the rules of doas and of polkit that somebody added, and sees what ksu asks for', (context) => {
  const { value, gaps } = look(
    context,
    `printf 'permit nopass swk\\n' >/etc/doas.conf; chmod 600 /etc/doas.conf
    rm -rf /etc/polkit-1 /etc/doas.d; mkdir -p /etc/polkit-1/rules.d /etc/polkit-1/localauthority/50-local.d /etc/polkit-1/localauthority/10-vendor.d
    echo 'polkit.addRule(0)' >/etc/polkit-1/rules.d/50-own.rules; echo x >/etc/polkit-1/localauthority/50-local.d/a.pkla
    echo x >/etc/polkit-1/localauthority/10-vendor.d/b.pkla
    echo secret >/srv/elsewhere; ln -s /srv/elsewhere /etc/polkit-1/rules.d/60-link.rules
    echo open >/etc/polkit-1/rules.d/70-open.rules; chmod 666 /etc/polkit-1/rules.d/70-open.rules
    echo root@EXAMPLE >/home/swk/.k5users`,
  );
  const { elevation } = value;
  expect(gaps).not.toContain('some of the accounts');
  expect(elevation?.doas.filter(({ path }) => path === '/etc/doas.conf')).toEqual([
    { path: '/etc/doas.conf', text: 'permit nopass swk\n' },
  ]);
  expect(elevation?.polkit).toEqual(
    expect.arrayContaining([
      { path: '/etc/polkit-1/rules.d/50-own.rules', text: 'polkit.addRule(0)\n' },
      { path: '/etc/polkit-1/localauthority/50-local.d/a.pkla', text: 'x\n' },
      { path: '/etc/polkit-1/rules.d/60-link.rules', text: null },
      { path: '/etc/polkit-1/rules.d/70-open.rules', text: null },
    ]),
  );
  expect(JSON.stringify(elevation)).not.toMatch(/10-vendor|secret/);
  expect(elevation?.kerberos).toEqual(['/home/swk/.k5users']);
});

it('takes the folder of polkit as Debian ships it, and not one of anybody else', (context) => {
  const set = (owner: string) =>
    `rm -rf /etc/polkit-1; install -d -m 700 /etc/polkit-1/rules.d; grep -q ^polkitd: /etc/passwd || echo 'polkitd:x:61999:61999::/:/bin/false' >>/etc/passwd
    echo 'polkit.addRule(0)' >/etc/polkit-1/rules.d/50-own.rules; chown ${owner} /etc/polkit-1/rules.d`;
  expect(look(context, set('polkitd')).value.elevation?.polkit).toEqual([
    { path: '/etc/polkit-1/rules.d/50-own.rules', text: 'polkit.addRule(0)\n' },
  ]);
  expect(look(context, set('swk')).value.elevation?.polkit).toEqual([
    { path: '/etc/polkit-1/rules.d', text: null },
  ]);
});

it('finds no rules of doas where there are none', (context) => {
  const { value } = look(context, 'rm -rf /etc/doas.conf /etc/doas.d /etc/polkit-1');
  expect(value.elevation).toMatchObject({ doas: [], polkit: [], kerberos: [] });
});
