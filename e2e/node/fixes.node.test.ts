import { afterEach, expect, test } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { ALLOWED } from './allowed-differences.ts';
import { Guest } from './guest.ts';
import { ensureImage, whyNoNode } from './image.ts';
import { LAN_MAC, Lan, NODE_ADDRESS, PEER_ADDRESS } from './lan.ts';
import { Operator, type Statuses, say } from './operator.ts';
import { SCENARIOS } from './scenarios.ts';
import { differences, snapshotOf } from './snapshot.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
/** A fix can make another one possible: the account of its own comes first. */
const MOST_ROUNDS = 4;

const why = whyNoNode();
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The card on the network at home, with the router's time and names, and a daemon that looks for its peers there. */
const AT_HOME = `
cat > /etc/systemd/network/10-lan.network <<'UNIT'
[Match]
MACAddress=${LAN_MAC}
[Network]
Address=${NODE_ADDRESS}/24
NTP=${PEER_ADDRESS}
UNIT
echo 'nameserver ${PEER_ADDRESS}' > /etc/resolv.conf
networkctl reload
for i in $(seq 1 120); do ip -4 -o address | grep -q ' ${NODE_ADDRESS}/24 ' && break; sleep 0.5; done
sed -i '/^After=/i Wants=network-online.target' /etc/systemd/system/mycoswarm.service
sed -i '/^Type=/a Environment=MYCOSWARM_STAND_IN_DISCOVERY=1 MYCOSWARM_STAND_IN_ADDRESS=${NODE_ADDRESS}' /etc/systemd/system/mycoswarm.service
systemctl daemon-reload; systemctl restart mycoswarm.service
systemctl enable --now nftables.service 2>/dev/null
apt-get check -q=2 || true
sync; ip -4 -o address | sed -n 's#^[0-9]*: \\([^ ]*\\) .* ${NODE_ADDRESS}/24 .*#\\1#p'`;

/** As Raspberry Pi OS and most cloud images have it: looks as administrator, and changes without a typed password. */
const SUDO_FREE = '/etc/sudoers.d/010_minotaur-nopasswd';

/** The agent runs code by the daemon's own interface; the daemon says whether it was isolated. */
const RUN_CODE = `
token=$(cat "$(systemctl show -p Environment --value mycoswarm.service | tr ' ' '\\n' | sed -n 's/^"\\?HOME=//p' | tr -d '"')/.config/mycoswarm/swarm-token")
ask() { curl -s -m 60 -H "X-Swarm-Token: $token" -H 'Content-Type: application/json' "$@"; }
id=$(ask -d '{"tool":"code_run","arguments":{"code":"print(6*7)"}}' http://127.0.0.1:7890/task/submit | sed 's/.*"task_id": "\\([0-9a-f]*\\)".*/\\1/')
for i in $(seq 1 60); do answer=$(ask "http://127.0.0.1:7890/task/$id"); case $answer in *net_isolated*) break;; esac; sleep 1; done
printf '%s\\n' "$answer"`;

test('a stock node is repaired over SSH, keeps it over reboot and reload, and gets everything back', {
  timeout: 5_400_000,
}, async (context) => {
  if (why) context.skip(why);
  const lan = await Lan.make();
  open.push(() => lan.remove());
  const guest = await Guest.start(await ensureImage());
  open.push(() => guest.stop());
  await guest.join(lan);
  await guest.copyIn(STAND_IN);
  await guest.must(SCENARIOS.stock.script, 400_000);
  const card = (await guest.must(AT_HOME, 400_000)).trim().split('\n').at(-1) ?? '';
  await meets(lan);
  const start = await snapshotOf(guest);
  say(`the node is up, with ${start.size} paths`);

  const operator = await Operator.at(guest);
  open.push(() => operator.close());
  const { client, node } = operator;
  expect((await operator.order(await client.fixes.planAllow({ node, withoutPassword: false }))).state).toBe(
    'done',
  );
  await guest.must(`echo 'minotaur ALL=(ALL) NOPASSWD: ALL' > ${SUDO_FREE}; chmod 440 ${SUDO_FREE}`);
  for (const [kind, value] of [
    ['interface', card],
    ['peer', PEER_ADDRESS],
  ] as const)
    await client.decisions.declare({ node, kind, value, reason: 'It is meant so at home.' });

  let now = await operator.look('before');
  const repairable = await operator.repairable();
  const bad = (statuses: Statuses) =>
    repairable.filter((check) => !['pass', 'not-applicable'].includes(statuses[check] ?? 'unknown'));
  const begun = bad(now);
  expect(begun.length).toBeGreaterThanOrEqual(8);
  const applied: AppliedChange[] = [];
  for (let round = 1; round <= MOST_ROUNDS && bad(now).length > 0; round += 1) {
    const plan = await client.fixes.plan({ node, checks: bad(now), revertsAfter: 1_800 });
    say(`round ${round}: ${plan.checks.join(' ')}; ${JSON.stringify(plan.left)}`);
    if (plan.steps.length === 0) break;
    const change = await operator.order(plan);
    expect(['done', 'not-verified'], `${change.title}: ${change.error}`).toContain(change.state);
    applied.push(change);
    now = await operator.found();
  }
  const allPass = async (statuses: Statuses, when: string) => {
    const reasons = await Promise.all(bad(statuses).map((check: CheckId) => operator.why(check)));
    expect.soft(reasons, when).toEqual([]);
    await meets(lan);
    expect.soft(await guest.must(RUN_CODE), when).toMatch(/"stdout": "42\\n".*"net_isolated": true/);
  };
  await allPass(now, 'after all fixes');

  await guest.reboot();
  await allPass(await operator.look('after a reboot'), 'after a reboot');
  await guest.must('systemctl reload nftables.service');
  await allPass(await operator.look('after a reload'), 'after a reload of nftables.service');

  for (const change of applied.reverse()) {
    const undone = await operator.order(await client.fixes.planUndo({ change: change.id }));
    expect(undone.state, `${change.title}: ${undone.error ?? ''}`).toBe('done');
  }
  await meets(lan);
  await guest.must(`rm ${SUDO_FREE}`);
  const removed = await operator.order(await client.fixes.planRemove({ node }));
  expect(removed.state, removed.error ?? '').toBe('done');
  // What the agent wrote is its own and stays until a person takes it away, by the words that the undo says.
  await guest.must('userdel --remove mycoswarm 2>/dev/null');
  const left = differences(start, await snapshotOf(guest)).filter(
    ({ path }) => !ALLOWED.some((allowed) => allowed.path.test(path)),
  );
  expect(left).toEqual([]);
});

/** The daemon answers on the LAN, and the two nodes have found each other by mDNS. */
async function meets(lan: Lan): Promise<void> {
  for (const address of [NODE_ADDRESS, PEER_ADDRESS]) {
    await expect
      .poll(() => lan.get(address, '/health'), { timeout: 120_000, interval: 1_000 })
      .toMatch(/"peer_count": [1-9]/);
  }
}
