import { describe, expect, it } from 'vitest';
import { changed } from '#core/checks/testing/facts-builder.ts';
import { but, unitWith } from '#core/checks/testing/situations.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { planFor, reasonFor, verbsOf } from './testing/plan-for.ts';
import { writtenBy } from './testing/written-by.ts';

const DROP_IN = '/etc/systemd/system/mycoswarm.service.d/50-swarmkeep-sandbox.conf';
/** Limits are gone from the unit of the hardened node, and the folders of its settings belong to its own account. */
function agentOfItsOwn() {
  return changed(unitWith({ NoNewPrivileges: 'no', ProtectSystem: 'no' }), 'files', (value) => {
    const home = unitWith({}).profile.instances[0]?.home ?? '';
    value.files = value.files.map((one) =>
      [home, `${home}/.config`, `${home}/.config/mycoswarm`].includes(one.path)
        ? { ...one, uid: unitWith({}).profile.instances[0]?.uid ?? 0, mode: 0o755 }
        : one,
    );
  });
}

const open = unitWith({ NoNewPrivileges: 'no', ProtectSystem: 'no' });

describe('the fix of the sandbox', () => {
  it('writes the limits, keeps the namespaces that isolate code, and says what a restart interrupts', () => {
    const plan = planFor('sandbox-mode', stockNode());
    const text = writtenBy(plan, DROP_IN);
    expect(text).toMatch(/^\[Service\]\n/);
    for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'RestrictNamespaces=user net'])
      expect(text.split('\n')).toContain(line);
    // A list without both would let mycoSwarm run code with the network, without a word.
    expect(text).not.toMatch(/RestrictNamespaces=(yes|~)/);
    expect(verbsOf(plan)[0]).toBe('after-undo');
    expect(plan.steps.at(-1)).toMatchObject({
      action: { verb: 'set-unit', unit: 'mycoswarm.service', action: 'restart', reread: true },
      interrupts: { what: 'mycoswarm.service', seconds: 11 },
    });
    expect(plan.proofs).toContainEqual({ kind: 'isolation', check: 'sandbox-mode', uid: 1_000 });
  });

  it('makes the access log first where there is none: what is not there at the start stays read-only', () => {
    const plan = planFor('sandbox-mode', stockNode());
    const log = plan.steps.findIndex(
      ({ action }) => action?.verb === 'write-file' && action.path.endsWith('/access.log'),
    );
    expect(plan.steps[log]?.action).toMatchObject({ uid: 1_000, mode: 0o600, expect: { kind: 'absent' } });
    expect(log).toBeLessThan(plan.steps.length - 1);
  });

  it('looks right before the restart that what stays writable is no link, and writes nothing there', () => {
    const plan = planFor('sandbox-mode', stockNode());
    const at = plan.steps.findIndex(
      ({ action }) => action?.verb === 'set-attributes' && action.path.endsWith('/access.log'),
    );
    expect(plan.steps[at]?.action).toMatchObject({
      uid: 1_000,
      mode: 0o600,
      expect: { kind: 'file', sha256: null, uid: 1_000, mode: 0o600 },
    });
    expect(plan.steps[at + 1]?.action).toMatchObject({ verb: 'set-unit', action: 'restart' });
    // A person's home stays a person's.
    expect(plan.steps.some(({ action }) => action?.verb === 'set-attributes' && action.uid === 0)).toBe(
      false,
    );
  });

  it('takes from an account of the agent alone the folders in which it could put a link in place of its log', () => {
    const { home } = agentOfItsOwn().profile.instances[0] ?? {};
    const plan = planFor('sandbox-mode', agentOfItsOwn());
    const given = plan.steps.flatMap(({ action }) =>
      action?.verb === 'set-attributes' && action.uid === 0 ? [action.path] : [],
    );
    expect(given).toEqual([home, `${home}/.config`, `${home}/.config/mycoswarm`]);
    const verbs = verbsOf(plan);
    expect(verbs.lastIndexOf('set-attributes')).toBe(verbs.length - 2);
    expect(verbs.indexOf('set-attributes')).toBeLessThan(
      plan.steps.findIndex(({ action }) => action?.verb === 'write-file' && action.path === DROP_IN),
    );
  });

  it.each([
    ['user.max_user_namespaces', { maxUserNamespaces: 0 }, 4_096],
    ['kernel.unprivileged_userns_clone', { unprivilegedUserNamespaces: false }, 1],
  ] as const)('switches %s on, now and at every start', (name, change, value) => {
    const facts = but('sandbox', (sandbox) => Object.assign(sandbox, change));
    const plan = planFor('sandbox-mode', facts);
    expect(plan.steps.map(({ action }) => action)).toContainEqual({ verb: 'set-kernel-switch', name, value });
    expect(writtenBy(plan, '/etc/sysctl.d/60-swarmkeep-namespaces.conf')).toBe(`${name} = ${value}\n`);
  });

  it('gives the Python of mycoSwarm a profile where AppArmor keeps user namespaces from everybody else', () => {
    const facts = changed(open, 'sandbox', (value) => {
      value.apparmorRestrictsUserNamespaces = true;
      value.instances = value.instances.map((one) => ({ ...one, unshare: 'refused' }));
    });
    const plan = planFor('sandbox-mode', facts);
    expect(writtenBy(plan, '/etc/apparmor.d/swarmkeep-mycoswarm')).toContain(
      'profile swarmkeep-mycoswarm flags=(unconfined) {\n  userns,',
    );
    expect(writtenBy(plan, DROP_IN.replace('50-swarmkeep-sandbox', '55-swarmkeep-apparmor'))).toContain(
      'AppArmorProfile=-swarmkeep-mycoswarm\n',
    );
    expect(verbsOf(plan)).toContain('load-apparmor-profile');
  });

  it('gives namespaces back that the unit forbids', () => {
    const plan = planFor('sandbox-mode', unitWith({ RestrictNamespaces: 'yes' }));
    expect(writtenBy(plan, DROP_IN)).toContain('RestrictNamespaces=\nRestrictNamespaces=user net\n');
  });

  it.each([
    ['without a unit', but('units', () => {}), 'by hand', null],
    ['under a manager of its own', 'user', 'its own account manages', 'user'],
  ] as const)('is left to a person %s', (_, __, words, kind) => {
    const facts = structuredClone(open);
    if (kind === null) for (const instance of facts.profile.instances) instance.unit = null;
    const changedFacts =
      kind === null
        ? changed(facts, 'processes', (value) => {
            value.processes = value.processes.map((entry) => ({ ...entry, noNewPrivileges: false }));
          })
        : changed(facts, 'units', (value) => {
            value.units = value.units.map((unit) => ({ ...unit, userUnit: true }));
          });
    expect(reasonFor('sandbox-mode', changedFacts)).toContain(words);
  });

  it('refuses a unit whose name no program may be given', () => {
    const facts = structuredClone(open);
    for (const instance of facts.profile.instances) instance.unit = '../../etc/shadow.service';
    const named = changed(facts, 'units', (value) => {
      value.units = value.units.map((unit) => ({ ...unit, name: '../../etc/shadow.service' }));
    });
    expect(reasonFor('sandbox-mode', named)).toMatch(/no program may be given that name/);
  });
});
