import { afterEach, expect, test } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor, seenAs } from '#core/checks/testing/facts-builder.ts';
import { NO_RULES, withFirewall } from '#core/checks/testing/firewall-facts.ts';
import type { CollectContext } from '#core/facts/collector.ts';
import { firewallCollector } from '#core/facts/subjects/firewall.ts';
import type { Guest } from './guest.ts';
import { runProgram } from './run-program.ts';
import { startGuest, whyNoGuest } from './start-guest.ts';

const why = whyNoGuest();
let guest: Guest | null = null;

afterEach(async () => {
  await guest?.stop();
  guest = null;
});

/** An account and a daemon like those of the built node; nftables.service is in use, with Debian's own file. */
const NODE = `
useradd -r -u 1001 -M -s /usr/sbin/nologin mycoswarm
printf '[Unit]\\nDescription=stand-in\\n[Service]\\nUser=mycoswarm\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/mycoswarm.service
systemctl daemon-reload
systemctl enable --now nftables.service mycoswarm.service
nft list ruleset | head -n 3; grep -n 'flush ruleset' /etc/nftables.conf`;

const isLate = ({ reason }: { reason: string }) => reason.includes('did not answer in time');

test('the steps for the outbound firewall do what they say on a booted node, and outlive reloads', async (context) => {
  if (why) context.skip(why);
  const before = { ...withFirewall({ nftJson: NO_RULES }), privilege: 'root' as const };
  const [found] = runChecks(inputFor(before), { only: ['outbound-firewall'] });
  const commands = (found?.fix ?? []).flatMap((step) =>
    step.needsRoot && step.command !== null ? step.command : [],
  );
  // The relays of the built node have steps of their own.
  const steps = commands.filter((command) => /nft|swarmkeep-agent|daemon-reload|mycoswarm/.test(command));
  expect(steps.length).toBeGreaterThanOrEqual(7);

  guest = await startGuest();
  const node = guest;
  expect(await node.must(NODE)).toContain('flush ruleset');
  for (const step of steps) await node.must(step);

  const table = () => node.must('nft list table inet swarmkeep_agent');
  const daemon = async () => (await node.run('systemctl is-active mycoswarm.service')).stdout.trim();
  expect(await table()).toContain('meta skuid 1001 goto agent');
  await node.must('systemctl reload nftables.service; sleep 1');
  expect(await table()).toContain('goto agent');
  await node.must('systemctl restart nftables.service; sleep 2');
  expect(await table()).toContain('goto agent');
  expect(await daemon()).toBe('active');

  // The agent's packets are stopped and counted, root's are not.
  await node.must('ip route add 198.51.100.0/24 dev "$(ls /sys/class/net | grep -v lo | head -n 1)"');
  await node.run(
    "setpriv --reuid 1001 --regid 1001 --clear-groups bash -c 'echo x > /dev/udp/198.51.100.9/9; echo x > /dev/udp/198.51.100.9/9'; bash -c 'echo x > /dev/udp/198.51.100.10/9'",
  );
  const counted = await table();
  expect(counted).toMatch(/198\.51\.100\.9/);
  expect(counted).not.toMatch(/198\.51\.100\.10/);

  // What is really there, read by the collector, is what the check calls fine.
  const context_ = { privilege: 'root', now: new Date() } as CollectContext;
  const look = async () => {
    const run = await runProgram('ssh', [...node.sshArguments(), '/bin/sh -s'], {
      input: firewallCollector.script(context_),
      timeoutMs: 120_000,
    });
    const stdout = Buffer.from(run.stdout);
    return firewallCollector.parse(
      { stdout, stderr: run.stderr, exitCode: 0, timedOut: false, cut: false, tookMs: 1 },
      context_,
    );
  };
  let collected = await look();
  // An emulated machine on a busy host can be too slow for the limits of a look.
  for (let tries = 0; tries < 8 && collected.seen && collected.gaps.some(isLate); tries += 1)
    collected = await look();
  if (!collected.seen) throw new Error(collected.reason);
  expect(collected.gaps).toEqual([]);
  const loaders = collected.value.boot?.loaders
    .filter((loader) => loader.enabled)
    .map((loader) => loader.unit);
  expect(loaders).toEqual(expect.arrayContaining(['nftables.service', 'swarmkeep-agent.service']));
  const after = changed(before, 'firewall', (value) => Object.assign(value, collected.value));
  after.subjects.firewall = seenAs<'firewall'>(collected.value);
  const [now] = runChecks(inputFor(after), { only: ['outbound-firewall'] });
  expect([now?.status, now?.summary, now?.evidence.filter((one) => one.status !== 'pass')]).toEqual([
    'pass',
    expect.stringContaining('No agent on'),
    [],
  ]);
  expect(now?.evidence.map((one) => one.what)).toEqual(
    expect.arrayContaining([
      'after a reboot',
      'after a reload of nftables.service',
      'after a restart of nftables.service',
    ]),
  );

  // Without the rules the daemon does not run.
  await node.must('systemctl stop nftables.service; sleep 2');
  expect(await daemon()).toBe('inactive');
}, 900_000);
