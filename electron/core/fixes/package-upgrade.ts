import { type Agent, agentOf } from '#core/checks/agent.ts';
import { seen } from '#core/checks/knowledge.ts';
import type { EnvironmentFact } from '#core/dependencies/inventory/inventory.ts';
import { type LockFile, readLock } from '#core/dependencies/requirements/lock-file.ts';
import { configuredIndex } from '#core/dependencies/upgrade/configured-index.ts';
import { lockedFiles } from '#core/dependencies/upgrade/locked-files.ts';
import {
  type Askers,
  askersIn,
  FindingIndex,
  keyOf,
  siteWithin,
  whyByHand,
} from '#core/dependencies/upgrade/why-by-hand.ts';
import type { DependencyReport, Upgrade } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { pipInstallArguments, pipTellsFiles } from '#shared/domain/helper/pip-arguments.ts';
import type { PlanProof, PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { counted } from '#shared/domain/words.ts';
import { expectedAt, isPreview, obstacleAt, stateAt } from './at-path.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { afterUndo, DAEMON_RESTART_SECONDS, restartUnit, step, typed } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Most packages of one environment in one step, as the helper takes them. */
const MOST_PACKAGES = 32;
/** Rows of the card about packages that are replaced; the steps name them all. */
const MOST_REPLACED = 10;
/** Rows of the card about where they come from, one for each environment. */
const MOST_SOURCES = 8;
/** Rows of the card about packages that stay; the finding has them all. */
const MOST_STAYING = 6;
/** How the folder is shown that the helper makes beside, under a name of its own. */
const SHOWN_STAGE = '/var/tmp/.swarmkeep-…/files';
const SHOWN_REPORT = '/var/tmp/.swarmkeep-…/scratch/report.json';

/** The upgrades of one environment. */
interface Batch {
  fact: EnvironmentFact;
  site: string;
  upgrades: LockedUpgrade[];
  /** Its pip writes down which files it unpacked. */
  tellsFiles: boolean;
}

/** An upgrade, and which files may be unpacked, where a lock of the project names them. */
interface LockedUpgrade extends Upgrade {
  locked: { sha256: string[]; path: string } | null;
}

interface Sorted {
  batches: Batch[];
  /** What stays, each with its reason. */
  staying: { upgrade: Pick<Upgrade, 'package' | 'from' | 'environment'>; why: string }[];
}

const isWeakness = ({ kind, ignored }: DependencyReport['findings'][number]) =>
  ignored === null && (kind === 'vulnerability' || kind === 'malware');

/** What a program does and what stays a person's, by what the report and the facts say. */
function sorted(input: Known, report: DependencyReport, index: FindingIndex): Sorted {
  const facts = new Map((seen(input, 'python')?.environments ?? []).map((fact) => [fact.sitePackages, fact]));
  const wanted = report.upgrades.filter((upgrade) => index.about(upgrade).some(isWeakness));
  const together = new Map<string, Set<string>>();
  for (const { environment, package: name } of wanted)
    together.set(environment, (together.get(environment) ?? new Set()).add(normalizedName(name)));
  const batches = new Map<string, Batch>();
  const askers = new Map<string, Askers>();
  const locks = new Map<string, LockFile[]>();
  const staying: Sorted['staying'] = [];
  for (const upgrade of wanted) {
    const { environment } = upgrade;
    const fact = facts.get(environment);
    if (fact !== undefined && !askers.has(environment)) {
      askers.set(environment, askersIn(fact));
      locks.set(environment, locksBeside(input, fact));
    }
    const site = fact === undefined ? null : siteWithin(fact);
    const also = together.get(environment) ?? new Set<string>();
    const why = whyByHand(upgrade, askers.get(environment), index.about(upgrade), also);
    if (why !== null || fact === undefined || site === null) {
      staying.push({ upgrade, why: why ?? '' });
      continue;
    }
    const tellsFiles = tellsFilesIn(fact);
    const locked = lockedFiles(locks.get(environment) ?? [], upgrade.package, upgrade.to);
    if (locked.say === 'unclear') {
      staying.push({ upgrade, why: locked.why });
      continue;
    }
    if (locked.say === 'files' && !tellsFiles) {
      staying.push({ upgrade, why: OLD_PIP(locked.path) });
      continue;
    }
    const batch = batches.get(environment) ?? { fact, site, upgrades: [], tellsFiles };
    if (batch.upgrades.length < MOST_PACKAGES)
      batch.upgrades.push({ ...upgrade, locked: locked.say === 'files' ? locked : null });
    else staying.push({ upgrade, why: 'more than 32 at once are not done: plan again afterwards' });
    batches.set(environment, batch);
  }
  const ended = new Set(wanted.map((upgrade) => keyOf(upgrade.environment, upgrade.package, upgrade.from)));
  for (const finding of report.findings)
    if (isWeakness(finding) && !ended.has(keyOf(finding.environment, finding.package, finding.version)))
      staying.push({
        upgrade: { ...finding, from: finding.version ?? '' },
        why: 'no repaired version is known: replace it by something that is looked after, or remove it',
      });
  return { batches: [...batches.values()], staying };
}

const OLD_PIP = (path: string) =>
  `${path} names its file by a hash, and the pip of that environment is older than 22.2 and does not tell which file it fetched: upgrade pip first`;

function tellsFilesIn({ distributions }: EnvironmentFact): boolean {
  return distributions.some(({ name, version }) => normalizedName(name) === 'pip' && pipTellsFiles(version));
}

/** Locks of the installations that use an environment. */
function locksBeside(input: Known, fact: EnvironmentFact): LockFile[] {
  const files = seen(input, 'python')?.requirementFiles ?? [];
  const users = input.facts.profile.instances.filter(
    (instance) => instance.virtualEnvironment === fact.root || instance.sitePackages === fact.sitePackages,
  );
  return files
    .filter(({ instance }) => users.some(({ id }) => id === instance))
    .flatMap((file) => readLock(file) ?? []);
}

function agentsIn(input: Known, { fact }: Batch): Agent[] {
  return input.facts.profile.instances
    .filter(
      (instance) => instance.virtualEnvironment === fact.root || instance.sitePackages === fact.sitePackages,
    )
    .map((instance) => agentOf(input, instance));
}

/** Files of pip's settings, in the order in which it reads them; those of the account only where pip runs as it. */
function settingsFiles(input: Known, batch: Batch, withAccount: boolean): string[] {
  const homes = withAccount ? agentsIn(input, batch).flatMap(({ instance }) => instance.home ?? []) : [];
  return [
    '/etc/pip.conf',
    ...homes.flatMap((home) => [`${home}/.pip/pip.conf`, `${home}/.config/pip/pip.conf`]),
    `${batch.fact.root}/pip.conf`,
  ];
}

/** Why the environment as it is on the node is not for a program; null when it is, and in a preview. */
function whyNotOwned(input: FixInput, batch: Batch): string | null {
  const { root } = batch.fact;
  const obstacle = obstacleAt(input, [{ path: root, kind: 'directory', there: true }]);
  if (obstacle !== null) return obstacle;
  const state = stateAt(input, root);
  if (state?.kind !== 'directory') return null;
  const agents = agentsIn(input, batch);
  if (state.uid === 0 || agents.some(({ uid }) => uid === state.uid)) return null;
  return `${root} belongs to another account (uid ${state.uid}) than the one that mycoSwarm runs as, and its packages are that account's to change: run the command of the finding as it.`;
}

function unitsOf(input: Known, agents: readonly Agent[]): string[] {
  const known = seen(input, 'units')?.units ?? [];
  const names = agents.flatMap((agent) => agent.instance.unit ?? []);
  return [...new Set(names)].filter((name) => known.some((unit) => unit.name === name && !unit.userUnit));
}

function stepsOf(input: FixInput, batch: Batch): PlanStep[] {
  const { fact, site, upgrades, tellsFiles } = batch;
  const packages = upgrades.map(({ package: name, from, to, locked }) => ({
    name: normalizedName(name),
    from,
    to,
    ...(locked === null ? {} : { sha256: locked.sha256 }),
  }));
  const units = unitsOf(input, agentsIn(input, batch));
  const what = packages.map(({ name, from, to }) => `${name} ${from} by ${to}`);
  const more = what.length > 4 ? `, and ${what.length - 4} more` : '';
  return [
    ...(units.length === 0
      ? []
      : [afterUndo(input, { units: units.map((unit) => ({ unit, action: 'restart' as const })) })]),
    step(
      input,
      `In ${fact.root}, replace ${what.slice(0, 4).join(', ')}${more}: what pip unpacks is put in place, and nothing else`,
      { verb: 'upgrade-packages', path: fact.root, site, packages, expect: expectedAt(input, fact.root) },
      typed(
        `${fact.root}/bin/python`,
        ...pipInstallArguments(SHOWN_STAGE, packages, tellsFiles ? SHOWN_REPORT : null),
      ),
      {
        needs: ['root', 'package', 'network'],
        undo: 'Every file that was there comes back as it was, and what was added goes. Where one was changed since, nothing is touched.',
      },
    ),
    ...units.map((unit) =>
      restartUnit(
        input,
        unit,
        DAEMON_RESTART_SECONDS,
        'it uses the other versions from its start; tasks that are running are lost',
      ),
    ),
  ];
}

/** When the other versions of an environment are in use. */
function takesEffectOf(input: FixInput, batch: Batch): string {
  const units = unitsOf(input, agentsIn(input, batch));
  return units.length === 0
    ? 'when mycoSwarm is started the next time, which you do'
    : `with the restart of ${units.join(', ')}`;
}

/** Where an environment gets its packages from, and as whom. */
function sourceRow(input: FixInput, batch: Batch): PlanSetting {
  const { fact } = batch;
  const { check } = input.finding;
  const agents = agentsIn(input, batch);
  const state = stateAt(input, fact.root);
  const isRoots = state?.kind === 'directory' && state.uid === 0;
  const owner =
    agents.find(({ uid }) => state?.kind === 'directory' && uid === state.uid)?.name ?? 'its owner';
  const account = isRoots ? 'a number that no account has, for root starts nothing that lies there' : owner;
  const texts = settingsFiles(input, batch, !isRoots).map((path) => {
    const found = stateAt(input, path);
    return { path, text: found?.kind === 'file' ? found.text : null };
  });
  return {
    check,
    setting: `Where ${fact.root} gets it from`,
    from: isPreview(input) ? 'the index that its pip is set to' : configuredIndex(texts),
    to: `fetched by the node itself over the network, as ${account}: wheels only, so that nothing of a package runs while it is installed, without other packages, each held to the hash that the index names${batch.tellsFiles ? ', which is written down with the change: done again, it has to be the very same file' : '. Its pip is older than 22.2 and does not tell which file that was'}. Where the rest would not fit any more, it is taken back`,
    takesEffect: 'during this change only',
    recover: 'Without network, or without a wheel, nothing is changed',
  };
}

function replacedRows(
  input: FixInput,
  batch: Batch,
  report: DependencyReport,
  index: FindingIndex,
): PlanSetting[] {
  const { check } = input.finding;
  const takesEffect = takesEffectOf(input, batch);
  const aged =
    report.data.state !== 'fresh'
      ? ', as far as this console’s advisories go, which are not fresh'
      : isPartOfAdvisories(report.data)
        ? ', as far as this console’s advisories go, which are a small part of all'
        : '';
  return batch.upgrades.map((upgrade): PlanSetting => {
    const ids = index
      .about(upgrade)
      .filter(isWeakness)
      .flatMap((one) => one.ids.slice(0, 1));
    return {
      check,
      setting: `${upgrade.package} in ${batch.fact.root}`,
      from: upgrade.from,
      to: `${upgrade.to}, the smallest version that ends ${counted(upgrade.ends, 'known weakness', 'known weaknesses')} (${ids.slice(0, 4).join(', ')})${aged}${upgrade.locked === null ? '' : `, and only the file that ${upgrade.locked.path} names by its hash`}`,
      takesEffect,
      recover: 'Undo this change in Activity: every file comes back as it was',
    };
  });
}

/** The first rows, and one that says how many there are besides. */
function cut(input: FixInput, rows: PlanSetting[], most: number, what: string): PlanSetting[] {
  if (rows.length <= most) return rows;
  const more = rows.length - (most - 1);
  return [
    ...rows.slice(0, most - 1),
    {
      check: input.finding.check,
      setting: `And ${more} more`,
      from: 'as listed in the steps',
      to: what,
      takesEffect: 'as above',
      recover: 'As above',
    },
  ];
}

function stayingRows(input: FixInput, staying: Sorted['staying']): PlanSetting[] {
  const rows = staying.slice(0, MOST_STAYING).map(
    ({ upgrade, why }): PlanSetting => ({
      check: input.finding.check,
      setting: `${upgrade.package} in ${upgrade.environment}`,
      from: upgrade.from,
      to: `stays as it is: ${why}`,
      takesEffect: 'not by this plan',
      recover: 'The finding has the steps',
    }),
  );
  return rows;
}

/** That mycoSwarm answers with its new packages is asked by every plan that replaces some (plans/still-answers.ts). */
function proofsOf(
  input: FixInput,
  batches: readonly Batch[],
  report: DependencyReport,
  index: FindingIndex,
): PlanProof[] {
  const { check } = input.finding;
  const proofs = batches.flatMap(({ upgrades }) =>
    upgrades.map((upgrade): PlanProof & { clean: boolean } => ({
      kind: 'package',
      check,
      environment: upgrade.environment,
      package: upgrade.package,
      version: upgrade.to,
      clean: index.about(upgrade).filter(isWeakness).length <= upgrade.ends,
    })),
  );
  const ended = new Set(
    batches.flatMap((batch) => batch.upgrades.map((one) => keyOf(one.environment, one.package, one.from))),
  );
  const isAll =
    report.data.state === 'fresh' &&
    !isPartOfAdvisories(report.data) &&
    proofs.every(({ clean }) => clean) &&
    report.findings.every(
      (one) => one.ignored !== null || ended.has(keyOf(one.environment, one.package, one.version)),
    );
  return [...(isAll ? [{ kind: 'check', check } as const] : []), ...proofs.slice(0, 15)];
}

/** Replaces packages with known weaknesses by the smallest versions without them, in virtual environments. */
export const packageUpgradeFix: Fix = {
  check: 'dependency-audit',
  words:
    'Fetches the smallest repaired version of each package with a known weakness from the index of its virtual environment, puts it in place of the old one, and restarts mycoSwarm.',
  // What others do to the environment comes first; both at once is refused, and then this is planned anew.
  after: ['dedicated-user', 'source-read-only'],
  targets: (input) =>
    input.packages === undefined
      ? []
      : sorted(input, input.packages, new FindingIndex(input.packages)).batches.flatMap((batch) => [
          { path: batch.fact.root, text: false },
          ...settingsFiles(input, batch, true).map((path) => ({ path, text: true })),
        ]),
  plan: (input) => {
    const offered = whyNotOffered(input, ['python', 'accounts']);
    if (offered !== null) return notAutomatic(offered);
    const report = input.packages;
    if (report === undefined) return notAutomatic('Nobody compared these packages with advisories yet.');
    const index = new FindingIndex(report);
    const { batches, staying } = sorted(input, report, index);
    const owned: Batch[] = [];
    for (const batch of batches) {
      const why = whyNotOwned(input, batch);
      if (why === null) owned.push(batch);
      else for (const upgrade of batch.upgrades) staying.push({ upgrade, why });
    }
    if (owned.length === 0)
      return notAutomatic(
        staying.length === 0
          ? 'No package has a repaired version that could be installed. The finding says what can be done.'
          : staying
              .slice(0, 3)
              .map(({ upgrade, why }) => `${upgrade.package} ${upgrade.from}: ${why.replace(/\.$/, '')}.`)
              .join(' '),
      );
    const upgrades = owned.flatMap((batch) => batch.upgrades);
    const [first] = upgrades;
    return planned({
      title:
        upgrades.length === 1 && first !== undefined
          ? `Upgrade ${first.package} to ${first.to}`
          : `Upgrade ${upgrades.length} packages with known weaknesses`,
      settings: [
        // First of all where things come from: that row is what a person judges the rest by.
        ...cut(
          input,
          owned.map((batch) => sourceRow(input, batch)),
          MOST_SOURCES,
          'each from the index that its own pip is set to, in the same way',
        ),
        ...cut(
          input,
          owned.flatMap((batch) => replacedRows(input, batch, report, index)),
          MOST_REPLACED,
          'each by the smallest repaired version, as its step names it',
        ),
        ...stayingRows(input, staying),
      ],
      steps: owned.flatMap((batch) => stepsOf(input, batch)),
      proofs: proofsOf(input, owned, report, index),
      mayCutOff: false,
    });
  },
};
