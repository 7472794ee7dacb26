import { forgetHostKeys } from '#core/hosts/known-hosts.ts';
import { baselineAtFirstLevel } from '#core/incidents/baseline-watch.ts';
import { createInvestigation } from '#core/incidents/investigation-desk.ts';
import { openIsolating } from '#core/incidents/isolation/open-isolating.ts';
import type { IsolationParts } from '#core/incidents/isolation/parts.ts';
import { createRebuilding } from '#core/incidents/rebuild/rebuild-desk.ts';
import type { Printed } from '#core/incidents/report/print-pdf.ts';
import { createIncidentDesk } from '#core/incidents/runbook/incident-desk.ts';
import { createLedger, type Ledger } from '#core/ledger/ledger.ts';
import { type BrakeLine, openBrakeLine } from '#core/pause/brake-line.ts';
import { createPauseDesk } from '#core/pause/pause-desk.ts';
import { pauseGroup } from '#core/pause/pause-group.ts';
import { pauseTargets } from '#core/pause/pause-targets.ts';
import type { RotationParts } from '#core/secrets/rotation/parts.ts';
import type { KeyKeeper } from '#core/secrets/sealed/key-keeper.ts';
import { openSealedStore } from '#core/secrets/sealed/open-sealed-store.ts';
import { sealedGroup } from '#core/secrets/sealed/sealed-group.ts';
import { secretService } from '#core/secrets/sealed/secret-service.ts';
import { sweepClearCopies } from '#core/store/clear-copies.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { activityGroup } from './activity.ts';
import { administratorLooks } from './administrator-look.ts';
import { auditGroup } from './audit.ts';
import { judgeByLogs, logEvidence } from './audit-findings.ts';
import { nodesToWatch } from './audit-nodes.ts';
import { tellOfAlerts } from './audit-notices.ts';
import { type AuditWatch, createAuditWatch } from './audit-watch.ts';
import { type Clock, systemClock } from './clock.ts';
import { announce, type Context, momentOf } from './context.ts';
import { decisionsGroup } from './decisions.ts';
import { createDependencies, type Dependencies } from './dependencies.ts';
import { createEmitter } from './emitter.ts';
import { findingsGroup } from './findings.ts';
import { recordingsRead } from './first-reading.ts';
import { createFixDesk, type FixDesk, type Fixing } from './fix-desk.ts';
import { createFoundNodes } from './found-nodes.ts';
import { guardStore } from './guarded-store.ts';
import { createLookBoard } from './look-board.ts';
import type { Looking } from './looking.ts';
import { createLookout, type Lookout, looksGroup } from './looks.ts';
import { nodesGroup } from './nodes.ts';
import { type ConsoleNotice, createNotices } from './notices.ts';
import { plansGroup } from './plans.ts';
import { createRecheck } from './recheck.ts';
import { createRotationDesk } from './rotation-desk.ts';
import { sampleFile } from './sample.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import type { ChangeDelta, ConsentGate, ConsoleService } from './service.ts';
import { settingsGroup } from './settings.ts';
import { setupGroup } from './setup.ts';
import { watchForStrangers } from './strangers.ts';
import { systemGroup } from './system.ts';
import { accountName, recordConsent, tellingLedger } from './tell-ledger.ts';

/** What a shell says about itself when it opens the console. */
export interface ConsoleOptions {
  /** See `defaultDataFolder`. Made (0700) when it is not there. */
  dataFolder: string;
  shell: 'desktop' | 'web' | 'command-line';
  version: string;
  consent: ConsentGate;
  /** Add the sample node when it is not there, and look at it. */
  sample?: boolean;
  /** Uid that runs this console; by default that of the process, null where there are none. */
  ownUid?: number | null;
  clock?: Clock;
  /** The shell's own way to show a notification. */
  notify?: (notice: ConsoleNotice) => void;
  /** Looks by the clock; by default in every shell but the command line. */
  schedule?: boolean;
  /** Follows logs for as long as it runs; by default it only answers what is asked of stored events. */
  watching?: boolean;
  /** Following of logs begins when this settles: until then a page that opens has the machine for itself. At once when left out. */
  watchFrom?: Promise<void>;
  /** The records, when the shell has begun to open them already; they are closed with the console. */
  store?: Promise<Store> | undefined;
  /** Answer store requests in a thread of its own; by default in every shell but the command line. */
  thread?: boolean;
  /** False: changes that were left in the middle stay so; for records that are only looked at. */
  recover?: boolean;
  /** For tests: how to look and judge. */
  looking?: Looking;
  /** File with the facts of the sample node. */
  sampleFacts?: string;
  /** The key ring of the desktop; by default the one of this session, null where there is none. */
  keyKeeper?: KeyKeeper | null;
  /** For tests: how agents of a node are stopped. */
  openBrake?: (node: SwarmNode) => BrakeLine;
  /** For tests: which repairs there are, how a helper is reached, and where to break. */
  fixing?: Partial<Fixing>;
  /** For tests: where secrets are, how nodes are reached for them, and where to break. */
  rotating?: Partial<RotationParts>;
  /** How this shell prints a page that stands alone to PDF; left out where an installed browser has to do it. */
  printPage?: (page: string) => Promise<Printed>;
  /** For tests: parts of isolations. */
  isolating?: Partial<IsolationParts>;
}

/**
 * Opens the console: takes the data folder, opens the records and answers every procedure of the contract.
 * @returns the console; `close()` gives the folder free
 * @throws StoreError: kind `owned` when another process has the folder (reach that one through its socket), else what
 *   is wrong with the records. Procedures reject with ConsoleError.
 */
export async function createConsole(options: ConsoleOptions): Promise<ConsoleService> {
  const running = options.shell !== 'command-line';
  const opening = options.store ?? openStore({ ...options, thread: options.thread ?? running });
  // Collectors and checks are loaded while the thread of the store opens the records.
  const looking = options.looking ?? realLooking(options);
  const [opened, loaded] = await Promise.allSettled([opening, looking]);
  if (opened.status === 'rejected') throw opened.reason;
  const store = opened.value;
  try {
    if (loaded.status === 'rejected') throw loaded.reason;
    const { schedule = running } = options;
    return await assemble({ ...options, schedule }, store, loaded.value);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(options: ConsoleOptions, opened: Store, looking: Looking): Promise<ConsoleService> {
  const { dataFolder, version, shell } = options;
  const clock = options.clock ?? systemClock;
  const store = guardStore(opened);
  const changes = createEmitter<ChangeDelta>();
  const ledger = createLedger({
    store,
    who: { shell, user: accountName() },
    now: () => clock.now(),
    changed: () => announce({ changes, clock }, 'activity'),
  });
  const context: Context = {
    store,
    ledger,
    clock,
    looking,
    changes,
    dataFolder,
    ownUid: options.ownUid === undefined ? (process.getuid?.() ?? null) : options.ownUid,
  };
  await sweepClearCopies(dataFolder, true);
  await forgetRemoved(context);
  const board = createLookBoard(clock);
  const notices = createNotices(context, (notice) => options.notify?.(notice));
  const lookout = createLookout(context, board, notices.afterRound);
  const recheck = createRecheck(context);
  const dependencies = createDependencies(context, recheck, version);
  const schedule = options.schedule
    ? startSchedule(clock, scheduledWork(context, lookout, notices.weekly, dependencies))
    : null;
  const nodes = nodesGroup(context, recheck, (node) => {
    const look = board.running(node);
    if (look) board.cancel(look.id);
  });
  const found = createFoundNodes(context);
  const tell = tellingLedger(ledger, version);
  const fixing = await createFixDesk(
    { ...options, fixing: { tell, ...options.fixing } },
    { context, board, lookout },
  );
  const sealed = await openSealedStore({
    folder: dataFolder,
    clock,
    keeper: options.keyKeeper === undefined ? secretService({ environment: process.env }) : options.keyKeeper,
    tell: (deed, keyPlace) =>
      void ledger
        .append([{ kind: 'sealed-store-changed', where: null, what: { deed, keyPlace } }], 'go-on')
        .catch(() => undefined),
  });
  sealed.onState(() => announce(context, 'secrets'));
  const pause = createPauseDesk({
    dataFolder,
    clock,
    nodes: () => store.listNodes(),
    targets: async (node) => pauseTargets((await store.profile({ node: node.id }))?.detected ?? null),
    open: options.openBrake ?? ((node) => openBrakeLine(node, dataFolder)),
    keepsOpen: options.watching === true,
    changed: () => announce(context, 'pause'),
    tell: (kind, { nodes: told }) => {
      const paused = told.filter((node) => node.is === 'paused').length;
      const missing = told.filter(({ is }) => is === 'asked' || is === 'not-paused').map(({ name }) => name);
      const event =
        kind === 'agents-paused'
          ? { kind, where: null, what: { paused, missing: missing.slice(0, 64) } }
          : { kind, where: null, what: { missing: missing.slice(0, 64) } };
      void ledger.append([event], 'go-on').catch(() => undefined);
    },
  });
  const rotating = await createRotationDesk(context, {
    sealed,
    channels: fixing.channels,
    found: found.group,
    recover: options.recover !== false,
    rotating: options.rotating,
  });
  if (options.sample) await openSample(context, nodes, lookout);
  const watch = createAuditWatch(context, options.watching === true && (options.watchFrom ?? true), () =>
    nodesToWatch(context),
  );
  context.logs = (node) => logEvidence(context, watch, node);
  const audit = auditGroup(context, watch);
  const findings = findingsGroup(context, {
    version,
    nextLookAt: () => schedule?.nextLookAt() ?? null,
    recordingsRead: () => recordingsRead(board, clock),
  });
  const recover = options.recover !== false;
  const isolating = await openIsolating(
    {
      ...context,
      recover,
      tampered: ({ isolation, node, name, what }) =>
        void ledger
          .append(
            [{ kind: 'isolation-found-open', where: { node, name }, what: { isolation, note: what } }],
            'go-on',
          )
          .catch(() => undefined),
    },
    options.isolating,
  );
  const investigation = createInvestigation({ context, version, sealed, audit });
  const rotations = async () => (await rotating.rotation.history({ limit: 100 })).runs;
  const incidents = await createIncidentDesk(context, {
    isolating,
    investigation,
    rebuilding: createRebuilding({
      context,
      investigation,
      nodes,
      dependencies: dependencies.group,
      rotations,
    }),
    rotations: { list: rotations, onChange: (listener) => rotating.rotation.topic.onDelta(listener) },
    audit,
    findings,
    version,
    printPage: options.printPage,
    recover: options.recover !== false,
  });
  const baselines = options.schedule ? baselineAtFirstLevel(context, investigation) : null;
  const ends =
    options.watching === true
      ? [
          tellOfAlerts(context, watch, notices),
          judgeByLogs(context, watch, recheck),
          watchForStrangers(context, found, async (node, stranger) => {
            await (await watch.threads()).writer.stranger({ node, stranger });
          }),
        ]
      : [];

  let closing: Promise<void> | null = null;
  return {
    system: systemGroup(context, { shell, version, startedAt: clock.now().toISOString() }),
    nodes: { ...nodes, ...found.group },
    looks: looksGroup(
      context,
      board,
      lookout,
      administratorLooks({ context, board, lookout }, fixing.channels),
    ),
    findings,
    decisions: decisionsGroup(context, recheck),
    settings: settingsGroup(context, recheck),
    setup: setupGroup(context),
    plans: plansGroup(async (claimed) => {
      await recordConsent(ledger, claimed);
      return fixing.engine.apply(claimed.plan);
    }),
    fixes: fixing.group,
    activity: activityGroup(context, watch),
    dependencies: dependencies.group,
    audit,
    rotation: rotating.rotation,
    incidents: incidents.incidents,
    sealed: sealedGroup(sealed, options.consent),
    pause: pauseGroup(pause, options.consent),
    planRegistry: fixing.registry,
    topics: {
      progress: board.topic,
      changes: {
        snapshot: () => ({ at: clock.now().toISOString() }),
        onDelta: context.changes.onDelta,
      },
      fixes: fixing.topic,
    },
    close() {
      for (const end of ends) end();
      found.close();
      // A rotation that is under way needs its secret.
      closing ??= Promise.all([rotating.close(), incidents.close(), baselines?.()])
        .then(() => isolating.close())
        .then(() => Promise.all([sealed.close(), pause.close()]))
        .then(() =>
          closeAll(schedule, board.cancelAll, lookout, dependencies, fixing, watch, ledger, opened),
        );
      return closing;
    },
  };
}

/** Loaded when it is needed: a test that brings its own does without all collectors and checks. */
async function realLooking({ dataFolder, version, sampleFacts }: ConsoleOptions): Promise<Looking> {
  const { realLooking: make } = await import('./default-looking.ts');
  return make({ dataFolder, recording: sampleFacts ?? sampleFile(), version });
}

async function closeAll(
  schedule: Schedule | null,
  cancelAll: () => void,
  lookout: Lookout,
  dependencies: Dependencies,
  fixing: FixDesk,
  watch: AuditWatch,
  ledger: Ledger,
  store: Store,
): Promise<void> {
  schedule?.stop();
  // Before looks are stopped: a change that is under way may need one to end as it should.
  await fixing.close();
  cancelAll();
  await dependencies.close();
  await lookout.idle();
  await watch.close();
  await ledger.idle();
  await store.close();
}

/** Removed nodes can come back until the console is started again, which is now. */
async function forgetRemoved(context: Context): Promise<void> {
  const removed = await context.store.purgeRemoved();
  const left = await context.store.listNodes();
  for (const { address } of removed) {
    if (address.kind !== 'ssh') continue;
    const used = left.some(
      (node) =>
        node.address.kind === 'ssh' &&
        node.address.host === address.host &&
        node.address.port === address.port,
    );
    if (!used) await forgetHostKeys(context.dataFolder, address).catch(() => undefined);
  }
}

async function openSample(
  context: Context,
  nodes: Pick<ConsoleService['nodes'], 'add'>,
  lookout: Lookout,
): Promise<void> {
  const known = await context.store.listNodes();
  const found =
    known.find((node) => node.address.kind === 'recorded') ??
    (await nodes.add({ address: { kind: 'recorded', sample: true }, confirmedKeys: [] }));
  lookout.begin([found], null);
}

function scheduledWork(
  context: Context,
  lookout: Lookout,
  weekly: (at: string) => Promise<void>,
  dependencies: Dependencies,
) {
  const { store, clock } = context;
  return {
    settings: () => store.settings(),
    lastLookAt: () => store.lastAttempt(),
    lastSummaryAt: () => store.lastSummary(),
    rememberSummary: (at: string) => store.setLastSummary({ at }),
    summary: weekly,
    advisories: dependencies.fetchWhenDue,
    async settle() {
      const back = await store.settleWaivers({ moment: momentOf(clock) });
      for (const node of new Set(back.map((change) => change.node))) announce(context, 'findings', node);
    },
    async maintain(at: string) {
      await store.maintain({ at });
    },
    async round() {
      const nodes = (await store.listNodes()).filter((node) => node.address.kind !== 'recorded');
      if (nodes.length > 0) await lookout.begin(nodes, null, { scheduled: true }).ended;
    },
  };
}
