import { describe, expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { changed, file, inputFor } from './testing/facts-builder.ts';
import { AGENT, but, hardened, type Situation, tryEach } from './testing/situations.ts';

const SYSTEM = '/usr/lib/python3/dist-packages';

/** The hardened node whose virtual environment says so, and the folder of the system's packages with an owner. */
const sharing = (includesSystemPackages: boolean | null | undefined, owner = 0) =>
  changed(
    but('python', (value) => {
      for (const entry of value.environments)
        if (entry.kind === 'virtual-environment') Object.assign(entry, { includesSystemPackages });
    }),
    'files',
    (value) => {
      value.files = value.files.filter(({ path }) => !['/usr', '/usr/lib'].includes(path));
      value.files.push(
        ...['/usr', '/usr/lib', '/usr/lib/python3'].map((path) => file(path, 0, 0o755)),
        file(SYSTEM, owner, 0o755),
      );
    },
  );

const situations: Situation[] = [
  ['source-read-only', 'packages of the system are loaded too, and are root’s', sharing(true), 'pass'],
  [
    'source-read-only',
    'packages of the system are loaded too, and are the agent’s',
    sharing(true, AGENT),
    'fix',
    /packages/,
  ],
  [
    'source-read-only',
    'packages of the system are the agent’s, and not loaded',
    sharing(false, AGENT),
    'pass',
  ],
  ['source-read-only', 'pyvenv.cfg could not be read', sharing(null, AGENT), 'unknown'],
  ['source-read-only', 'facts of an older version, which did not look', sharing(undefined, AGENT), 'pass'],
];

describe('a virtual environment with packages of the system', () => {
  tryEach(situations);

  const finding = (check: 'source-read-only' | 'dependency-audit', facts = sharing(true)) => {
    const [found] = runChecks(inputFor(facts), { only: [check] });
    if (found === undefined) throw new Error('no finding');
    return found;
  };

  it('loads those of the account as well, where nothing forbids it', () => {
    const ofAgent = (includes: boolean) =>
      changed(sharing(includes), 'files', (value) => {
        for (const entry of value.files) if (entry.path === '/home/mycoswarm') entry.uid = AGENT;
      });
    const rows = (facts: typeof hardened) =>
      finding('source-read-only', facts)
        .evidence.filter(({ what }) => what.includes('.local/lib'))
        .map(({ status }) => status);
    expect(finding('source-read-only').evidence.find(({ what }) => what.startsWith(SYSTEM))?.status).toBe(
      'pass',
    );
    expect(rows(ofAgent(true))).toEqual(['fix']);
    expect(rows(ofAgent(false))).toEqual([]);
    const quiet = changed(ofAgent(true), 'processes', (value) => {
      for (const entry of value.processes)
        entry.environment?.push({ name: 'PYTHONNOUSERSITE', value: null, empty: false });
    });
    expect(rows(quiet)).toEqual([]);
  });

  it('is said in the list of packages', () => {
    const [row] = finding('dependency-audit').evidence.filter(({ seen }) => /package/.test(seen));
    expect(row?.seen).toMatch(/packages of the system are loaded too \(include-system-site-packages/);
    expect(hardened.subjects.python.state).toBe('seen');
  });
});
