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

  it('stops real packets of the agent to the world, once its unit has loaded them as at boot, and no others', (context) => {
    if (!canLoad) context.skip('needs root, unshare and iptables-legacy');
    const made = plan();
    const files = [4, 6].map((family) => writtenBy(made, `/etc/iptables/swarmkeep-agent.v${family}`));
    const unit = writtenBy(made, '/etc/systemd/system/swarmkeep-agent.service');
    const starts = unit.match(/(?<=^ExecStart=).*$/gm) ?? [];
    expect(starts).toHaveLength(2);
    const uid = made.settings[0]?.setting.match(/uid (\d+)/)?.[1] ?? '';
    const end = spawnSync('unshare', [
      '-n',
      '-m',
      '/bin/bash',
      '-c',
      AT_BOOT,
      'boot',
      uid,
      ...files,
      ...starts,
    ]);
    const said = end.stdout.toString();
    expect(end.status, `${said}${end.stderr}`).toBe(0);
    expect(said.match(/^(?:sent|held) .*$/gm)).toEqual([
      'held agent 203.0.113.9',
      'sent agent 192.168.1.77',
      'sent other 203.0.113.9',
      'held agent 2001:db8:9::9',
      'sent other 2001:db8:9::9',
      'sent agent 203.0.113.9',
    ]);
  });
});

/**
 * A machine that starts: a card with a home network and the world behind it, then the very commands of the unit. Every packet is judged by
 * whether it comes past the fence, where a rule behind it counts. At the end the jumps are taken out, as the undo does, and the agent gets out again.
 */
const AT_BOOT = `
uid=$1; v4=$2; v6=$3; shift 3
mount -t tmpfs none /mnt && mkdir /mnt/programs
printf %s "$v4" > /mnt/swarmkeep-agent.v4; printf %s "$v6" > /mnt/swarmkeep-agent.v6
for family in '' 6; do ln -s "$(command -v ip\${family}tables-legacy-restore)" "/mnt/programs/ip\${family}tables-restore"; done
ip link set lo up; ip link add card type veth peer name far; ip link set card up; ip link set far up
ip addr add 192.168.1.9/24 dev card; ip route add default dev card
ip -6 addr add 2001:db8:1::9/64 dev card nodad; ip -6 route add default dev card
for start in "$@"; do
  start=\${start//\\/etc\\/iptables\\//\\/mnt\\/}
  \${start/\\/usr\\/sbin\\//\\/mnt\\/programs\\/} || exit 9
done
try() {
  case $3 in *:*) program=ip6tables-legacy;; *) program=iptables-legacy;; esac
  $program -t mangle -A POSTROUTING -p udp -d "$3"
  setpriv --reuid "$2" --clear-groups bash -c "echo x > /dev/udp/$3/9" 2>/dev/null
  count=$($program -t mangle -L POSTROUTING -v -x -n | awk 'NR == 3 {print $1}')
  $program -t mangle -F POSTROUTING
  case $count in 1) echo "sent $1 $3";; 0) echo "held $1 $3";; *) echo "count of $3: $count"; exit 8;; esac
}
try agent "$uid" 203.0.113.9; try agent "$uid" 192.168.1.77; try other 4321 203.0.113.9
try agent "$uid" 2001:db8:9::9; try other 4321 2001:db8:9::9
iptables-legacy -D OUTPUT -j SWARMKEEP_OUT; ip6tables-legacy -D OUTPUT -j SWARMKEEP_OUT
try agent "$uid" 203.0.113.9
`;
