import { afterEach, expect, test } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { builtHelper } from '../../electron/helper/testing/install-helper.ts';
import { whyAllowed } from './allowed-differences.ts';
import { crashEverywhere } from './crash.ts';
import { crashAtSteps } from './crash-steps.ts';
import type { Home } from './home.ts';
import { leaveInNeed, TAKE_UPDATE_BACK } from './in-need.ts';
import { LAN_MAC, type Lan, NODE_ADDRESS, PEER_ADDRESS } from './lan.ts';
import { type Operator, type Statuses, say } from './operator.ts';
import { SCENARIOS } from './scenarios.ts';
import { differences, snapshotOf } from './snapshot.ts';
import { goThrough } from './stages.ts';
import { whyNoGuest } from './start-guest.ts';
import { killInTheMiddle, killWaiting, leaveUnkept, takenBackByNode } from './unkept.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
/** A fix can make another one possible: the account of its own comes first. */
const MOST_ROUNDS = 4;
/** What the design promises for a change that nobody keeps. */
const UNKEPT_SECONDS = 60;
const WITHIN_SECONDS = 2;
/** How often; more on demand. */
const UNKEPT_TIMES = Number(process.env.SWARMKEEP_UNKEPT ?? 1);
const KILLS = Number(process.env.SWARMKEEP_KILLS ?? 3);
/** Deaths at every boundary (1), every second one (2), …; 0: none, for they take hours. */
const CRASH_EVERY = Number(process.env.SWARMKEEP_CRASH_EVERY ?? 0);
/** The first boundary, for a campaign that goes on with one that was broken off. */
const CRASH_FROM = Number(process.env.SWARMKEEP_CRASH_FROM ?? 1);
/** The whole console dies, with looks before and after every death: minutes for each. Else the part of it that does changes. */
const crash = process.env.SWARMKEEP_CRASH_WHOLE === '1' ? crashEverywhere : crashAtSteps;
/** About what a change takes from its order until it was looked at. */
const KILL_SPAN_MS = 12_000;
/** Rules for the network, and an SSH server's settings: what a console that dies must not leave behind. */
const UNKEPT: readonly CheckId[] = ['outbound-firewall', 'peer-allowlist', 'ssh-server'];

const why = whyNoGuest();
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

const INTERFACES = ['interface', 'peer'] as const;

/** The daemon answers on the LAN, and the two nodes have found each other by mDNS. */
async function meets(lan: Lan): Promise<void> {
  for (const address of [NODE_ADDRESS, PEER_ADDRESS]) {
    await expect
      .poll(() => lan.get(address, '/health'), { timeout: 120_000, interval: 1_000 })
      .toMatch(/"peer_count": [1-9]/);
  }
}

/** Packets of the agent's account: to the other node and to nobody's address on the internet (RFC 5737). */
const SEND_AS_AGENT = `
user=$(systemctl show -p User --value mycoswarm.service)
as_agent() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"; }
ip route get 198.51.100.9 >/dev/null 2>&1 || ip route add 198.51.100.0/24 dev lo
as_agent curl -s -m 30 http://${PEER_ADDRESS}:7890/health; echo
as_agent bash -c 'echo x > /dev/udp/198.51.100.9/9' 2>&1 || true
bash -c 'echo x > /dev/udp/198.51.100.10/9' 2>&1 || true
nft list table inet swarmkeep_agent`;

/** Checks of these that are not fine. */
const bad = (checks: readonly CheckId[], statuses: Statuses) =>
  checks.filter((check) => !['pass', 'not-applicable'].includes(statuses[check] ?? 'unknown'));

/** Every check that has a fix passes, the swarm works, the agent is shut in, and its code is isolated. */
async function holds(home: Home, operator: Operator, statuses: Statuses, when: string) {
  const { guest, lan } = home;
  const left = bad(await home.repairable(), statuses);
  expect.soft(await Promise.all(left.map((check) => operator.why(check))), when).toEqual([]);
  await meets(lan);
  if (home.isNarrowed) return;
  expect.soft(await guest.must(RUN_CODE), when).toMatch(/"stdout": "42\\n".*"net_isolated": true/);
  const sent = await guest.must(SEND_AS_AGENT);
  expect.soft(sent, when).toMatch(/"peer_count"/);
  expect.soft(sent, when).toContain('198.51.100.9');
  expect.soft(sent, when).not.toContain('198.51.100.10');
}

/** Plan and order the repair of these checks, round after round, until nothing is left that a program could do. */
async function repair(home: Home, operator: Operator, checks: readonly CheckId[], mostRounds: number) {
  const { client, node } = operator;
  let now = await operator.found();
  for (let round = 1; round <= mostRounds && bad(checks, now).length > 0; round += 1) {
    const wanted = { node, checks: bad(checks, now), revertsAfter: 1_800 };
    let plan = await client.fixes.plan(wanted);
    // Somebody whose node does not answer in time plans again.
    for (let left = 3; plan.blocked !== null && plan.steps.length > 0 && left > 0; left -= 1) {
      say(`not now: ${plan.blocked}`);
      plan = await client.fixes.plan(wanted);
    }
    say(`round ${round}: ${plan.checks.join(' ')}; ${JSON.stringify(plan.left)}`);
    if (plan.steps.length === 0) break;
    for (const { title } of plan.steps) say(`  · ${title}`);
    const change = await operator.order(plan);
    expect(['done', 'not-verified'], `${change.title}: ${change.error}`).toContain(change.state);
    home.memory.applied.push({ id: change.id, title: change.title });
    now = await operator.found();
  }
  return now;
}

/** Take back the newest change that stands. */
async function undoNewest({ memory }: Home, operator: Operator) {
  const [newest] = memory.applied.slice(-1);
  if (newest === undefined) throw new Error('No change stands.');
  const began = Date.now();
  const plan = await operator.client.fixes.planUndo({ change: newest.id });
  say(`undo of ${newest.title} planned in ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  const undone = await operator.order(plan);
  expect(undone.state, `${newest.title}: ${undone.error ?? ''}`).toBe('done');
  memory.applied.pop();
}

/** What a node has in the course of time, and what else a program repairs. The agent's settings are its own. */
const WORN = `
home=$(getent passwd mycoswarm | cut -d: -f6); own=$home/.config/mycoswarm
cp -p $own/swarm-token /root/token.before; chmod 644 $own/swarm-token
printf 'export OPENAI_API_KEY=sk-proj-%s\n' "$(head -c 36 /dev/urandom | od -An -tx1 | tr -d ' \n')" >> $home/.profile
chown mycoswarm: $home/.profile
mkdir -p $own/plugins/stray
printf 'name: stray\n' > $own/plugins/stray/plugin.yaml; printf 'def handle(task):\n    return task\n' > $own/plugins/stray/handler.py
ip link add spare9 type veth peer name spare8; ip address add 198.18.0.9/24 dev spare9; ip link set spare8 up; ip link set spare9 up`;

/** All of it lies in the account's own home, which goes at the end. */
const MENDED = `
home=$(getent passwd mycoswarm | cut -d: -f6); own=$home/.config/mycoswarm
cp -p /root/token.before $own/swarm-token; rm -rf $home/.profile $own/plugins/stray; ip link del spare9`;

/** What the undo of an account of its own leaves to a person: the account, and what the agent wrote there. */
const TAKE_ACCOUNT_AWAY =
  'if getent passwd mycoswarm >/dev/null; then userdel --remove mycoswarm 2>/dev/null; fi';

/** Deaths at the boundaries of the repairs of these checks, one after the other. */
async function crashAll(home: Home, checks: readonly CheckId[], tidy = '') {
  if (CRASH_EVERY === 0) return say('not tried: SWARMKEEP_CRASH_EVERY is not set');
  let kills = 0;
  for (const check of home.chosen(checks))
    kills += (await crash(home, check, CRASH_EVERY, CRASH_FROM, tidy)).kills;
  say(`${kills} kills in all`);
}

/** What the unkept change would leave behind on the node. */
const LEFT_BEHIND = `set +e
nft list table inet swarmkeep_agent 2>/dev/null | head -n 1
ls /etc/ssh/sshd_config.d /etc/systemd/system/mycoswarm.service.d /etc/swarmkeep 2>/dev/null
systemctl is-enabled swarmkeep-agent.service 2>/dev/null; systemctl is-active mycoswarm.service; true`;

const stages = {
  'a stock node': async (home: Home) => {
    const { guest, lan, memory } = home;
    for (const [check, reason] of Object.entries(guest.lacks)) say(`not shown: ${check}, ${reason}`);
    await guest.copyIn(STAND_IN);
    await guest.must(SCENARIOS.stock.script, 400_000);
    memory.card = (await guest.must(AT_HOME, 400_000)).trim().split('\n').at(-1) ?? '';
    await meets(lan);
  },

  'a node in need': async ({ guest, lan, memory }: Home) => {
    await leaveInNeed(guest);
    await meets(lan);
    memory.start = await snapshotOf(guest);
    say(`the node is up, with ${memory.start.size} paths`);
  },

  'allow changes': async (home: Home) => {
    const operator = await home.operator();
    const { client, node } = operator;
    const allowed = await operator.order(await client.fixes.planAllow({ node, withoutPassword: false }));
    expect(allowed.state, allowed.error ?? '').toBe('done');
    await home.guest.must(`echo 'minotaur ALL=(ALL) NOPASSWD: ALL' > ${SUDO_FREE}; chmod 440 ${SUDO_FREE}`);
    for (const kind of INTERFACES) {
      const value = kind === 'interface' ? home.memory.card : PEER_ADDRESS;
      await client.decisions.declare({ node, kind, value, reason: 'It is meant so at home.' });
    }
    home.memory.begun = bad(await home.repairable(), await operator.look('before'));
    const least = home.isNarrowed ? 1 : 8 - Object.keys(home.guest.lacks).length;
    expect(home.memory.begun.length).toBeGreaterThanOrEqual(least);
  },

  'deaths at every boundary of the first repair': async (home: Home) => {
    await crashAll(home, ['dedicated-user'], TAKE_ACCOUNT_AWAY);
  },

  'an account of its own, and all that goes with it': async (home: Home) => {
    const first = home.memory.begun.filter((check) => !UNKEPT.includes(check));
    await repair(home, await home.operator(), first, 1);
  },

  'everything else': async (home: Home) => {
    const operator = await home.operator();
    const now = await repair(home, operator, await home.repairable(), MOST_ROUNDS);
    await holds(home, operator, now, 'after all fixes');
  },

  'a reboot': async (home: Home) => {
    await home.reboot();
    const operator = await home.operator();
    await holds(home, operator, await operator.look('after a reboot'), 'after a reboot');
  },

  'a reload of nftables': async (home: Home) => {
    await home.guest.must('systemctl reload nftables.service');
    const operator = await home.operator();
    await holds(home, operator, await operator.look('after a reload'), 'after a reload of nftables.service');
  },

  'undo of the newest': async (home: Home) => {
    const operator = await home.operator();
    while (home.memory.applied.length > 1) await undoNewest(home, operator);
    await meets(home.lan);
  },

  'deaths at every boundary': async (home: Home) => {
    if (CRASH_EVERY > 0) await home.guest.must(WORN);
    await (await home.operator()).look('a node that is worn');
    await crashAll(home, await home.repairable());
    if (CRASH_EVERY > 0) await home.guest.must(MENDED);
  },

  'a console that dies': async (home: Home) => {
    if (home.isNarrowed) return say('not tried with chosen checks only');
    const { guest } = home;
    await (await home.operator()).look('before a change that nobody keeps');
    const before = await guest.must(LEFT_BEHIND);
    for (let time = 1; time <= UNKEPT_TIMES; time += 1) {
      await home.closeConsole();
      const left = await leaveUnkept(home, UNKEPT_SECONDS, UNKEPT);
      expect(left.state, left.error ?? '').toBe('unconfirmed');
      if (time === UNKEPT_TIMES) await killWaiting(guest, left.id);
      const { began, ended, steps } = await takenBackByNode(guest, left.id);
      say(
        `${time}: taken back by the node, began ${began.toFixed(2)} s after its time, ended ${ended.toFixed(2)} s after`,
      );
      if (time === 1) for (const { what, seconds } of steps) say(`  · ${seconds.toFixed(2)} s ${what}`);
      expect.soft(Math.abs(began)).toBeLessThanOrEqual(WITHIN_SECONDS);
      // Packets pass as before from here on; units and files follow as fast as the node's systemd goes.
      const [rules] = steps;
      expect.soft(rules?.what).toMatch(/^load-/);
      expect.soft(began + (rules?.seconds ?? Number.NaN)).toBeLessThanOrEqual(WITHIN_SECONDS);
      expect.soft(await guest.must(LEFT_BEHIND)).toBe(before);
      const operator = await home.operator();
      expect((await operator.atRest(left.id, 'unconfirmed')).state).toBe('reverted');
    }
    await meets(home.lan);
  },

  'a console that is killed in the middle': async (home: Home) => {
    if (home.isNarrowed) return say('not tried with chosen checks only');
    const { guest } = home;
    const before = await guest.must(LEFT_BEHIND);
    const ends: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await home.closeConsole();
      // Instants spread over what one change takes, the same in every run.
      const id = await killInTheMiddle(home, UNKEPT, (kill * 0.618_034 * KILL_SPAN_MS) % KILL_SPAN_MS);
      const operator = await home.operator();
      const rested = await operator.ended(id);
      ends.push(rested.state);
      expect(['done', 'not-verified', 'rolled-back', 'reverted'], rested.error ?? '').toContain(rested.state);
      const isDone = rested.state === 'done' || rested.state === 'not-verified';
      const now = await guest.must(LEFT_BEHIND);
      if (isDone) {
        expect(now).not.toBe(before);
        const undone = await operator.order(await operator.client.fixes.planUndo({ change: id }));
        expect(undone.state, undone.error ?? '').toBe('done');
      }
      expect(await guest.must(LEFT_BEHIND), `after kill ${kill}, ${rested.state}`).toBe(before);
    }
    say(`${KILLS} kills in the middle: ${ends.join(' ')}`);
    await meets(home.lan);
  },

  'a boot with a change that nobody kept': async (home: Home) => {
    if (home.isNarrowed) return say('not tried with chosen checks only');
    const { guest } = home;
    const before = await guest.must(LEFT_BEHIND);
    const operator = await home.operator();
    const { client, node } = operator;
    const plan = await client.fixes.plan({ node, checks: [...UNKEPT], revertsAfter: 3_600 });
    const left = await operator.orderOnly(plan);
    expect(left.state, left.error ?? '').toBe('unconfirmed');
    expect(await guest.must(LEFT_BEHIND)).not.toBe(before);
    await home.reboot();
    expect.soft(await guest.must(LEFT_BEHIND)).toBe(before);
    await meets(home.lan);
    const rested = await (await home.operator()).atRest(left.id, 'unconfirmed');
    expect(rested.state, rested.error ?? '').toBe('reverted');
  },

  'undo of everything': async (home: Home) => {
    const operator = await home.operator();
    while (home.memory.applied.length > 0) await undoNewest(home, operator);
    await meets(home.lan);
  },

  'Remove Swarmkeep': async (home: Home) => {
    const operator = await home.operator();
    const { client, node } = operator;
    await home.guest.must(`rm ${SUDO_FREE}`);
    const removed: AppliedChange = await operator.order(await client.fixes.planRemove({ node }));
    expect(removed.state, removed.error ?? '').toBe('done');
  },

  'the node is what it was': async ({ guest, memory }: Home) => {
    // What the agent wrote is its own, and updates stay, until a person takes them away, by the words that undo and plan say.
    await guest.must(TAKE_ACCOUNT_AWAY);
    await guest.must(TAKE_UPDATE_BACK, 400_000);
    const all = differences(memory.start, await snapshotOf(guest));
    const left = all.filter((one) => whyAllowed(one) === null);
    // Who reviews the list sees what each of its lines was good for.
    for (const one of all)
      say(`${one.path} (${one.fields}): ${whyAllowed(one) ?? `was ${one.was}, is ${one.is}`}`);
    expect(left).toEqual([]);
  },
};

test('a stock node is repaired over SSH, keeps it over reboot and reload, and gets everything back', {
  timeout: 5_400_000,
}, async (context) => {
  if (why) context.skip(why);
  builtHelper();
  await goThrough(stages, (home) => open.push(() => home.remove()));
});
