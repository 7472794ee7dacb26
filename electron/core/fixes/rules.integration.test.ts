import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { CheckInput } from '#core/checks/check.ts';
import { runChecks } from '#core/checks/run.ts';
import {
  changed,
  declare,
  inputFor,
  listening,
  networkInterface,
} from '#core/checks/testing/facts-builder.ts';
import { NO_BOOT, NO_RULES, withFirewall } from '#core/checks/testing/firewall-facts.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { apply } from './testing/after.ts';
import { modelOf } from './testing/model.ts';
import { planFor, verbsOf } from './testing/plan-for.ts';
import { loadInto } from './testing/rules-after.ts';
import { writtenBy } from './testing/written-by.ts';

/** Whether tables can be loaded in a network namespace of their own here. */
const canLoad =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { stdio: 'ignore' }).status === 0;

/** Loads rules in a namespace of their own, checked by `nft -c` first, and lists what is there then. */
function listed(text: string): string {
  const script =
    'f=$(mktemp) && trap "rm -f $f" EXIT && cat > "$f" && nft -c -f "$f" && nft -f "$f" && nft -f "$f" && nft -j list ruleset';
  const run = spawnSync('unshare', ['-n', '/bin/sh', '-c', script], { input: text });
  if (run.status !== 0) throw new Error(`nft: ${run.stderr.toString()}`);
  return run.stdout.toString();
}

const open = withFirewall({ nftJson: NO_RULES, boot: NO_BOOT });
const swarm = [{ nodeName: 'ane', addresses: ['192.168.1.25', 'fd00:1::25'], port: 7_890 }];

function statusOf(check: CheckId, facts: Facts, more: Partial<CheckInput> = {}) {
  const [found] = runChecks(inputFor(facts, more), { only: [check] });
  const evidence = found?.evidence.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  return { status: found?.status, evidence: evidence?.map(({ what, seen }) => `${what}: ${seen}`) };
}

/** The node after a plan: its table as the kernel of this machine understood it. */
function afterwards(check: CheckId, facts: Facts, input: Partial<CheckInput> = {}): Facts {
  const plan = planFor(check, facts, { input });
  const model = apply(modelOf(facts), plan);
  loadInto(model, plan, listed);
  return model.facts;
}

const fine = { status: 'pass', evidence: [] };

const onTheInternet = changed(open, 'interfaces', (value) => {
  value.interfaces = value.interfaces.map((face) =>
    face.name === 'eth0'
      ? networkInterface('eth0', 'ethernet', [
          '192.168.1.24/24',
          '198.51.100.7/24',
          '2001:db8:1::24/64',
          'fe80::1/64',
        ])
      : face,
  );
});
const withDashboard = changed(onTheInternet, 'sockets', (value) => {
  value.listening.push(
    listening('::', 8_080, 1_001, { pids: [812], processName: 'mycoswarm', ipv6Only: false }),
  );
});
for (const instance of withDashboard.profile.instances) instance.dashboardPort = 8_080;
/** Ollama in a unit that does not keep it at home. */
const openOllama = changed(open, 'units', (value) => {
  for (const unit of value.units) if (unit.name === 'ollama.service') unit.properties = {};
});
const withVpn = changed(withDashboard, 'interfaces', (value) => {
  value.interfaces.push(networkInterface('wg0', 'vpn', ['10.9.0.2/24']));
});

describe('rules that a plan loads', () => {
  it.for<[CheckId, string, Facts]>([
    ['outbound-firewall', 'nothing stops the agent', open],
    ['peer-allowlist', 'nothing stops the agent', open],
    [
      'outbound-firewall',
      'Ollama carries data out for it too',
      changed(openOllama, 'firewall', (value) => Object.assign(value, { nftJson: NO_RULES, boot: NO_BOOT })),
    ],
    ['service-bindings', 'a public address', onTheInternet],
    ['service-bindings', 'a dashboard without a password, and a VPN', withVpn],
  ])('%s: %s, and then the check passes on what the kernel made of them', ([check, , facts], context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    expect(statusOf(check, facts, { swarm }).status).toBe('fix');
    expect(statusOf(check, afterwards(check, facts, { swarm }), { swarm })).toEqual(fine);
  });

  it('lets in what the operator declared, and nobody else', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const more = {
      swarm,
      declarations: [
        declare('service', 'dashboard tcp/8080 vpn:wg0'),
        declare('service', 'mycoswarm tcp/7890 vpn:wg0'),
      ],
    };
    const plan = planFor('service-bindings', withVpn, { input: more });
    expect(writtenBy(plan, '/etc/nftables.d/swarmkeep-doors.nft')).toContain(
      'iifname "wg0" ip daddr 10.9.0.2 tcp dport 8080 accept',
    );
    expect(statusOf('service-bindings', afterwards('service-bindings', withVpn, more), more)).toEqual(fine);
  });

  it('survive a reboot only once they are kept, where they could shut somebody out', () => {
    expect(verbsOf(planFor('service-bindings', withVpn))).toEqual([
      'after-undo',
      'load-table',
      'when-kept make-directory',
      'when-kept write-file',
      'when-kept write-file',
      'when-kept set-unit',
    ]);
    expect(
      verbsOf(planFor('outbound-firewall', open)).filter((verb) => verb.startsWith('when-kept')),
    ).toEqual([]);
  });

  it('do with real packets what they promise', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const fence = planFor('outbound-firewall', open, { input: { swarm } });
    const doors = planFor('service-bindings', withVpn, { input: { swarm } });
    const texts = [fence, doors].map((plan) =>
      plan.steps.flatMap(({ action }) => (action?.verb === 'load-table' ? [action.text] : [])).join(''),
    );
    const run = spawnSync('/bin/sh', ['-c', PACKETS, 'sh', ...texts], { timeout: 60_000 });
    expect(run.stderr.toString()).toBe('');
    expect(run.stdout.toString().trim().split('\n')).toEqual([
      'agent to a public address: stopped',
      'agent to a public address over IPv6: stopped',
      'agent to the home network: open',
      'agent to port 7890 of a stranger: stopped',
      'agent to port 7890 of a listed node: open',
      'agent to this machine: open',
      'somebody else to a public address: open',
      'the home network to port 7890: open',
      'a public address to port 7890: stopped',
      'a public address to port 7890 over IPv6: stopped',
      'the home network to the dashboard: stopped',
      'a listed node to the dashboard: open',
      'a public address to port 22: open',
      'a public address to port 7890 by translation: stopped',
    ]);
  }, 90_000);
});

/**
 * Two machines on one cable, in namespaces of their own: the node with the rules, and everybody else. Servers answer on both;
 * a connection is tried from an address and, for the agent, as its uid.
 */
const PACKETS = `
a=swkfix-$$-a b=swkfix-$$-b
ip netns add $a && ip netns add $b || exit 9
pids=
trap 'kill $pids 2>/dev/null; ip netns del $a; ip netns del $b' EXIT
ip link add eth0 netns $a type veth peer name eth0 netns $b
for n in $a $b; do ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv6.conf.eth0.accept_dad=0; ip -n $n link set eth0 up; done
ip -n $a addr add 192.168.1.24/24 dev eth0; ip -n $a addr add 198.51.100.7/24 dev eth0; ip -n $a -6 addr add 2001:db8:1::24/64 dev eth0 nodad
for x in 192.168.1.25/24 192.168.1.99/24 198.51.100.9/24; do ip -n $b addr add $x dev eth0; done
ip -n $b -6 addr add 2001:db8:1::99/64 dev eth0 nodad
printf '%s' "$1" | ip netns exec $a nft -f - || exit 8
printf '%s' "$2" | ip netns exec $a nft -f - || exit 7
printf '%s\\n' 'table ip theirs {' 'chain c {' 'type nat hook prerouting priority dstnat;' 'tcp dport 81 redirect to :7890' '}' '}' | ip netns exec $a nft -f -
serve='import socket,sys,select
s=[]
for p in sys.argv[1:]:
  x=socket.socket(socket.AF_INET6);x.setsockopt(socket.IPPROTO_IPV6,socket.IPV6_V6ONLY,0);x.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1);x.bind(("::",int(p)));x.listen(50);s.append(x)
while True:
  for r in select.select(s,[],[])[0]: r.accept()[0].close()'
ip netns exec $a /usr/bin/python3 -I -c "$serve" 7890 8080 22 & pids="$pids $!"
ip netns exec $b /usr/bin/python3 -I -c "$serve" 7890 443 & pids="$pids $!"
sleep 1
try='import socket,sys
f=socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
x=socket.socket(f);x.settimeout(1)
if sys.argv[1]: x.bind((sys.argv[1],0))
try:
  x.connect((sys.argv[2],int(sys.argv[3])));print("open")
except OSError: print("stopped")'
go() { w=$1 n=$2 u=$3; shift 3; printf '%s: ' "$w"; ip netns exec $n setpriv --reuid $u --regid $u --clear-groups /usr/bin/python3 -I -c "$try" "$@"; }
go 'agent to a public address' $a 1001 '' 198.51.100.9 443
go 'agent to a public address over IPv6' $a 1001 '' 2001:db8:1::99 443
go 'agent to the home network' $a 1001 '' 192.168.1.99 443
go 'agent to port 7890 of a stranger' $a 1001 '' 192.168.1.99 7890
go 'agent to port 7890 of a listed node' $a 1001 '' 192.168.1.25 7890
go 'agent to this machine' $a 1001 '' 127.0.0.1 7890
go 'somebody else to a public address' $a 1002 '' 198.51.100.9 443
go 'the home network to port 7890' $b 0 192.168.1.99 192.168.1.24 7890
go 'a public address to port 7890' $b 0 198.51.100.9 198.51.100.7 7890
go 'a public address to port 7890 over IPv6' $b 0 2001:db8:1::99 2001:db8:1::24 7890
go 'the home network to the dashboard' $b 0 192.168.1.99 192.168.1.24 8080
go 'a listed node to the dashboard' $b 0 192.168.1.25 192.168.1.24 8080
go 'a public address to port 22' $b 0 198.51.100.9 198.51.100.7 22
go 'a public address to port 7890 by translation' $b 0 198.51.100.9 198.51.100.7 81
`;
