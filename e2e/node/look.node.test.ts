import { afterEach, expect, test } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import type { Guest } from './guest.ts';
import { lookAtGuest } from './look-at-guest.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { startGuest, whyNoGuest } from './start-guest.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
const why = whyNoGuest();
let guest: Guest | null = null;

afterEach(async () => {
  await guest?.stop();
  guest = null;
});

/** What must be found on a machine that was really set up so; checks that are not named may be anything but wrong. */
const EXPECTED: readonly { scenario: ScenarioName; found: Partial<Record<CheckId, FindingStatus>> }[] = [
  {
    scenario: 'stock',
    found: {
      'dedicated-user': 'fix',
      'sandbox-mode': 'fix',
      'source-read-only': 'fix',
      'audit-logging': 'fix',
      'pinned-dependencies': 'fix',
      'api-docs-exposed': 'fix',
      'tool-log': 'fix',
      'ssh-server': 'fix',
    },
  },
  {
    scenario: 'hardened',
    found: {
      'dedicated-user': 'pass',
      'sandbox-mode': 'pass',
      'source-read-only': 'pass',
      'swarm-secret': 'pass',
      'ssh-server': 'pass',
    },
  },
  { scenario: 'not-root', found: { 'ssh-server': 'unknown' } },
];

test.for(EXPECTED)(
  'a $scenario node, booted, gives the findings that are true of it',
  async ({ scenario, found }, context) => {
    if (why) context.skip(why);
    guest = await startGuest();
    await guest.copyIn(STAND_IN);
    await guest.must(SCENARIOS[scenario].script, 400_000);
    const facts = await lookAtGuest(guest, SCENARIOS[scenario].as);
    expect(facts.profile.instances.map((instance) => instance.unit)).toEqual(['mycoswarm.service']);
    const findings = runChecks({
      facts,
      nodeName: 'node',
      now: new Date(facts.collectedAt),
      settings: DEFAULT_SETTINGS,
      declarations: [],
    });
    const statuses = Object.fromEntries(findings.map((finding) => [finding.check, finding.status]));
    expect(statuses).toMatchObject(found);
  },
);
