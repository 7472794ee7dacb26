import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor } from '#core/checks/testing/facts-builder.ts';
import { NO_BOOT, NO_RULES, withFirewall } from '#core/checks/testing/firewall-facts.ts';
import { apply } from '#core/fixes/testing/after.ts';
import { knownOf, modelOf } from '#core/fixes/testing/model.ts';
import { planFor, verbsOf } from '#core/fixes/testing/plan-for.ts';
import { writtenBy } from '#core/fixes/testing/written-by.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { guardChains } from '../../electron/helper/verbs/chains-guard.ts';

/** Whether chains can be loaded in a network namespace of their own here. */
const canLoad =
  process.getuid?.() === 0 &&
  ['iptables-legacy-save', 'ip6tables-legacy-save'].every(
    (program) => spawnSync('unshare', ['-n', program], { stdio: 'ignore' }).status === 0,
  );

const swarm = [{ nodeName: 'ane', addresses: ['192.168.1.25', 'fd00:1::25'], port: 7_890 }];

/** A node whose kernel knows no nft. */
const old = changed(withFirewall({ nftJson: NO_RULES, boot: NO_BOOT }), 'firewall', (value) => {
  value.toolsPresent = ['iptables', 'ip6tables', 'iptables-save', 'ip6tables-save'];
});
const plan = () => planFor('outbound-firewall', old, { input: { swarm } });
const textFor = (program: string) =>
  plan().steps.flatMap(({ action }) =>
    action?.verb === 'load-chains' && action.program === program ? [action.text] : [],
  )[0] ?? '';

/** Loads chains twice in a namespace of their own, as a restart of the unit does, and says what iptables says then. */
function saved(family: '' | '6', text: string): string {
  const program = `ip${family}tables-legacy`;
  const script = `printf %s "$1" | ${program}-restore --noflush && printf %s "$1" | ${program}-restore --noflush && ${program}-save`;
  const run = spawnSync('unshare', ['-n', '/bin/sh', '-c', script, 'sh', text]);
  if (run.status !== 0) throw new Error(`${program}: ${run.stderr.toString()}`);
  return run.stdout.toString();
}

/** The node after the plan, with the chains as the kernel of this machine took them. */
function afterwards(): Facts {
  const made = plan();
  const model = apply(modelOf(old), made);
  const firewall = knownOf(model, 'firewall');
  const families = [
    { family: 4, digit: '', program: 'iptables' },
    { family: 6, digit: '6', program: 'ip6tables' },
  ] as const;
  firewall.saves = families.map(({ family, digit, program }) => ({
    family,
    backend: 'legacy',
    text: saved(digit, textFor(program)),
  }));
  const paths = families.map(({ family }) => `/etc/iptables/swarmkeep-agent.v${family}`);
  firewall.boot = {
    loaders: [
      {
        unit: 'swarmkeep-agent.service',
        enabled: true,
        active: true,
        files: paths,
        after: ['netfilter-persistent.service'],
        restartsWith: ['netfilter-persistent.service'],
        reloadsWith: ['netfilter-persistent.service'],
        requiredBy: ['mycoswarm.service'],
      },
    ],
    files: families.map(({ family }, index) => ({
      path: paths[index] ?? '',
      language: 'iptables-save',
      family,
      text: writtenBy(made, paths[index] ?? ''),
      loaded: null,
      problem: null,
    })),
    elsewhere: [],
  };
  return model.facts;
}

describe('the fence on a node that has iptables only', () => {
  it('is planned as chains of both families that the helper takes', () => {
    expect(verbsOf(plan())).toEqual(expect.arrayContaining(['load-chains', 'set-unit']));
    expect(verbsOf(plan())).not.toContain('install-packages');
    for (const program of ['iptables', 'ip6tables'])
      expect(guardChains(textFor(program)).tables).toEqual([
        expect.objectContaining({ table: 'filter', jumps: ['-I OUTPUT 1 -j SWARMKEEP_OUT'] }),
      ]);
  });

  it.for(['outbound-firewall', 'peer-allowlist'] as const)(
    '%s passes on what the kernel made of the chains, after a restart too',
    (check, context) => {
      if (!canLoad) context.skip('needs root, unshare and iptables-legacy');
      const statusOf = (facts: Facts) => runChecks(inputFor(facts, { swarm }), { only: [check] })[0];
      expect(statusOf(old)?.status).toBe('fix');
      const found = statusOf(afterwards());
      expect(found?.evidence.filter(({ status }) => !['pass', 'not-applicable'].includes(status))).toEqual(
        [],
      );
      expect(found?.status).toBe('pass');
    },
  );
});
