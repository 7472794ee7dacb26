import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { builtHelper, placeFiles } from '../../electron/helper/testing/install-helper.ts';
import type { Guest } from './guest.ts';
import { startGuest, whyNoGuest } from './start-guest.ts';

/** How often the node is restarted: on demand, for each takes half a minute. */
const REBOOTS = Number(process.env.SWARMKEEP_REBOOTS ?? 0);

const why = REBOOTS === 0 ? 'SWARMKEEP_REBOOTS says how often' : whyNoGuest();
let guest: Guest | null = null;

afterEach(async () => {
  await guest?.stop();
  guest = null;
});

test('an isolation that was confirmed is there again before the network, however often the node restarts', {
  timeout: 1_800_000,
}, async (context) => {
  if (why) context.skip(why);
  const node = await startGuest();
  guest = node;
  const inside = ['ssh', ...node.sshArguments(), '--'];
  const run = (program: string, ...args: string[]) => {
    const end = spawnSync(inside[0] ?? '', [...inside.slice(1), program, ...args], { encoding: 'utf8' });
    if (end.status !== 0) throw new Error(`${program}: ${end.stderr}`);
    return end.stdout;
  };
  placeFiles({ inside, run }, builtHelper());
  const ask = async (what: IsolateAct): Promise<HelperAnswer> => {
    const request = JSON.stringify({ version: 1, ask: 'isolate', what });
    const { stdout } = spawnSync(inside[0] ?? '', [...inside.slice(1), HELPER_PROGRAM], {
      ...{ input: request, encoding: 'utf8' },
    });
    return helperAnswer.parse(JSON.parse(stdout));
  };
  const isolation = '7'.repeat(32);
  const cut: IsolateAct = { act: 'cut', isolation, scope: 'node', uids: [], sshPort: 22, seconds: 600 };
  expect(await ask(cut)).toMatchObject({ own: { is: 'cut', keeper: true } });
  expect(await ask({ act: 'confirm', isolation })).toMatchObject({ own: { is: 'confirmed', boot: true } });
  for (let reboot = 1; reboot <= REBOOTS; reboot += 1) {
    await node.reboot();
    expect(await ask({ act: 'look', about: [], uids: [] })).toMatchObject({
      own: { isolation, is: 'confirmed', rules: 'as-loaded', egress: 'as-loaded', keeper: true },
    });
    // By systemd's own clock: the rules were in force before anything of the network began.
    const order = await node.must(
      `systemctl show -p ActiveEnterTimestampMonotonic --value swarmkeep-isolation.service network-pre.target`,
    );
    const [rules = 0, network = 0] = order.split('\n').filter(Boolean).map(Number);
    expect(rules).toBeGreaterThan(0);
    expect(rules).toBeLessThanOrEqual(network);
  }
  expect(await ask({ act: 'release', isolation })).toMatchObject({ own: null });
  expect(await node.must('nft list tables')).not.toContain('swarmkeep_isolation');
});
