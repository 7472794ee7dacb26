import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, file, inputFor, tree } from '#core/checks/testing/facts-builder.ts';
import { fileAt, hardened, unitWith } from '#core/checks/testing/situations.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { apply, modelOf } from './testing/after.ts';
import { planFor } from './testing/plan-for.ts';

function statusOf(check: CheckId, facts: Facts) {
  const [found] = runChecks(inputFor(facts), { only: [check] });
  const evidence = found?.evidence.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  return { status: found?.status, evidence: evidence?.map(({ what, seen }) => `${what}: ${seen}`) };
}

const fine = { status: 'pass', evidence: [] };
const HOME = '/home/mycoswarm';

const owned = { uid: 1_001, gid: 1_001 };

const ownedCode = changed(hardened, 'files', (value) => {
  for (const one of value.files) if (one.path.startsWith('/opt/mycoswarm')) Object.assign(one, owned);
  for (const one of value.trees.filter(({ root }) => root.startsWith('/opt')))
    for (const bucket of one.buckets) Object.assign(bucket, owned, { mode: bucket.mode | 0o020 });
});

const ownHome = (facts: Facts) =>
  changed(facts, 'files', (value) => {
    for (const one of value.files) if (one.path === HOME) Object.assign(one, owned, { mode: 0o750 });
  });

/** The code lies in the home of the agent, which owns that home. */
const codeInHome = () => {
  const environment = `${HOME}/venv`;
  const facts = changed(ownHome(hardened), 'files', (value) => {
    value.files = value.files.filter(({ path }) => !path.startsWith('/opt/'));
    value.files.push(
      file(environment, 1_001, 0o755),
      file(`${environment}/bin`, 1_001, 0o755),
      file(`${environment}/bin/mycoswarm`, 1_001, 0o755, { kind: 'file' }),
      file(`${environment}/bin/python3`, 1_001, 0o755, { kind: 'file' }),
    );
    value.trees = [
      ...value.trees.filter(({ root }) => !root.startsWith('/opt')),
      tree('virtual-environment', environment, 1_001),
    ];
  });
  for (const instance of facts.profile.instances)
    Object.assign(instance, { source: null, virtualEnvironment: environment, sitePackages: null });
  return changed(facts, 'python', (value) => {
    for (const one of value.environments) one.root = environment;
    for (const { distributions } of value.environments) for (const one of distributions) one.editable = false;
  });
};

describe('a plan that is carried out', () => {
  it.each<[CheckId, string, Facts]>([
    [
      'swarm-secret',
      'a secret that all can read',
      fileAt(`${HOME}/.config/mycoswarm/swarm-token`, { mode: 0o644 }),
    ],
    [
      'swarm-secret',
      'a folder in which all can put another',
      fileAt(`${HOME}/.config/mycoswarm`, { mode: 0o777 }),
    ],
    [
      'sandbox-mode',
      'no limits at all',
      unitWith({
        NoNewPrivileges: 'no',
        ProtectSystem: 'no',
        ProtectHome: 'no',
        PrivateTmp: 'no',
        ReadWritePaths: '',
      }),
    ],
    ['sandbox-mode', 'a list that forbids isolation', unitWith({ RestrictNamespaces: 'yes' })],
    [
      'workspace-bounded',
      'settings of its own',
      fileAt(`${HOME}/.config/mycoswarm`, { uid: 1_001, gid: 1_001, mode: 0o755 }),
    ],
    ['workspace-bounded', 'a home of its own', fileAt(HOME, { uid: 1_001, gid: 1_001, mode: 0o755 })],
    [
      'workspace-bounded',
      'no limit on where it writes',
      ownHome(unitWith({ ProtectSystem: 'no', ReadWritePaths: '' })),
    ],
    ['source-read-only', 'code that it owns', ownedCode],
    ['source-read-only', 'a folder above that it owns', fileAt('/opt', { uid: 1_001, mode: 0o755 })],
    [
      'source-read-only',
      'a unit file that all may write',
      fileAt('/etc/systemd/system/mycoswarm.service', { mode: 0o666 }),
    ],
    ['source-read-only', 'code in its home', codeInHome()],
  ])('%s: %s, and then the check passes', (check, _, facts) => {
    expect(statusOf(check, facts).status).not.toBe('pass');
    const model = apply(modelOf(facts), planFor(check, facts));
    expect(statusOf(check, model.facts)).toEqual(fine);
  });
});
