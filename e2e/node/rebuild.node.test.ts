import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ApiClient } from '#core/api/direct-client.ts';
import { createDirectClient } from '#core/api/direct-client.ts';
import { createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import { realLooking } from '#core/console/default-looking.ts';
import { CODE_FILE, CONFIGURATION, ENVIRONMENT, OUTCOME } from '#core/incidents/rebuild/layout.ts';
import { makeKit } from '#core/incidents/rebuild/make-kit.ts';
import { installOffline } from './fetch-packages.ts';
import type { Guest } from './guest.ts';
import { hostKeysOf } from './look-at-guest.ts';
import { say } from './operator.ts';
import { mustRun } from './run-program.ts';
import { startGuest, whyNoGuest } from './start-guest.ts';

const WHEEL = join(import.meta.dirname, 'stand-in-wheel.py');
const ACCOUNT = 'keeper';
/** On demand, for installing cloud-init and the first start take ten minutes. */
const why = process.env.SWARMKEEP_REBUILD ? whyNoGuest() : 'SWARMKEEP_REBUILD=1 asks for it';

let guest: Guest | null = null;
let folder = '';
let close: () => Promise<void> = async () => undefined;

afterEach(async () => {
  await close();
  await guest?.stop();
  guest = null;
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** A console in which a person says yes to everything that is asked outside the page, and keeps what was asked. */
async function aConsole(
  dataFolder: string,
  patience: number,
): Promise<{ client: ApiClient; asked: string[] }> {
  const asked: string[] = [];
  const consent = {
    ask: async ({ title, lines }: { title: string; lines: readonly string[] }) => {
      asked.push([title, ...lines].join('\n'));
      return true;
    },
  };
  const service = await createConsole({
    dataFolder,
    shell: 'web',
    version: '0.1.0',
    consent,
    schedule: false,
    looking: realLooking({ dataFolder, recording: '/dev/null', version: '0.1.0', patience }),
  });
  const api = createApi({ service, consent, log: { error: (what, error) => say(`${what}: ${error}`) } });
  close = async () => {
    api.close();
    await service.close();
  };
  return {
    client: createDirectClient(api, { kind: 'operator-terminal', client: 'the test of a kit' }),
    asked,
  };
}

async function rested(client: ApiClient, incident: string, step: string) {
  for (;;) {
    const view = await client.incidents.get({ incident });
    const found = view.incident.steps.find((one) => one.step === step);
    if (found !== undefined && found.state !== 'under-way') return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

test('a node is set up anew from its kit by cloud-init, known again by its code, and held back by the gate', {
  timeout: 1_500_000,
}, async (context) => {
  if (why) context.skip(why);
  folder = await mkdtemp(join(tmpdir(), 'swarmkeep-rebuild-'));
  const node = await startGuest();
  guest = node;
  say('the node is up');

  // What a house has that this one lacks: an archive of Debian, and an index of packages.
  const lacks = await installOffline(node, ['cloud-init', 'unattended-upgrades'], join(folder, 'packages'));
  if (lacks !== null) context.skip(lacks);
  const wheels = join(folder, 'wheels');
  await mkdir(wheels);
  const hash = (await mustRun('python3', [WHEEL, wheels])).trim();
  await node.copyIn(wheels, '/srv/wheels');
  // Its own archive has nothing newer than what was brought.
  await node.must(`: > /etc/apt/sources.list; rm -rf /etc/apt/sources.list.d /root/packages
printf '[global]\\nno-index = true\\nfind-links = /srv/wheels\\n' > /etc/pip.conf
printf 'network: {config: disabled}\\n' > /etc/cloud/cloud.cfg.d/99-network.cfg
printf 'datasource_list: [NoCloud]\\n' > /etc/cloud/cloud.cfg.d/99-source.cfg
mkdir -p ${CONFIGURATION} && printf aaaa1111bbbb2222 > ${CONFIGURATION}/node_id`);

  // The incident, up to the kit.
  const dataFolder = join(folder, 'console');
  await mkdir(dataFolder, { mode: 0o700 });
  const { client, asked } = await aConsole(dataFolder, node.patience);
  const host = { host: '127.0.0.1', port: node.port };
  const former = await hostKeysOf(host);
  const added = await client.nodes.add({
    name: 'naru',
    address: { kind: 'ssh', ...host, user: 'root', identityFile: node.key },
    confirmedKeys: former.map(({ line }) => line),
  });
  const incident = 'c'.repeat(32);
  await client.incidents.start({
    id: incident,
    kind: 'exfiltration',
    node: added.id,
    name: 'naru',
    address: '',
    origin: { kind: 'by-hand' },
    seen: 'It sends a file to an address that is not ours.',
    since: new Date().toISOString(),
  });
  await client.incidents.move({ incident, move: { kind: 'skip', step: 'preserve', words: 'a test' } });
  const key = (await readFile(`${node.key}.pub`, 'utf8')).trim();
  const wish = { hostName: 'naru', account: ACCOUNT, keys: [key] };
  const { kit: told } = await client.incidents.makeKit({ incident, wish });
  // What was installed was never seen here, so the console says what its kit lacks; the medium gets the same kit with the lock.
  expect(told.lacking.join()).toMatch(/was not seen on this node/);
  const kit = makeKit({
    wish: { node: added.id, ...wish },
    nodeName: 'naru',
    port: 7_890,
    peers: [{ version: 4, address: '10.0.0.11' }],
    lock: {
      text: `mycoswarm==0.2.16 --hash=sha256:${hash}\n`,
      hashed: 1,
      unhashed: [],
      left: [],
      command: null,
    },
    version: '0.2.16',
    instance: createHash('sha256').update(String(node.port)).digest('hex').slice(0, 32),
  });
  expect(kit.files.map(({ path }) => path)).toEqual(told.files.map(({ path }) => path));

  // The medium, and the first start.
  const seed = join(folder, 'nocloud');
  await mkdir(seed);
  for (const name of ['user-data', 'meta-data'])
    await writeFile(
      join(seed, name),
      kit.files.find(({ path }) => path === `cloud-init/${name}`)?.text ?? '',
    );
  await node.must(`rm -rf ${CONFIGURATION} /var/lib/mycoswarm; mkdir -p /var/lib/cloud/seed`);
  await node.copyIn(seed, '/var/lib/cloud/seed/nocloud');
  await node.must(
    'cloud-init schema --config-file /var/lib/cloud/seed/nocloud/user-data && cloud-init clean --logs',
  );
  say('starting it from the kit');
  await node.reboot();
  const status = await node.run('cloud-init status --wait --long', 600_000);
  say(`cloud-init: ${status.stdout.replaceAll('\n', ' ').slice(0, 300)}`);
  const outcome = await node.must(`cat ${OUTCOME}`);
  expect(outcome).toContain('done: mycoSwarm starts when the console brings the secret of the swarm');
  expect(outcome).not.toContain('failed');

  // Hard from its first start on.
  expect(await node.must('nft list table inet swarmkeep_agent')).toContain('790');
  expect(await node.must(`${ENVIRONMENT}/bin/pip list 2>/dev/null`)).toMatch(/mycoswarm +0\.2\.16/);
  expect(
    (await node.must(`stat -c '%U %a' ${CONFIGURATION} ${CONFIGURATION}/node_id ${ENVIRONMENT}`)).split('\n'),
  ).toEqual(expect.arrayContaining(['root 750', 'root 640', 'root 755']));
  expect(await node.must('systemctl show -p ActiveState -p ConditionResult mycoswarm.service')).toMatch(
    /ActiveState=inactive[\s\S]*ConditionResult=no/,
  );
  expect(await node.must('sshd -T')).toMatch(/passwordauthentication no/);
  expect(await node.must(`grep '^${ACCOUNT}:' /etc/shadow | cut -d: -f2`)).toMatch(/^!/);
  expect((await node.run(`test -s ${CONFIGURATION}/swarm-token`)).code).not.toBe(0);

  // Another machine by its key; nobody is let in by a code that is not its own.
  const now = await hostKeysOf(host);
  for (const { line } of now) expect(former.map((one) => one.line)).not.toContain(line);
  const code = (await node.must(`cat ${CODE_FILE}`)).trim();
  await expect(client.incidents.meetAgain({ incident, code: '0000-0000-0000-0000' })).rejects.toThrow(
    /no host key/,
  );
  const met = await client.incidents.meetAgain({ incident, code });
  expect(met.incident.rebuild.hostKey).toMatchObject({ isNew: true });
  expect(met.incident.steps.find(({ step }) => step === 'rebuild')).toMatchObject({
    state: 'done',
    proof: 'part',
  });
  const [reached] = await client.nodes.list();
  expect(reached?.address).toMatchObject({ user: ACCOUNT });
  say(`known again by ${code}`);

  // The gate stays shut for what is not proven, and opens by a decision only.
  const { looks } = await client.looks.start({ nodes: [added.id] });
  expect(looks).toHaveLength(1);
  for (;;) {
    const [seen] = await client.nodes.list();
    if (seen?.lastLookAt !== null && seen?.lastLookAt !== undefined) break;
    if (seen?.lastError != null) throw new Error(seen.lastError);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await client.incidents.takeBaseline({ incident });
  const gate = await client.incidents.gate({ incident });
  for (const { name, state, words } of gate.conditions) say(`${name}: ${state}. ${words}`);
  const state = Object.fromEntries(gate.conditions.map((one) => [one.name, one.state]));
  expect(state).toMatchObject({ 'host-key': 'met', baseline: 'met', secret: 'unknown' });
  expect(gate.open).toBe(false);
  await client.incidents.investigate({ incident, order: { step: 'rejoin' } });
  expect(await rested(client, incident, 'rejoin')).toMatchObject({ state: 'failed' });
  const plan = await client.incidents.plan({
    incident,
    step: 'rejoin',
    words: 'There is no other node here.',
  });
  await client.incidents.begin({ plan: plan.id, hash: plan.hash });
  expect(asked.at(-1)).toContain('There is no other node here.');
  expect(await rested(client, incident, 'rejoin')).toMatchObject({ state: 'done', proof: 'said' });
  const { text } = await client.incidents.report({ incident, format: 'markdown' });
  expect(text).toContain('There is no other node here.');
});
