import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  installStandIn,
  type TestInstallation,
  tokenOf,
  whyNoInstallation,
} from '#core/hosts/testing/installation.ts';
import { freePort } from '#core/hosts/testing/loopback-sshd.ts';
import { factsAs, valueIn } from './testing/facts-as.ts';

type Looked = Awaited<ReturnType<typeof factsAs>>;
const NOBODY = 65_534;
const missing = whyNoInstallation();

describe.runIf(missing === null)('a running installation in a virtual environment', () => {
  let agent: TestInstallation;
  let port: number;
  let asRoot: Looked;
  let asOther: Looked;

  beforeAll(async () => {
    agent = installStandIn('swk-facts-a', 'venv');
    port = await freePort();
    await agent.start(port);
    const token = tokenOf(agent);
    agent.asAgent(`
      mkdir -p workspace/deep .config/mycoswarm/plugins/hello .config/mycoswarm/plugins/second
      printf 'print(1)\\n' > .config/mycoswarm/plugins/hello/handler.py
      printf 'KEY = "hf_%s"\\n' abcdefghijklmnopqrstuvwxyz0123456789 > .config/mycoswarm/plugins/second/handler.py
      printf '{"security":{"sandboxMode":true},"swarm":{"secret":"s3cr3t"},"__proto__":{"polluted":1}}' > .config/mycoswarm/config.json
      printf 'export OPENAI_API_KEY="sk-proj-abcdefghijklmnopqrstuvwxyz"\\nMISTRAL_API_KEY=your-key-here\\n' > .bashrc
      printf 'curl -H "X-Swarm-Token: ${token}" x\\n' > .bash_history; chmod 600 .bash_history
      printf '${token}\\n' > notes.txt; chmod 644 notes.txt
      ln -s / workspace/out; ln -s deep workspace/in; ln -s loop workspace/loop; ln -s ../nowhere workspace/broken
      mkfifo workspace/pipe; touch workspace/setuid; chmod 4755 workspace/setuid
      touch "workspace/$(printf 'two\\nlines')" "workspace/$(printf '\\377\\376')" "workspace/$(printf '\\033[31mred')" "workspace/it's \\"quoted\\""
      ln notes.txt workspace/hard`);
    asRoot = await factsAs(0);
    asOther = await factsAs(NOBODY);
  }, 120_000);
  afterAll(() => agent?.remove());

  it('is found, with the same paths for root and for a stranger', () => {
    for (const looked of [asRoot, asOther]) {
      const instance = looked.profile.instances.find((entry) => entry.uid === agent.uid);
      expect(instance).toMatchObject({
        id: `${agent.uid}-${port}`,
        detectedBy: 'by-hand',
        user: agent.name,
        home: agent.home,
        workspace: `${agent.home}/workspace`,
        source: `${agent.home}/mycoSwarm`,
        virtualEnvironment: `${agent.home}/mycoSwarm/venv`,
        version: '0.2.16',
        apiPort: port,
        running: true,
      });
    }
  });

  it('describes the token and shows it nowhere', () => {
    const token = tokenOf(agent);
    const [fact] = valueIn(asRoot, 'mycoswarm').tokens.filter((entry) => entry.path.startsWith(agent.home));
    expect(fact).toMatchObject({ exists: true, length: 64, hexadecimal: true, newerThanProcess: false });
    expect(fact?.fingerprint).toBe(
      createHash('sha256')
        .update(`${'ab'.repeat(32)}${token}`)
        .digest('hex'),
    );
    expect(fact?.leaks).toEqual(
      expect.arrayContaining([
        { kind: 'shell-history', place: `${agent.home}/.bash_history` },
        { kind: 'world-readable', place: `${agent.home}/notes.txt` },
      ]),
    );
    expect(fact?.leaks?.some((leak) => leak.place.endsWith('swarm-token'))).toBe(false);
    for (const looked of [asRoot, asOther]) {
      const text = JSON.stringify(looked);
      expect(text).not.toContain(token);
      expect(text).not.toContain('sk-proj-');
      expect(text).not.toContain('s3cr3t');
      expect(text).not.toContain('abcdefghijklmnopqrstuvwxyz');
    }
  });

  it('says that a stranger cannot read the token, and not that there is none', () => {
    const [fact] = valueIn(asOther, 'mycoswarm').tokens.filter((entry) => entry.path.startsWith(agent.home));
    expect(fact).toMatchObject({
      exists: true,
      length: null,
      hexadecimal: null,
      fingerprint: null,
      leaks: null,
    });
    const observation = asOther.subjects.mycoswarm;
    const gaps = observation.state === 'seen' ? observation.gaps : [];
    expect(gaps).toContainEqual(
      expect.objectContaining({
        what: `${agent.home}/.config/mycoswarm/swarm-token`,
        wouldHelp: expect.any(String),
      }),
    );
  });

  it('asks the API without a token', () => {
    const probes = valueIn(asRoot, 'mycoswarm').probes.filter((probe) => probe.port === port);
    expect(Object.fromEntries(probes.map((probe) => [probe.path, probe.status]))).toEqual({
      '/health': 200,
      '/openapi.json': 200,
      '/docs': 200,
      '/redoc': 200,
      '/status': 403,
      '/identity': 403,
    });
  });

  it('lists plugins with a digest that changes with one byte', async () => {
    const digests = (looked: Looked) =>
      valueIn(looked, 'mycoswarm')
        .plugins.filter((plugin) => plugin.path.startsWith(agent.home))
        .map((plugin) => [plugin.name, plugin.files, plugin.digest]);
    const before = digests(asRoot);
    expect(before).toEqual([
      ['hello', 1, expect.stringMatching(/^[0-9a-f]{64}$/)],
      ['second', 1, expect.stringMatching(/^[0-9a-f]{64}$/)],
    ]);
    agent.asAgent("printf 'print(2)\\n' > .config/mycoswarm/plugins/hello/handler.py");
    const after = digests(await factsAs(0, ['accounts', 'processes', 'mycoswarm']));
    expect(after[0]?.[2]).not.toBe(before[0]?.[2]);
    expect(after[1]).toEqual(before[1]);
  });

  it('flattens settings, hides what sounds secret, and is not polluted', () => {
    const settings = valueIn(asRoot, 'mycoswarm').settings.map(({ key, value }) => [key, value]);
    expect(settings).toContainEqual(['security.sandboxMode', 'true']);
    expect(settings).toContainEqual(['swarm.secret', '[redacted]']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('counts the workspace and keeps what leads out of it', () => {
    const tree = valueIn(asRoot, 'files').trees.find((entry) => entry.root === `${agent.home}/workspace`);
    expect(tree).toMatchObject({ purpose: 'workspace', exists: true, complete: true, unreadableCount: 0 });
    expect(tree?.linksOut.map((link) => [link.path.split('/').at(-1), link.resolved])).toEqual(
      expect.arrayContaining([
        ['out', '/'],
        ['broken', null],
      ]),
    );
    expect(tree?.linksOutCount).toBe(2);
    expect(tree?.setuid.map((entry) => [entry.path, entry.mode])).toEqual([
      [`${agent.home}/workspace/setuid`, 0o4755],
    ]);
    expect(tree?.special.map((entry) => entry.kind)).toEqual(['fifo']);
    expect(tree?.hardLinks.map((entry) => entry.path)).toEqual([`${agent.home}/workspace/hard`]);
    const counted = tree?.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    expect(counted).toBe(tree?.counted);
    expect(counted).toBe(Number(agent.asAgent("find workspace -printf 'x\\n' | wc -l")));
  });

  it('has every folder above a path, and its true owner and mode', () => {
    const { files } = valueIn(asRoot, 'files');
    const paths = new Map(files.map((file) => [file.path, file]));
    const python = paths.get(`${agent.home}/mycoSwarm/venv/bin/python3`);
    expect(python).toMatchObject({ kind: 'link', target: '/usr/bin/python3' });
    for (const path of [
      '/',
      '/home',
      agent.home,
      `${agent.home}/mycoSwarm/venv/bin`,
      '/usr/bin',
      python?.resolved ?? '',
    ]) {
      expect(paths.get(path), path).toBeDefined();
    }
    expect(paths.get(agent.home)).toMatchObject({ kind: 'directory', uid: agent.uid, acl: [] });
    const token = paths.get(`${agent.home}/.config/mycoswarm/swarm-token`);
    expect(token).toMatchObject({ kind: 'file', mode: 0o600, uid: agent.uid, links: 1 });
  });

  it('finds provider keys by name and shape, and says where it looked', () => {
    const { found, lookedAt } = valueIn(asRoot, 'credentials');
    const own = found
      .filter((entry) => entry.place.startsWith(agent.home))
      .map((entry) => [entry.name, entry.place]);
    expect(own).toEqual(
      expect.arrayContaining([
        ['OPENAI_API_KEY', `${agent.home}/.bashrc`],
        ['hf_…', `${agent.home}/.config/mycoswarm/plugins/second/handler.py`],
      ]),
    );
    expect(own.some(([name]) => name === 'MISTRAL_API_KEY')).toBe(false);
    expect(lookedAt).toContain(`${agent.home}/.bashrc`);
  });

  it('reads the packages of the environment and what the source asks for', () => {
    for (const looked of [asRoot, asOther]) {
      const { environments, requirementFiles } = valueIn(looked, 'python');
      const own = environments.find((entry) => entry.root.startsWith(agent.home));
      expect(own).toMatchObject({ kind: 'virtual-environment', complete: true });
      const names = own?.distributions.map((entry) => `${entry.name} ${entry.version} ${entry.broken}`);
      expect(names).toEqual(expect.arrayContaining(['mycoswarm 0.2.16 false', 'idna 3.6 false']));
      expect(own?.distributions.find((entry) => entry.name === 'mycoswarm')?.requires).toContain(
        'fastapi>=0.100',
      );
      expect(requirementFiles.find((file) => file.path.startsWith(agent.home))).toMatchObject({
        kind: 'pyproject',
        cut: false,
      });
    }
  });

  it('tries isolation as the agent: as root, as the agent, and not as a stranger', async () => {
    const of = (looked: Looked) =>
      valueIn(looked, 'sandbox').instances.find((entry) => entry.uid === agent.uid)?.unshare;
    let expected = 'works';
    try {
      agent.asAgent('unshare -rn true');
    } catch {
      expected = 'refused';
    }
    expect(of(asRoot)).toBe(expected);
    expect(of(asOther)).toBe('not-tried');
    expect(of(await factsAs(agent.uid, ['accounts', 'processes', 'sandbox']))).toBe(expected);
  });
});

describe.runIf(missing === null)('a hostile installation', () => {
  let agent: TestInstallation;
  beforeAll(() => {
    agent = installStandIn('swk-facts-b', 'pip-user');
    agent.asAgent(`
      mkdir -p .config/mycoswarm/plugins/p
      mkfifo .config/mycoswarm/swarm-token .config/mycoswarm/plugins/p/pipe .bash_history
      touch .config/mycoswarm/node_id
      head -c 67108864 /dev/zero | tr '\\000' 'a' > .config/mycoswarm/config.json
      ln -sf /etc/shadow .bashrc; ln -sf /dev/zero .profile; ln -s .zshrc .zshrc
      site=$(echo .local/lib/python3*/site-packages)
      mkdir -p "$site/evil-1.0.dist-info" "$site/$(printf 'two\\nlines')-1.dist-info" "$site/gone-2.0.dist-info"
      ln -s /etc/shadow "$site/evil-1.0.dist-info/METADATA"; mkfifo "$site/gone-2.0.dist-info/METADATA"`);
  }, 60_000);
  afterAll(() => agent?.remove());

  it('costs no hang, gives nothing away, and leaves every subject seen', async () => {
    const began = performance.now();
    const looked = await factsAs(0);
    expect(performance.now() - began).toBeLessThan(20_000);
    const instance = looked.profile.instances.find((entry) => entry.uid === agent.uid);
    expect(instance).toMatchObject({ detectedBy: 'pip-user', running: false, version: '0.2.16' });
    const [token] = valueIn(looked, 'mycoswarm').tokens.filter((entry) => entry.instance === instance?.id);
    expect(token).toMatchObject({ exists: true, length: null, fingerprint: null, leaks: null });
    const gaps = looked.subjects.mycoswarm.state === 'seen' ? looked.subjects.mycoswarm.gaps : [];
    expect(gaps.map((gap) => `${gap.what}: ${gap.reason}`)).toEqual(
      expect.arrayContaining([
        `${agent.home}/.config/mycoswarm/config.json: it is longer than 1 MiB, and was not read`,
        `${agent.home}/.config/mycoswarm/swarm-token: it is no regular file, and was not opened`,
      ]),
    );
    const python = valueIn(looked, 'python').environments.find((entry) => entry.root.startsWith(agent.home));
    const broken = python?.distributions.filter((entry) => entry.broken).map((entry) => entry.name);
    expect(broken).toEqual(expect.arrayContaining(['evil', 'gone']));
    expect(JSON.stringify(looked)).not.toContain('root:');
    expect(valueIn(looked, 'credentials').lookedAt).not.toContain(`${agent.home}/.bashrc`);
  }, 60_000);
});

if (missing !== null) {
  it('looks at an installation', (context) => context.skip(`an installation ${missing}`));
}
