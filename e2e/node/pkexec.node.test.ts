import { afterEach, expect, test } from 'vitest';
import { Desktop, whyNoDesktop } from './desktop.ts';
import type { Guest } from './guest.ts';
import { PASSWORD } from './operator.ts';
import { SCENARIOS } from './scenarios.ts';
import { startGuest, whyNoGuest } from './start-guest.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
const LIMITS = '/etc/systemd/system/mycoswarm.service.d/50-swarmkeep-sandbox.conf';
const LOOK = 'org.swarmkeep.helper.look';
const CHANGE = 'org.swarmkeep.helper.change';
const NETWORK = 'org.swarmkeep.helper.network';

const why = whyNoGuest() ?? whyNoDesktop();
let guest: Guest | null = null;

afterEach(async () => {
  await guest?.stop();
  guest = null;
});

test('a change on this computer is asked for by polkit, in its own windows', {
  timeout: 1_800_000,
}, async (context) => {
  if (why) context.skip(why);
  const node = await startGuest();
  guest = node;
  await node.copyIn(STAND_IN);
  await node.must(SCENARIOS.stock.script, 400_000);
  const desktop = await Desktop.at(node);
  const limits = () => node.must(`test -e ${LIMITS} && echo there || echo absent`);
  const repair = (...answers: (string | null)[]) => desktop.run(answers, 'fix', 'sandbox-mode', '--yes');

  for (const answer of ['wrong', null]) {
    const refused = await repair(answer);
    expect(refused, refused.said).toMatchObject({ status: 2, asked: [LOOK] });
    expect(refused.said).toContain('did not allow the helper to run as administrator');
    expect(refused.said).toContain('Nothing was changed.');
  }

  // Who lets it look and dismisses the change is not left with a change that waits.
  const halfway = await repair(PASSWORD, 'wrong');
  expect(halfway, halfway.said).toMatchObject({ status: 2, asked: [LOOK, CHANGE] });
  expect(halfway.said).toContain('Nothing was changed.');
  expect(await limits()).toBe('absent\n');
  expect((await desktop.run([null], 'changes')).said).toContain('taken back');

  const done = await repair(PASSWORD);
  // Done, and not seen whole: the look of an ordinary account does not see into the unit's own view of files.
  expect(done, done.said).toMatchObject({ status: 1, asked: [LOOK, CHANGE] });
  expect(done.shown).toContain(
    'Swarmkeep wants to look at this computer as administrator. Nothing is changed.',
  );
  expect(done.shown).toContain('Swarmkeep wants to make a change that you confirmed, or to take one back.');
  expect(await limits()).toBe('there\n');

  const { changes } = JSON.parse((await desktop.run([null], 'changes', '--json')).said);
  const undone = await desktop.run([PASSWORD], 'undo', changes[0].id, '--yes');
  // What an undo touches only the record on the node knows, so it is asked for as what can cut connections.
  expect(undone, undone.said).toMatchObject({ status: 0, asked: [LOOK, NETWORK] });
  expect(undone.shown).toContain(
    'make a change that you confirmed, or to take one back. It can cut connections.',
  );
  expect(await limits()).toBe('absent\n');
});
