import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { agentOf } from './agent.ts';
import { unitLines } from './own-unit.ts';
import { runChecks } from './run.ts';
import { changed, inputFor, unit } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';

/** The hardened node, with mycoSwarm started by hand from a folder. */
function byHand(folder = '/srv/mycoswarm', more: Partial<Facts['profile']['instances'][number]> = {}): Facts {
  const facts = changed(hardenedNode(), 'processes', (value) => {
    for (const entry of value.processes) {
      entry.noNewPrivileges = false;
      entry.namespaces = { ...value.initNamespaces };
      entry.unit = null;
      entry.argv = ['python3', `${folder}/venv/bin/mycoswarm`, 'daemon', '--port', '7890'];
    }
  });
  const without = changed(facts, 'units', (value) => {
    value.units = value.units.filter((entry) => entry.name !== 'mycoswarm.service');
  });
  for (const instance of without.profile.instances)
    Object.assign(instance, {
      unit: null,
      source: `${folder}/source`,
      virtualEnvironment: `${folder}/venv`,
      sitePackages: `${folder}/venv/lib/python3.11/site-packages`,
      ...more,
    });
  return without;
}
const stepsOf = (facts: Facts, check: 'sandbox-mode' | 'source-read-only' = 'sandbox-mode') =>
  runChecks(inputFor(facts), { only: [check] })[0]?.fix ?? [];
const textOf = (facts: Facts) =>
  stepsOf(facts)
    .map((step) => `${step.text}\n${step.command ?? ''}`)
    .join('\n');
const instanceOf = (facts: Facts) => {
  const [instance] = facts.profile.instances;
  if (instance === undefined) throw new Error('no instance');
  return instance;
};

describe('a unit for mycoSwarm that was started by hand', () => {
  it('loads nothing from the workspace in which it starts, where its packages are known to lie elsewhere', () => {
    const asModule = (more: Partial<Facts['profile']['instances'][number]> = {}) =>
      changed(byHand('/srv/mycoswarm', more), 'processes', (value) => {
        for (const entry of value.processes)
          entry.argv = ['/srv/mycoswarm/venv/bin/python', '-m', 'mycoswarm', 'daemon'];
      });
    expect(textOf(asModule())).toContain('venv/bin/python -I -m mycoswarm daemon');
    expect(textOf(asModule({ sitePackages: null }))).toContain('venv/bin/python -m mycoswarm daemon');
  });

  it('is written, and takes the place of the process that runs', () => {
    const commands = stepsOf(byHand()).map((step) => step.command ?? step.text);
    const at = (part: string) => commands.findIndex((command) => command.includes(part));
    const order = [
      'install -d -o mycoswarm',
      'tee -- /etc/systemd/system/mycoswarm.service',
      'kill ',
      'systemctl daemon-reload',
      'systemctl enable --now -- mycoswarm.service',
      'Look at this node again',
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(textOf(byHand())).toContain('ExecStart=/srv/mycoswarm/venv/bin/mycoswarm daemon --port 7890');
  });

  it('has limits that its own checks call fine', () => {
    const facts = byHand();
    const instance = instanceOf(facts);
    const lines = unitLines(
      agentOf(inputFor(facts), instance),
      ['/srv/mycoswarm/venv/bin/mycoswarm'],
      instance.workspace ?? '',
    );
    const properties = Object.fromEntries(
      lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    const after = changed(hardenedNode(), 'units', (value) => {
      value.units = value.units.map((entry) =>
        entry.name === 'mycoswarm.service' ? unit(entry.name, 'mycoswarm', properties) : entry,
      );
    });
    const found = runChecks(inputFor(after), { only: ['sandbox-mode', 'workspace-bounded'] });
    expect(found.map((entry) => [entry.check, entry.status, entry.summary])).toEqual(
      found.map((entry) => [entry.check, 'pass', entry.summary]),
    );
    expect(properties.RestrictNamespaces).toBe('user net');
  });

  it('starts a copy outside homes when the program lies in one', () => {
    const text = textOf(byHand('/home/eve/mycoswarm'));
    expect(text).toContain('ExecStart=/opt/mycoswarm/venv/bin/mycoswarm daemon');
    expect(text).not.toContain('ExecStart=/home');
    expect(text).toMatch(/lies in a home/);
    expect(text.indexOf('/opt/mycoswarm/venv/bin/pip')).toBeLessThan(text.indexOf('ExecStart='));
    expect(text).toContain('--exclude=./.venv');
  });

  it('is not offered without systemd', () => {
    const text = textOf(
      changed(byHand(), 'identity', (value) => {
        value.init = 'runit';
      }),
    );
    expect(text).toMatch(/This node has no systemd \(its first process is runit\)/);
    expect(text).not.toMatch(/systemctl|\/etc\/systemd/);
  });

  it('writes hostile paths as one word each, or not at all', () => {
    const odd = textOf(byHand('/srv/a b$HOME%u"x', { workspace: "/srv/it's/100%" }));
    expect(odd).toContain('ExecStart="/srv/a b$$HOME%%u\\"x/venv/bin/mycoswarm" daemon');
    expect(odd).toContain("'WorkingDirectory=/srv/it'\\''s/100%%'");
    const control = textOf(byHand('/srv/mycoswarm', { workspace: '/srv/x\nUser=root' }));
    expect(control).not.toContain('tee --');
    expect(control).toMatch(/No command is shown/);
  });
});
