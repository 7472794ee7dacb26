import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor, unit, withoutSubject } from '#core/checks/testing/facts-builder.ts';
import { but } from '#core/checks/testing/situations.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import { planFor, reasonFor } from './testing/plan-for.ts';

const silent = but('time', (value) =>
  Object.assign(value, { synchronised: false, service: null, source: null, offsetMs: null }),
);

const stopped = { active: 'inactive', sub: 'dead', enabled: 'disabled', mainPid: 0 };

/** Nothing keeps the clock; of time services these are there. */
const nodeWith = (...units: (readonly [string, Partial<UnitFact>])[]) =>
  changed(silent, 'units', (value) => {
    for (const [name, more] of units) value.units.push({ ...unit(name, '', {}), ...stopped, ...more });
  });

const actionsOf = (...units: Parameters<typeof nodeWith>) =>
  planFor('time-sync', nodeWith(...units)).steps.map(({ action }) => {
    if (action?.verb === 'install-packages') return `install ${action.packages.join(' ')}`;
    return action?.verb === 'set-unit' ? `${action.action} ${action.unit}` : action?.verb;
  });

describe('the fix that lets a time service keep the clock', () => {
  it('installs one where there is none', () => {
    const both = ['install systemd-timesyncd', 'start systemd-timesyncd.service'];
    expect(actionsOf()).toEqual(both);
    expect(actionsOf(['chrony.service', { load: 'not-found' }])).toEqual(both);
    expect(actionsOf(['systemd-timesyncd.service', { userUnit: true }])).toEqual(both);
  });

  it('only starts one that is there and stopped', () => {
    expect(actionsOf(['systemd-timesyncd.service', {}])).toEqual(['start systemd-timesyncd.service']);
    // Another one would push it off the node: time services of Debian conflict with each other.
    expect(actionsOf(['chrony.service', {}])).toEqual(['start chrony.service']);
  });

  it('says the same in the steps that a person copies', () => {
    const stepsOf = (facts: Facts) =>
      runChecks(inputFor(facts), { only: ['time-sync'] })[0]
        ?.fix.map(({ text }) => text)
        .join();
    const install = 'Install a service that keeps the time';
    expect(stepsOf(nodeWith())).toContain(install);
    expect(stepsOf(nodeWith(['systemd-timesyncd.service', {}]))).not.toContain(install);
  });

  it('starts the one that is switched on, then the one that somebody chose', () => {
    const timesyncd = ['systemd-timesyncd.service', {}] as const;
    expect(actionsOf(timesyncd, ['ntpsec.service', {}])).toEqual(['start ntpsec.service']);
    expect(actionsOf(['systemd-timesyncd.service', { enabled: 'enabled' }], ['ntpsec.service', {}])).toEqual([
      'start systemd-timesyncd.service',
    ]);
    expect(actionsOf(['chrony.service', { load: 'masked' }], timesyncd)).toEqual([
      'start systemd-timesyncd.service',
    ]);
  });

  it('leaves one that somebody masked to that person', () => {
    const masked = nodeWith(['systemd-timesyncd.service', { load: 'masked', enabled: 'masked' }]);
    expect(reasonFor('time-sync', masked)).toContain('systemctl unmask systemd-timesyncd.service');
  });

  it('says why nothing starts one in a container, in the words of its unit, and where the clock is kept', () => {
    const text = '[Unit]\nConditionVirtualization=!container\nConditionCapability=CAP_SYS_TIME\n';
    const inContainer = (facts: Facts) =>
      changed(facts, 'identity', (value) => Object.assign(value, { virtualization: 'systemd-nspawn' }));
    const refused = inContainer(nodeWith(['systemd-timesyncd.service', { text }]));
    expect(reasonFor('time-sync', refused)).toBe(
      'Systemd does not start systemd-timesyncd.service in a container (ConditionVirtualization=!container). The clock of a container is that of the machine around it: let a time service run there (timedatectl set-ntp true), then look again.',
    );
    expect(reasonFor('time-sync', inContainer(nodeWith()))).toContain('machine around it');
    const [finding] = runChecks(inputFor(refused), { only: ['time-sync'] });
    expect(finding?.summary).toContain('systemd does not start systemd-timesyncd.service in a container');
    expect(finding?.fix.map(({ text: words }) => words)).toEqual([
      expect.stringContaining('machine around it'),
    ]);
  });

  it('names a condition that is not met, of one that was tried', () => {
    const text = '[Unit]\nConditionPathExists=/dev/clock\n';
    const properties = { ConditionResult: 'no' };
    const said = (more: Partial<UnitFact>) =>
      runChecks(inputFor(nodeWith(['chrony.service', { text, properties, ...more }])), {
        only: ['time-sync'],
      })[0]?.summary;
    expect(said({ enabled: 'enabled' })).toContain(
      'a condition of it is not met (ConditionPathExists=/dev/clock)',
    );
    expect(said({})).not.toContain('condition');
    expect(said({ active: 'failed' })).toContain(
      'chrony.service failed; systemctl status chrony.service says why',
    );
  });

  it('does not guess where units were not seen', () => {
    expect(reasonFor('time-sync', withoutSubject(silent, 'units'))).toContain('the systemd units');
  });
});
