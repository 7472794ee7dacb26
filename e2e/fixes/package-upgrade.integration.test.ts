import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor } from '#core/checks/testing/facts-builder.ts';
import { hardened } from '#core/checks/testing/situations.ts';
import { AdvisoryCompiler } from '#core/dependencies/advisories/compile.ts';
import { advisoryDataState } from '#core/dependencies/advisories/data-state.ts';
import { readOsvRecord } from '#core/dependencies/advisories/osv-record.ts';
import { exampleAdvisory } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { inventoryOf } from '#core/dependencies/inventory/inventory.ts';
import { readSite } from '#core/dependencies/inventory/read-site.ts';
import { packageHolds } from '#core/dependencies/upgrade/upgrade-proof.ts';
import { auditDependencies } from '#core/dependencies/verdicts/audit.ts';
import { packageUpgradeFix } from '#core/fixes/package-upgrade.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { openTestNode, type TestNode, whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { MAKE_WHEELS, REAL_ENVIRONMENT, VENV_PROBE } from '../../electron/helper/testing/real-environment.ts';
import { type ServedHelper, serveHelperOn } from '../../electron/helper/testing/served-helper.ts';
import { snapshot } from '../../electron/helper/testing/snapshot.ts';

const ROOT = '/srv/venvs/env';
const OWNER = 1_511;
const NOW = new Date('2026-11-22T12:00:00Z');
/** A machine under load starts Python slowly, and each upgrade starts it three times. */
const LONG = 300_000;

function whyNoPip(): string | null {
  const [python, ...args] = VENV_PROBE;
  const end = spawnSync(python, args, { stdio: 'ignore' });
  return end.status === 0 ? null : 'the system’s Python has no venv and ensurepip (Debian: python3-venv)';
}

/** Advisories in which everything below 1.1 of demo is vulnerable. */
function advisories() {
  const compiler = new AdvisoryCompiler();
  const read = readOsvRecord(
    exampleAdvisory('PYSEC-2026-1', 'demo', {
      affected: [
        {
          package: { ecosystem: 'PyPI', name: 'demo' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.1' }] }],
        },
      ],
    }),
  );
  if ('wrong' in read) throw new Error(read.wrong);
  compiler.add(read.ok);
  const known = new Map([...compiler.packages()].map(({ name, compiled }) => [name, JSON.parse(compiled)]));
  const { count, newest } = compiler;
  return {
    state: advisoryDataState({ advisories: count, newest, importedAt: null, origin: 'test' }, NOW),
    about: (_: string, name: string) => known.get(name) ?? null,
  };
}

const reason = whyNoTestNode() ?? whyNoPip();

describe('an upgrade of packages by a real pip, from an index on loopback', () => {
  let node: TestNode;
  let helper: Omit<ServedHelper, 'node'>;
  let site = '';
  let before = '';
  let id = 0;
  const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });
  const look = () => snapshot(node, '/srv/venvs');
  const says = () =>
    node.run('setpriv', `--reuid=${OWNER}`, `--regid=${OWNER}`, '--clear-groups', `${ROOT}/bin/demo`);
  /** SHA-256 of a wheel on the index. */
  const wheel = (version: string) =>
    node.run('sha256sum', `/srv/index/simple/demo/demo-${version}-py3-none-any.whl`).slice(0, 64);
  const upgrade = (into: object, to: string, sha256?: string[]) =>
    helper.ask({
      ...into,
      ask: 'do',
      action: {
        verb: 'upgrade-packages',
        path: ROOT,
        site: site.slice(ROOT.length + 1),
        packages: [{ name: 'demo', from: '1.0', to, ...(sha256 === undefined ? {} : { sha256 }) }],
        expect: { kind: 'any' },
      },
    });
  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer.record;
  };

  /** A node of which the packages are those of the environment as it is now. */
  function facts(): Facts {
    const read = readSite(node.path(site), {
      kind: 'virtual-environment',
      root: ROOT,
      pythonVersion: '3.11.2',
    });
    if (read === null) throw new Error('the environment cannot be read');
    // The bundled installer has advisories of its own in the world; here only what the example says counts.
    const fact = { ...read, sitePackages: site, vendored: [] };
    const made = changed(hardened, 'python', (value) => {
      value.environments = [fact];
      value.requirementFiles = [];
    });
    for (const instance of made.profile.instances)
      Object.assign(instance, {
        virtualEnvironment: ROOT,
        sitePackages: site,
        uid: OWNER,
        home: '/srv/packager',
      });
    return made;
  }
  const pythonOf = ({ subjects: { python } }: Facts): PythonFacts | null =>
    python.state === 'seen' ? python.value : null;
  const reportOf = (of: Facts) => auditDependencies(inventoryOf(pythonOf(of), null), advisories(), [], NOW);
  const judged = (of: Facts) => {
    const input = inputFor(of, { packages: reportOf(of) });
    const [finding] = runChecks(input, { only: ['dependency-audit'] });
    if (finding === undefined) throw new Error('the check said nothing');
    return { ...input, finding };
  };

  beforeAll(async () => {
    if (reason !== null) return;
    node = await openTestNode();
    writeFileSync(node.path('/srv/make-wheels.py'), MAKE_WHEELS);
    node.run('sh', '-c', REAL_ENVIRONMENT);
    site = node.run('sh', '-c', `echo ${ROOT}/lib/python3*/site-packages`).trim();
    before = look();
    helper = serveHelperOn(node);
  }, LONG);
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => {
    helper?.close();
    node?.close();
  });

  it(
    'is planned, done, seen by another look, still works, and undo leaves the tree as it was',
    async () => {
      const input = judged(facts());
      expect(input.finding.status).toBe('fix');
      const paths = packageUpgradeFix.targets(input);
      const seen = await helper.ask({ version: 1, ask: 'inspect', paths });
      if (seen.answer !== 'inspected') throw new Error(JSON.stringify(seen));
      const outcome = packageUpgradeFix.plan({
        ...input,
        states: new Map(seen.states.map((state) => [state.path, state])),
      });
      if (!outcome.automatic) throw new Error(outcome.reason);
      const { plan } = outcome;
      expect(plan.settings.map(({ from }) => from)).toContain(
        `http://127.0.0.1:8911/simple (set in ${ROOT}/pip.conf)`,
      );
      const into = step();
      const action = plan.steps.map((one) => one.action).find((one) => one?.verb === 'upgrade-packages');
      expect(action).toMatchObject({ packages: [{ name: 'demo', from: '1.0', to: '1.1' }] });
      const answer = await helper.ask({ ...into, ask: 'do', action });
      const record = done(answer);
      const wheels = [
        { name: 'demo', version: '1.1', file: 'demo-1.1-py3-none-any.whl', sha256: wheel('1.1') },
      ];
      // Which file that was stands in the record of the step, and is told again whenever it is asked for again.
      expect(answer).toMatchObject({ already: false, wheels });
      expect(await helper.ask({ ...into, ask: 'do', action })).toMatchObject({ already: true, wheels });

      // Started as the account, it writes bytecode of the new version.
      expect(says()).toBe('demo 1.1\n');
      const now = facts();
      expect(judged(now).finding.status).toBe('pass');
      const proof = plan.proofs.find((one) => one.kind === 'package');
      if (proof === undefined) throw new Error('the plan names no package');
      expect(packageHolds(proof, pythonOf(now), reportOf(now)).holds).toBe(true);
      expect(node.run('find', `${site}/demo`, '!', '-uid', String(OWNER))).toBe('');

      expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
      expect(look()).toBe(before);
      expect(judged(facts()).finding.status).toBe('fix');
      expect(node.run('find', '/srv', '/var/tmp', '-name', '.swarmkeep-*')).toBe('');
    },
    LONG,
  );

  it(
    'is done again from the very file that it was done from, and refused where the index serves another one',
    async () => {
      const known = wheel('1.1');
      const into = step();
      const record = done(await upgrade(into, '1.1', ['0'.repeat(64), known]));
      expect(await helper.ask({ ...into, ask: 'undo', record })).toMatchObject({ answer: 'undone' });
      expect(look()).toBe(before);
      // The same version with other contents, under a hash that the index itself names.
      writeFileSync(
        node.path('/srv/again.py'),
        MAKE_WHEELS.replace('"demo/fresh.py": "y = 1\\n"', '"demo/fresh.py": "y = 666\\n"'),
      );
      node.run('sh', '-c', 'cp -a /srv/index/simple /srv/simple-before && rm -r /srv/index/simple/*');
      node.run('/usr/bin/python3', '/srv/again.py', '/srv/index/simple');
      expect(wheel('1.1')).not.toBe(known);
      const answer = await upgrade(step(), '1.1', [known]);
      expect(answer).toMatchObject({ answer: 'refused', refusal: 'changed-since', rolledBack: true });
      expect(JSON.stringify(answer)).toContain(wheel('1.1'));
      expect(look()).toBe(before);
      node.run('sh', '-c', 'rm -r /srv/index/simple && mv /srv/simple-before /srv/index/simple');
      expect(node.run('find', '/srv', '/var/tmp', '-name', '.swarmkeep-*')).toBe('');
    },
    LONG,
  );

  it.each([
    ['what is fetched is not what the index names', '1.2', /hash mismatch/],
    ['another package would not fit any more', '1.3', /demo 1\.3 has requirement other>=2/],
    ['there is only source', '1.4', /no wheel of demo 1\.4/],
    ['nothing answers at the index', '1.1', /could not reach the index/],
  ])(
    'leaves the tree as it was where %s',
    async (_name, to, why) => {
      if (to === '1.1') node.run('sed', '-i', 's/:8911/:9/', `${ROOT}/pip.conf`);
      const now = look();
      const answer = await upgrade(step(), to);
      expect(answer).toMatchObject({ answer: 'refused', rolledBack: true });
      if (answer.answer === 'refused') expect(answer.message).toMatch(why);
      expect(look()).toBe(now);
    },
    LONG,
  );
});
