import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, declare, inputFor, networkInterface } from '#core/checks/testing/facts-builder.ts';
import { fiveLines, NO_BOOT, NO_RULES, withFirewall } from '#core/checks/testing/firewall-facts.ts';
import { agentAccount, but, hardened, unitWith } from '#core/checks/testing/situations.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import { fixOf, outcomeFor, planFor, reasonFor, verbsOf } from './testing/plan-for.ts';
import { statesOf } from './testing/states.ts';
import { writtenBy } from './testing/written-by.ts';

const open = withFirewall({ nftJson: NO_RULES, boot: NO_BOOT });
const passwords = but('sshServer', (value) => {
  if (value.effective !== null) value.effective.passwordauthentication = ['yes'];
});
const MAIN = '/etc/ssh/sshd_config';
const INCLUDE = { [MAIN]: 'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n' };

describe('the fix of the SSH server', () => {
  const noKeys = changed(passwords, 'accounts', (value) => {
    for (const account of value.accounts) account.authorizedKeys = 0;
  });

  it('tries what is written before it is used, now and when it is kept, and lets a restart forget it until then', () => {
    const plan = planFor('ssh-server', passwords, { texts: INCLUDE });
    expect(plan.mayCutOff).toBe(true);
    expect(verbsOf(plan)).toEqual([
      'after-undo',
      'make-directory',
      'write-file',
      'write-file',
      'test-ssh-server',
      'set-unit',
      'when-kept write-file',
      'when-kept test-ssh-server',
      'when-kept set-unit',
    ]);
    // What lies in /etc before it is kept names a file that a restart forgets.
    const [, , , pointer] = plan.steps;
    expect(pointer?.preview).toMatchObject({ after: 'Include /run/swarmkeep/sshd.conf\n' });
    expect(writtenBy(plan, '/run/swarmkeep/sshd.conf')).toContain('PasswordAuthentication no\n');
  });

  it('knows an administrator by the group where the rules of sudo are closed to it', () => {
    const closed = (groups: string[]) =>
      changed(passwords, 'accounts', (value) => {
        for (const account of value.accounts) {
          account.authorizedKeys = account.name === 'minotaur' ? 1 : 0;
          account.sudoRules = null;
          account.groups = account.name === 'minotaur' ? groups : [];
        }
      });
    expect(planFor('ssh-server', closed(['sudo']), { texts: INCLUDE }).steps.length).toBeGreaterThan(0);
    expect(reasonFor('ssh-server', closed(['users']), { texts: INCLUDE })).toMatch(/nobody would get in/);
  });

  it('leaves passwords on where nobody who may act as administrator has a key', () => {
    expect(reasonFor('ssh-server', noKeys, { texts: INCLUDE })).toMatch(/nobody would get in/);
    const others = changed(noKeys, 'accounts', (value) => {
      for (const account of value.accounts) if (account.name === 'mycoswarm') account.authorizedKeys = 1;
    });
    expect(reasonFor('ssh-server', others, { texts: INCLUDE })).toMatch(/nobody would get in/);
  });

  it.each([
    ['no Include', 'PasswordAuthentication yes\n'],
    ['an Include after a setting', 'PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n'],
    ['an Include inside of a Match block', 'Match User x\nInclude /etc/ssh/sshd_config.d/*.conf\n'],
  ])('is left to a person with %s', (_, text) => {
    expect(reasonFor('ssh-server', passwords, { texts: { [MAIN]: text } })).toMatch(/first counts/);
  });

  it('is left to a person where a Match block turns passwords on', () => {
    const facts = changed(passwords, 'sshServer', (value) => {
      value.written.push({ keyword: 'passwordauthentication', value: 'yes', file: MAIN, inMatch: true });
    });
    expect(reasonFor('ssh-server', facts, { texts: INCLUDE })).toMatch(/Match block/);
  });
});

describe('the fence', () => {
  it('stands behind a guard for its way back: the daemon must not stop with the unit that it requires', () => {
    const plan = planFor('outbound-firewall', open);
    expect(verbsOf(plan)).toEqual([
      'after-undo',
      'load-table',
      'make-directory',
      'write-file',
      'write-file',
      'set-unit',
      'after-undo',
      'make-directory',
      'write-file',
      'set-unit',
    ]);
    expect(plan.steps.at(-1)?.action).toMatchObject({
      unit: 'mycoswarm.service',
      action: 'restart',
      reread: true,
    });
    expect(plan.mayCutOff).toBe(false);
    expect(plan.proofs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'packet', uid: 1_001, address: '192.0.2.1', wanted: 'stopped' }),
        expect.objectContaining({ kind: 'packet', uid: 1_001, address: '2001:db8::1', wanted: 'stopped' }),
      ]),
    );
  });

  it('takes out the old line that blocks mDNS, for the uid of the agent only', () => {
    const plan = planFor('outbound-firewall', withFirewall({}, fiveLines()));
    expect(plan.steps.map(({ action }) => action)).toContainEqual({
      verb: 'remove-owner-drop',
      program: 'iptables',
      uid: 1_001,
    });
    const others = { ...fiveLines() };
    others.saves = others.saves.map((save) => ({ ...save, text: save.text.replaceAll('1001', '1002') }));
    expect(verbsOf(planFor('outbound-firewall', withFirewall({}, others)))).not.toContain(
      'remove-owner-drop',
    );
  });

  it.each([
    ['the account of a person', stockNode(), /a person's account/],
    [
      'an account that can be root',
      changed(open, 'accounts', (value) => {
        for (const account of value.accounts)
          if (account.uid === 1_001) account.groups = ['mycoswarm', 'docker'];
      }),
      /act as administrator/,
    ],
    [
      'a node without systemd',
      changed(
        changed(open, 'identity', (value) => Object.assign(value, { init: 'openrc' })),
        'units',
        (value) => Object.assign(value, { systemd: false }),
      ),
      /no systemd/,
    ],
  ])('is not put around %s', (_, facts, reason) => {
    expect(reasonFor('outbound-firewall', facts)).toMatch(reason);
  });

  it('installs nft where it is missing and apt is there', () => {
    const without = changed(open, 'firewall', (value) =>
      Object.assign(value, { toolsPresent: ['iptables'] }),
    );
    expect(planFor('outbound-firewall', without).steps[0]?.action).toEqual({
      verb: 'install-packages',
      packages: ['nftables'],
    });
    const other = changed(without, 'updates', (value) => Object.assign(value, { manager: 'dnf' }));
    expect(reasonFor('outbound-firewall', other)).toMatch(/nft is not on this node/);
  });
});

describe('what lies at the targets', () => {
  const plain = (path: string, state: object) => {
    const known = inputFor(open);
    const [finding] = runChecks(known, { only: ['outbound-firewall'] });
    if (finding === undefined) throw new Error('the check said nothing');
    const targets = fixOf('outbound-firewall').targets({ ...known, finding });
    const states = new Map([...statesOf(open, targets), [path, { path, ...state } as PathState]]);
    return outcomeFor('outbound-firewall', open, { states });
  };

  it.each([
    ['a link', { kind: 'other', what: 'link' }, /lies a link/],
    ['what could not be looked at', { kind: 'unseen', why: 'permission denied' }, /could not be looked at/],
    [
      'an immutable file',
      {
        kind: 'file',
        sha256: '0'.repeat(64),
        size: 1,
        extended: false,
        immutable: true,
        uid: 0,
        gid: 0,
        mode: 0o644,
        text: '',
      },
      /chattr/,
    ],
    [
      'a folder',
      { kind: 'directory', extended: false, immutable: false, uid: 0, gid: 0, mode: 0o755 },
      /lies a folder/,
    ],
  ])('keeps a plan from being made at %s', (_, state, reason) => {
    const outcome = plain('/etc/nftables.d/swarmkeep-agent.nft', state);
    expect(outcome.automatic ? '' : outcome.reason).toMatch(reason);
  });

  it('is shown as a preview where nothing may look, and writes over nothing unseen otherwise', () => {
    const preview = planFor('outbound-firewall', open, { states: new Map() });
    for (const { action } of preview.steps)
      if (action !== null && 'expect' in action) expect(action.expect).toEqual({ kind: 'any' });
    for (const { action } of planFor('outbound-firewall', open).steps)
      if (action !== null && 'expect' in action) expect(action.expect).not.toEqual({ kind: 'any' });
  });

  it('needs no step that is done already', () => {
    const first = planFor('outbound-firewall', open);
    const texts = Object.fromEntries(
      first.steps.flatMap(({ action }) =>
        action?.verb === 'write-file' ? [[action.path, writtenBy(first, action.path)]] : [],
      ),
    );
    expect(verbsOf(planFor('outbound-firewall', open, { texts }))).not.toContain('write-file');
  });
});

describe('the other fixes', () => {
  it('record nobody but the agent: not a person, not what is locked', () => {
    expect(reasonFor('audit-logging', stockNode())).toMatch(/every file that the person opens/);
    const locked = but('audit', (value) => Object.assign(value.auditd ?? {}, { enabled: 2, rules: [] }));
    expect(reasonFor('audit-logging', locked)).toMatch(/locked/);
  });

  it('load the audit rules again when the file of rules is taken back', () => {
    const plan = planFor(
      'audit-logging',
      but('audit', (value) => Object.assign(value.auditd ?? {}, { rules: [], rulesAtBoot: [] })),
    );
    expect(verbsOf(plan)).toEqual(['after-undo', 'write-file', 'load-audit-rules']);
    expect(plan.steps[0]?.action).toMatchObject({ loadAuditRules: true });
    expect(writtenBy(plan, '/etc/audit/rules.d/00-swarmkeep.rules')).toMatch(
      /-F arch=b64 .*execve.* -F uid=1001 .*\n.*-F arch=b32 /,
    );
  });

  it('take no interface down that leads to the rest of the world, or that a program made', () => {
    const vpn = but(
      'interfaces',
      (value) => void value.interfaces.push(networkInterface('wg0', 'vpn', ['10.9.0.2/24'])),
    );
    expect(reasonFor('unused-interfaces', vpn)).toMatch(/declare it/);
    const way = but('interfaces', (value) => {
      value.interfaces.push(networkInterface('wwan0', 'mobile', ['100.64.0.9/24']));
      value.routes.push({ family: 4, destination: 'default', gateway: null, interface: 'wwan0' });
    });
    expect(reasonFor('unused-interfaces', way)).toMatch(/the way to the rest of the world/);
    const unused = but(
      'interfaces',
      (value) => void value.interfaces.push(networkInterface('wlan0', 'wifi', ['192.168.7.9/24'])),
    );
    expect(
      verbsOf(planFor('unused-interfaces', unused)).filter((verb) => !verb.startsWith('when-kept')),
    ).toEqual(['set-link']);
    expect(planFor('unused-interfaces', unused).mayCutOff).toBe(true);
  });

  it('show nothing of a key, and leave alone what would break without its line', () => {
    const at = (place: string) =>
      but('credentials', (value) => {
        value.found.push({ name: 'OPENAI_API_KEY', provider: 'OpenAI', kind: 'file', place, pid: null });
      });
    const text =
      'db=geheim OPENAI_API_KEY=not-a-real-key\nexport OPENAI_API_KEY="not-a-real-key"\nOPENAI_API_KEY=not-a-real-key DB=geheim\nexport DB=geheim OPENAI_API_KEY=not-a-real-key\nPATH=/bin\n';
    const plan = planFor('cloud-api-keys', at('/home/mycoswarm/.env'), {
      texts: { '/home/mycoswarm/.env': text },
    });
    expect(JSON.stringify(plan)).not.toMatch(/not-a-real|geheim/);
    expect(plan.steps[0]?.preview).toMatchObject({
      before: '••••••••\nexport OPENAI_API_KEY=••••••••\n••••••••\n••••••••',
    });
    expect(plan.steps[0]?.action).toMatchObject({
      verb: 'remove-lines',
      lines: [0, 1, 2, 3].map(() => expect.any(String)),
    });
    expect(
      reasonFor('cloud-api-keys', at('/srv/config.json'), { texts: { '/srv/config.json': text } }),
    ).toMatch(/would break/);
  });

  it('leave a plugin that the operator accepted, and put aside what it became since', () => {
    const withPlugin = but('mycoswarm', (value) => {
      value.plugins.push({
        instance: 'mycoswarm.service',
        name: 'w',
        path: '/home/mycoswarm/.config/mycoswarm/plugins/w',
        uid: 0,
        mode: 0o755,
        modifiedAt: null,
        digest: 'ab'.repeat(32),
        files: 1,
      });
    });
    const accepted = { declarations: [declare('plugin', `w@${'ab'.repeat(32)}`)] };
    expect(reasonFor('plugin-inventory', withPlugin, { input: accepted })).toMatch(/nothing to do/);
  });

  it('say of updates that they cannot be taken back, and restart no machine', () => {
    const waiting = but('updates', (value) => {
      value.pending.push({
        package: 'openssl',
        installed: '1',
        available: '2',
        security: true,
        publishedAt: '2026-10-01T00:00:00.000Z',
      });
    });
    expect(planFor('os-updates', waiting).steps[0]).toMatchObject({
      undoable: false,
      action: { verb: 'install-updates', securityOnly: true },
    });
    expect(
      reasonFor(
        'os-updates',
        but('updates', (value) => Object.assign(value, { restartRequired: true })),
      ),
    ).toMatch(/Only a restart/);
  });

  it('put no bounds around a workspace with something in it that leads out, nor around a person', () => {
    const leading = changed(unitWith({ ProtectSystem: 'no' }), 'files', (value) => {
      for (const tree of value.trees) if (tree.purpose === 'workspace') tree.linksOutCount = 2;
    });
    expect(
      reasonFor(
        'workspace-bounded',
        changed(leading, 'files', (value) => {
          for (const file of value.files)
            if (file.path === '/home/mycoswarm') Object.assign(file, { uid: 1_001 });
        }),
      ),
    ).toMatch(/2 things lead out/);
    for (const check of ['workspace-bounded', 'source-read-only'] as const)
      expect(reasonFor(check, stockNode())).toMatch(/Its own account/);
  });

  it('offer nothing for what is fine or could not be seen', () => {
    for (const check of ['outbound-firewall', 'sandbox-mode', 'source-read-only', 'ssh-server'] as const)
      expect(reasonFor(check, hardened)).toMatch(/nothing to do/);
    const unseen = agentAccount({ homeDirectory: null });
    expect(reasonFor('dedicated-user', unseen)).toMatch(/would help to/);
  });
});
