import { beforeEach, describe, expect, it, vi } from 'vitest';
import { withFirewall } from '#core/checks/testing/firewall-facts.ts';
import { five, RANGE, resolved } from '#core/checks/testing/firewall-situations.ts';
import { agentAccount, but, hardened } from '#core/checks/testing/situations.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { run } from '../program.ts';
import { capturedTerminal } from '../testing/captured-terminal.ts';

const looked = vi.hoisted((): { facts: Facts | null } => ({ facts: null }));
// What this machine is like decides, so it is another one here; the integration test asks the real one.
vi.mock('../direct-look.ts', () => ({ lookDirectly: async () => looked.facts }));

async function command(...args: string[]) {
  const { terminal, written } = capturedTerminal();
  const code = await run(['firewall', ...args], '0.0.0-test', terminal);
  return { code, ...written };
}

const withRange = (works: boolean | null): Facts => {
  const facts = agentAccount({ subordinateUids: RANGE });
  const { accounts } = facts.subjects;
  if (accounts.state === 'seen') accounts.value.newuidmapWorks = works;
  return facts;
};

describe('the rules of this machine', () => {
  beforeEach(() => {
    looked.facts = hardened;
  });

  it('are proven for the agent, and what passes data on is named', async () => {
    const { code, out } = await command('prove');
    expect(code).toBe(0);
    expect(out).toContain('IPv4: no packet of mycoswarm (uid 1001) gets to a public address');
    expect(out).toMatch(
      /are judged by: swarmkeep check --only outbound-firewall\n {4}closed {3}mycoswarm: .*11434.*Ollama/,
    );
  });

  it('are proven though a relay is open, which stands first and in the JSON too', async () => {
    looked.facts = resolved(five());
    const { out } = await command('prove');
    expect(out).toMatch(/outbound-firewall\n {4}open {5}mycoswarm: .*systemd-resolve/);
    const { beside, scope } = JSON.parse((await command('prove', '--json')).out);
    expect(beside[0]).toMatchObject({ name: 'mycoswarm', kind: 'relay', state: 'open' });
    expect(scope.note).toContain('a resolver, a proxy, Ollama');
    const byUid = JSON.parse((await command('prove', '--uid', '1001', '--json')).out);
    expect(byUid.beside).toEqual(beside);
  });

  it('are asked about every uid of the agent, and about those that it cannot use now', async () => {
    looked.facts = withRange(false);
    const { code, out } = await command('prove');
    expect(code).toBe(0);
    expect(out).toContain(
      'uid 100000-165535 of mycoswarm (/etc/subuid): newuidmap is not installed, or without its rights, so they are not usable now. Under these rules, their packets would get out.',
    );
    looked.facts = withRange(true);
    const usable = await command('prove', '--json');
    expect(usable.code).toBe(1);
    const { results, notUsable } = JSON.parse(usable.out);
    expect(results[0]).toMatchObject({ uids: '1001, 100000-165535', result: 'open' });
    expect(notUsable).toEqual([]);
  });

  it('are not called proven while it is not known which uids the agent can become', async () => {
    looked.facts = withRange(null);
    const { code, out } = await command('prove');
    expect(code).toBe(2);
    expect(out).toContain('newuidmap for 100000');
  });

  it('take the name of an account', async () => {
    const byName = await command('prove', '--uid', 'mycoswarm', '--json');
    expect(byName).toEqual(await command('prove', '--uid', '1001', '--json'));
    const args = ['--to', '8.8.8.8', '--proto', 'tcp', '--port', '443'];
    const { out } = await command('explain', '--uid', 'mycoswarm', ...args);
    expect(out).toContain('as uid 1001');
    const none = await command('explain', '--uid', 'zoe', ...args);
    expect(none).toMatchObject({ code: 2, out: '' });
    expect(none.error).toContain('There is no account called zoe on this machine.');
  });

  it('end at this machine for its own addresses', async () => {
    const own = hardened.subjects.interfaces;
    const address =
      own.state === 'seen'
        ? own.value.interfaces
            .flatMap((face) => face.addresses)
            .find((one) => one.family === 4 && !one.address.startsWith('127.'))?.address
        : undefined;
    const { out } = await command(
      'explain',
      '--uid',
      '0',
      '--to',
      address ?? '',
      '--proto',
      'tcp',
      '--port',
      '1',
    );
    expect(out).toMatch(/→ this machine\n/);
  });

  it('are said not to be seen, with the reason', async () => {
    looked.facts = withFirewall({ nftJson: null });
    const { subjects } = looked.facts;
    if (subjects.firewall.state === 'seen')
      subjects.firewall.gaps = [
        { what: 'rules of nftables', reason: 'the program did not answer in time', wouldHelp: null },
      ];
    const { code, error } = await command('prove');
    expect(code).toBe(2);
    expect(error).toContain('the program did not answer in time');
  });

  it('say nothing of an agent whose number is not known', async () => {
    looked.facts = but('processes', (value) => {
      value.processes = [];
    });
    looked.facts.profile.instances = looked.facts.profile.instances.map((one) => ({ ...one, uid: null }));
    const { code, error } = await command('prove');
    expect(code).toBe(2);
    expect(error).toContain('The number of the account of mycoSwarm is not known here');
  });
});
