import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { hostFor } from '#core/hosts/host-for.ts';
import { confirmHostKeys } from '#core/hosts/known-hosts.ts';
import { localHost } from '#core/hosts/local.ts';
import { recordedText } from '#core/hosts/recorded.ts';
import { type LoopbackSshd, startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { type Facts, facts as factsSchema, type SubjectName } from '#shared/domain/facts/facts.ts';
import type { Observation, Seen } from '#shared/domain/facts/observation.ts';
import type { CollectProgress } from './collect/request.ts';
import type { SubjectValue } from './collector.ts';
import { COLLECTORS } from './collectors.ts';
import { collectFacts, type LookRequest } from './look.ts';
import { recordFacts, replayFacts } from './record.ts';

const USER = 'swk-look';
const SUDOERS = '/etc/sudoers.d/swarmkeep-look-test';

async function look(request: Pick<LookRequest, 'host'> & Partial<LookRequest>): Promise<Facts> {
  const result = await collectFacts({
    nodeName: 'here',
    reachedBy: 'local',
    corrections: [],
    salt: 'a'.repeat(64),
    appVersion: 'test',
    ...request,
  });
  await request.host.close();
  if (!result.ok) throw new Error(`${result.error.failure}: ${result.error.message}`);
  return result.facts;
}

function seen<S extends SubjectName>(facts: Facts, subject: S): Seen<SubjectValue<S>> {
  const observation = facts.subjects[subject] as Observation<SubjectValue<S>>;
  if (observation.state !== 'seen') throw new Error(`${subject} unseen: ${observation.reason}`);
  return observation;
}

describe('a look at this machine', () => {
  it('sees a socket, its process and its owner, hides secrets, and fits the shape of facts', async (context) => {
    if (process.platform !== 'linux') context.skip('needs Linux');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    const secret = 'f'.repeat(64);
    const child = spawn('/bin/sh', ['-c', 'sleep 30 # --token', '--token', 'hunter22', secret], {
      env: { PATH: '/usr/bin:/bin', OPENAI_API_KEY: 'sk-abcdefghijklmnopqrstuvwx', EMPTY_KEY: '' },
    });
    const steps: CollectProgress[] = [];
    const facts = await look({ host: localHost(), onProgress: (step) => steps.push(step) });
    child.kill('SIGKILL');
    server.close();

    expect(factsSchema.safeParse(facts).error).toBeUndefined();
    expect(steps.at(-1)).toMatchObject({ done: COLLECTORS.length, total: COLLECTORS.length });
    const socket = seen(facts, 'sockets').value.listening.find((entry) => entry.port === port);
    expect(socket).toMatchObject({
      address: '127.0.0.1',
      family: 4,
      uid: process.getuid?.(),
      pids: [process.pid],
    });
    const { processes } = seen(facts, 'processes').value;
    const sleeper = processes.find((entry) => entry.pid === child.pid);
    expect(sleeper?.argv.slice(3)).toEqual(['--token', '[redacted]', '[redacted]']);
    expect(sleeper?.environment).toContainEqual({ name: 'OPENAI_API_KEY', value: null, empty: false });
    expect(sleeper?.environment).toContainEqual({ name: 'EMPTY_KEY', value: null, empty: true });
    expect(sleeper?.environment).toContainEqual({ name: 'PATH', value: '/usr/bin:/bin', empty: false });
    expect(JSON.stringify(facts)).not.toMatch(/hunter22|sk-abcdefg|f{64}/);
    // The look itself does not show up in what it sees.
    expect(
      processes.filter(
        (entry) => entry.parent === process.pid && entry.name === 'sh' && entry.pid !== child.pid,
      ),
    ).toEqual([]);
    const own = seen(facts, 'accounts').value.accounts.find((entry) => entry.uid === process.getuid?.());
    expect(own?.homeDirectory).not.toBeNull();
    // The same clock: what remains is half a round trip, which a busy machine makes long.
    expect(Math.abs(seen(facts, 'identity').value.skewMs ?? 0)).toBeLessThan(1_000);
    expect(seen(facts, 'mounts').value.mounts.map((mount) => mount.path)).toContain('/');
    expect(seen(facts, 'interfaces').value.interfaces.find((entry) => entry.name === 'lo')?.kind).toBe(
      'loopback',
    );
  });

  it('records and replays without loss but secrets', async (context) => {
    if (process.platform !== 'linux') context.skip('needs Linux');
    const facts = await look({ host: localHost() });
    const text = recordFacts(facts);
    const replayed = await look({ host: recordedText(text), reachedBy: 'recorded' });
    expect(recordFacts(replayed)).toBe(text);
    expect(replayed.collectedAt).toBe(facts.collectedAt);
    const direct = replayFacts(text);
    expect(direct.ok && direct.facts).toEqual(replayed);
  });

  it('ends on the node when the console is killed', async (context) => {
    if (process.platform !== 'linux') context.skip('needs Linux');
    const code = `
      const { localHost } = await import('#core/hosts/local.ts');
      const { runTrip } = await import('#core/facts/collect/trip.ts');
      await runTrip(localHost(), [{ script: 'sleep 7321', budgetMs: 60000, maxBytes: 100 }], { sudo: false, onJob() {} });`;
    const console = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const running = (): boolean =>
      readdirSync('/proc').some((entry) => {
        try {
          return (
            /^[0-9]+$/.test(entry) &&
            readFileSync(`/proc/${entry}/cmdline`, 'latin1') === 'sleep\0' + '7321\0'
          );
        } catch {
          return false;
        }
      });
    const until = async (wanted: boolean): Promise<boolean> => {
      for (let wait = 0; wait < 200 && running() !== wanted; wait += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return running() === wanted;
    };
    expect(await until(true)).toBe(true);
    console.kill('SIGKILL');
    expect(await until(false)).toBe(true);
  });
});

describe('a look over SSH', () => {
  const reason = whyNoSshd();
  let server: LoopbackSshd;

  beforeAll(async () => {
    if (reason) return;
    server = await startLoopbackSshd();
    await server.allowRoot();
    server.addAccount(USER);
    await confirmHostKeys(server.folder, { host: '127.0.0.1', port: server.port }, [server.hostKeyLine]);
  });
  afterAll(async () => {
    await rm(SUDOERS, { force: true });
    await server?.close();
  });
  const over = async (user: string): Promise<{ facts: Facts; commands: number }> => {
    const { port, identityFile, folder } = server;
    const before = await server.countCommands();
    const host = hostFor(
      { kind: 'ssh', host: '127.0.0.1', port, user, identityFile },
      { dataFolder: folder },
    );
    const facts = await look({ host, reachedBy: 'ssh' });
    return { facts, commands: (await server.countCommands()) - before };
  };
  const needsSshd = (context: TestContext): void => {
    if (reason) context.skip(reason);
  };

  it('as root, in at most three exec channels', async (context) => {
    needsSshd(context);
    const { facts, commands } = await over('root');
    expect(facts.privilege).toBe('root');
    expect(commands).toBeLessThanOrEqual(3);
    expect(seen(facts, 'accounts').value.sudoersReadable).toBe(true);
    expect(seen(facts, 'firewall').gaps.map((gap) => gap.reason)).not.toContain(
      'only root may read the rules',
    );
  });

  it('as an ordinary user, with what stays closed said and never guessed', async (context) => {
    needsSshd(context);
    const { facts, commands } = await over(USER);
    expect(commands).toBeLessThanOrEqual(3);
    expect(facts.privilege).toBe('user');
    const accounts = seen(facts, 'accounts');
    expect(accounts.value.accounts.find((entry) => entry.name === 'root')?.password).toBe('unknown');
    expect(accounts.gaps.map((gap) => gap.what)).toContain('state of passwords');
    const firewall = seen(facts, 'firewall');
    expect(firewall.value).toMatchObject({ nftJson: null, saves: [] });
    if (firewall.value.toolsPresent.includes('nft')) {
      expect(firewall.gaps).toContainEqual({
        what: 'rules of nftables',
        reason: 'only root may read the rules',
        wouldHelp: 'allow one look as administrator',
      });
    }
    const init = seen(facts, 'processes').value.processes.find((entry) => entry.pid === 1);
    expect(init).toMatchObject({ uid: 0, environment: null, namespaces: null });
    // Whose socket it is can be seen without root; which process holds it cannot.
    const socket = seen(facts, 'sockets').value.listening.find((entry) => entry.port === server.port);
    expect(socket).toMatchObject({ uid: 0, user: 'root', pids: [] });
  });

  it('as an ordinary user with sudo that needs no password', async (context) => {
    needsSshd(context);
    if (!existsSync('/usr/bin/sudo')) {
      try {
        execFileSync('apt-get', ['install', '-y', '-q', 'sudo'], {
          stdio: 'ignore',
          env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        });
      } catch {
        context.skip('needs sudo, which could not be installed');
      }
    }
    await writeFile(SUDOERS, `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    try {
      const { facts, commands } = await over(USER);
      expect(commands).toBeLessThanOrEqual(3);
      expect(facts.privilege).toBe('sudo');
      const accounts = seen(facts, 'accounts').value;
      expect(accounts.sudoersReadable).toBe(true);
      expect(accounts.accounts.find((entry) => entry.name === USER)).toMatchObject({
        password: 'locked',
        sudoRules: [`${USER} ALL=(ALL) NOPASSWD: ALL`],
      });
      expect(seen(facts, 'identity').value.collectedAs.uid).toBe(0);
    } finally {
      await rm(SUDOERS, { force: true });
    }
  });
});
