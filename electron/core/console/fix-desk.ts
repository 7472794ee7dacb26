import type { BackgroundUnit } from '#core/audit/background/background-unit.ts';
import { ChangeEngine } from '#core/fixes/engine/engine.ts';
import type { FaultPoint, OpenedChannel, OwnOutcome, Verdict } from '#core/fixes/engine/parts.ts';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import { appliedChangeOf } from '#core/fixes/plans/applied-change.ts';
import type { FixBook } from '#core/fixes/plans/make-plan.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { type ChannelOptions, openHelperChannel } from '#core/hosts/helper-channel-open.ts';
import { openRootChannel, type RootChannel } from '#core/hosts/helper-channel-root.ts';
import { agreementTo } from '#core/ledger/agreed-plan.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { LedgerEvent, LedgerKind } from '#shared/domain/ledger.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import { ownBackgroundUnit } from './audit-background.ts';
import { createChangeBoard } from './change-board.ts';
import { createFixChannels, type FixChannels } from './fix-channels.ts';
import type { LookParts } from './fix-facts.ts';
import { changesOfNode, type FixParts } from './fix-parts.ts';
import { tellLedger } from './fix-records.ts';
import { verifyChange } from './fix-verify.ts';
import { fixesGroup } from './fixes.ts';
import { findHelperBundle, type HelperBundle } from './helper-bundle.ts';
import { type PlacedContents, placeStep } from './helper-placing.ts';
import { takeHelperAway } from './helper-removing.ts';
import { passwordRisk } from './password-risk.ts';
import type { ConsentGate, ConsoleService, Topic } from './service.ts';
import { stopWatching } from './watching-here.ts';

/** Writes an event of a node down for good. Never throws. */
export type TellLedger = <K extends LedgerKind>(
  kind: K,
  where: { node: string; name: string },
  what: Extract<LedgerEvent, { kind: K }>['what'],
) => void;

/** What can be exchanged: by tests, and by what comes later. */
export interface Fixing {
  book: FixBook;
  openChannel(options: ChannelOptions): HelperChannel;
  openRoot(options: ChannelOptions): RootChannel | null;
  bundle: HelperBundle | null;
  unit: BackgroundUnit;
  tell: TellLedger;
  fault: FaultPoint;
}

/** Everything about changes of nodes, behind the console. */
export interface FixDesk {
  group: ConsoleService['fixes'];
  registry: PlanRegistry;
  engine: ChangeEngine;
  topic: Topic<AppliedChange[], AppliedChange>;
  /** Ways to the helpers of nodes, with the passwords of runs. */
  channels: FixChannels;
  close(): Promise<void>;
}

/** Puts planning and doing together, and goes on with what was left in the middle. */
export async function createFixDesk(
  options: {
    consent: ConsentGate;
    dataFolder: string;
    fixing?: Partial<Fixing> | undefined;
    recover?: boolean | undefined;
  },
  looks: LookParts,
): Promise<FixDesk> {
  const { context } = looks;
  const { clock, store } = context;
  const {
    tell = () => undefined,
    fault,
    openChannel = openHelperChannel,
    openRoot = openRootChannel,
  } = options.fixing ?? {};
  const bundle = options.fixing?.bundle === undefined ? findHelperBundle() : options.fixing.bundle;
  const channels = createFixChannels({
    dataFolder: options.dataFolder,
    clock,
    consent: options.consent,
    bundle: bundle?.sha256 ?? null,
    openChannel,
    openRoot,
    risk: async (node) => passwordRisk(node, await store.profile({ node: node.id }).catch(() => null)),
  });
  const contents: PlacedContents = new Map();
  const unit = options.fixing?.unit ?? ownBackgroundUnit(options.dataFolder);
  const registry = new PlanRegistry();
  const ofNodes = new Map<string, StoredChange[]>();
  const board = createChangeBoard(clock, (change) =>
    appliedChangeOf(change, ofNodes.get(change.node) ?? [change]),
  );

  const agreed = ({ plan }: StoredChange) => agreementTo(store, plan);
  const engine = new ChangeEngine({
    store,
    clock,
    open: (change, how) => openFor(looks, channels, change, how),
    verify: (change, channel, isClosing) =>
      change.plan.purpose === 'allow-changes'
        ? verifyHelper(looks, channels, change)
        : verifyChange(looks, change, channel, isClosing, channels.passwordOf(change.id)),
    async own(change, number, channel) {
      const own = change.plan.steps[number]?.own;
      if (own === 'stop-watching') return stopWatching(unit);
      if (own === 'uninstall-helper') return takeHelperAway(channel, await changesOfNode(looks, change.node));
      return placeOn(looks, channels, contents, change, number);
    },
    agreed,
    changed(change) {
      const others = (ofNodes.get(change.node) ?? []).filter((other) => other.id !== change.id);
      ofNodes.set(change.node, [change, ...others]);
      board.show(change);
      if (change.endedAt === null) channels.began(change.id);
      else channels.forget(change.id);
      if (change.plan.checks.length === 0 || change.plan.purpose === 'remove')
        channels.forgetAccess(change.node);
    },
    told: (change, event) => tellLedger(tell, change, event),
    ...(fault === undefined ? {} : { fault }),
  });
  const parts: FixParts = {
    ...looks,
    book: options.fixing?.book ?? (await realBook()),
    channels,
    registry,
    engine,
    bundle,
    contents,
    unit,
    refusedUndos: new Set(),
    agreed,
    shown: (plan: Plan) =>
      tell(
        'plan-shown',
        { node: plan.node, name: plan.nodeName },
        {
          plan: plan.id,
          hash: plan.hash,
          purpose: plan.purpose,
          title: plan.title,
          checks: plan.checks,
          steps: plan.steps.length,
        },
      ),
  };
  // A record that cannot be read must not keep the console from opening; whoever lists changes is told about it.
  const open = await store.openChanges().catch(() => []);
  for (const node of new Set(open.map((change) => change.node)))
    ofNodes.set(node, await changesOfNode(parts, node));
  for (const change of open) board.show(change);
  if (open.length > 0 && options.recover !== false) await engine.recover();
  return {
    group: fixesGroup(parts),
    registry,
    engine,
    topic: board.topic,
    channels,
    async close() {
      await engine.close();
      channels.close();
    },
  };
}

/** Loaded when it is needed: a test that brings its own does without all fixes. */
async function realBook(): Promise<FixBook> {
  const { FIXES, NOT_AUTOMATIC } = await import('#core/fixes/all.ts');
  return { fixes: FIXES, notAutomatic: NOT_AUTOMATIC };
}

async function openFor(
  { context }: LookParts,
  channels: FixChannels,
  change: StoredChange,
  { fresh, ask }: { fresh: boolean; ask: boolean },
): Promise<OpenedChannel> {
  const node = (await context.store.listNodes()).find((entry) => entry.id === change.node);
  if (node === undefined) {
    const message = `${change.plan.nodeName} is not on the list of nodes any more.`;
    return { ok: false, failure: { kind: 'no-access', message, next: 'Add it again.', mayHaveBegun: false } };
  }
  const why = ask ? `For: ${change.plan.title}` : null;
  const channel = await channels.open(node, change.id, { fresh, ask: why });
  const reply = await channel.ask({ version: 1, ask: 'hello' });
  if (reply.ok && reply.answer.answer === 'hello') return { ok: true, channel };
  // Putting the helper there or taking it away is what this change is about.
  const { purpose } = change.plan;
  const gone = !reply.ok && reply.failure.kind === 'not-installed';
  if (purpose === 'allow-changes' || (purpose === 'remove' && gone)) return { ok: true, channel };
  await channel.close();
  if (!reply.ok) return { ok: false, failure: reply.failure };
  const message =
    reply.answer.answer === 'refused' ? reply.answer.message : 'The helper gave an unexpected answer.';
  return { ok: false, failure: { kind: 'no-access', message, next: '', mayHaveBegun: false } };
}

async function placeOn(
  { context }: LookParts,
  channels: FixChannels,
  contents: PlacedContents,
  change: StoredChange,
  number: number,
): Promise<OwnOutcome> {
  const node = (await context.store.listNodes()).find((entry) => entry.id === change.node);
  if (node === undefined) return { ok: false, message: 'The node is not on the list any more.' };
  const root = await channels.openRoot(node, change.id, `For: ${change.plan.title}`);
  try {
    return await placeStep(change, number, root, contents);
  } finally {
    await root?.close();
  }
}

/** Whether the helper answers now, over a new connection, and is the one that this console carries. */
async function verifyHelper(
  { context }: LookParts,
  channels: FixChannels,
  change: StoredChange,
): Promise<Verdict> {
  const node = (await context.store.listNodes()).find((entry) => entry.id === change.node);
  if (node === undefined) return { holds: false, results: [], note: 'The node is not on the list any more.' };
  const channel = await channels.open(node, change.id, { fresh: true, ask: null });
  try {
    const { installed, outdated, words } = await channel.access();
    return installed && !outdated
      ? { holds: true, results: [], note: '' }
      : { holds: false, results: [], note: words };
  } finally {
    await channel.close();
  }
}
