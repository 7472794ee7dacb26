import type { RunPassword } from '#core/hosts/helper-channel.ts';
import type { WrittenChange } from '#core/store/operations/tracking.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { shortened } from '#shared/domain/text.ts';
import { besideFacts } from './audit-findings.ts';
import { announce, type Context, momentOf, requireNode } from './context.ts';
import { acceptedEvidence, boundRaw } from './evidence.ts';
import type { LookEntry } from './look-board.ts';
import { lookEvent } from './look-event.ts';
import type { LookFailure } from './looking.ts';
import { neighboursOf } from './neighbours.ts';
import { declarationsFor } from './recheck.ts';
import { ConsoleError } from './service.ts';

/** A look is given up after this time, whatever the node does; later on machines known to be slow. The collectors have shorter limits of their own. */
const LONGEST_LOOK_MS = 120_000;

/** Who asked for a look, and as whom it is done. */
export interface LookOrder {
  /** Nobody asked for it just now, the clock did. */
  scheduled?: boolean;
  /** As administrator: the password of sudo there, which answers null where none is needed. */
  administrator?: RunPassword | undefined;
  /** It fails where the node let it be an ordinary account only: what was ordered was something else. */
  mustBeAdministrator?: boolean;
}

/** What a look brought, for notices. */
export interface LookOutcome {
  node: string;
  nodeName: string;
  outcome: 'done' | 'failed' | 'cancelled';
  /** What changed against the look before; empty at the first look. */
  changes: readonly WrittenChange[];
  /** The look before had failed, or this one did and the one before had not. */
  availability: 'went-away' | 'came-back' | 'same';
}

/**
 * Looks at one node and writes down what came of it. Whatever fails ends as the state of this look: findings from
 * before stay, other nodes are not held up.
 * @param only checks to run; all when null
 */
export async function runLook(
  context: Context,
  entry: LookEntry,
  only: readonly CheckId[] | null,
  order: LookOrder,
): Promise<LookOutcome> {
  const { node } = entry;
  const nothing = { node: node.id, nodeName: node.name, changes: [], availability: 'same' } as const;
  try {
    entry.signal.throwIfAborted();
    const changes = await look(context, entry, only, order);
    entry.update({ state: 'done', present: '' });
    const availability = node.lastError === null ? 'same' : 'came-back';
    return { ...nothing, outcome: 'done', changes, availability };
  } catch (error) {
    const outcome = entry.signal.aborted ? 'cancelled' : 'failed';
    const said = outcome === 'failed' ? sentenceOf(error) : null;
    await writeFailure(context, entry, order, outcome, said).catch(() => undefined);
    entry.update({ state: outcome, present: '', error: said });
    const away = outcome === 'failed' && isAway(error) && node.lastError === null;
    return { ...nothing, outcome, availability: away ? 'went-away' : 'same' };
  } finally {
    announce(context, 'nodes', node.id);
    announce(context, 'findings', node.id);
  }
}

/** Where it is looked for, and how long at most, while nothing else can be said. */
function reachingWords({ name, address }: SwarmNode): string {
  if (address.kind !== 'ssh') return `reaching ${name}`;
  return `reaching ${shortened(address.host, 160)}, port ${address.port}, for up to 5 seconds`;
}

async function look(
  context: Context,
  entry: LookEntry,
  only: readonly CheckId[] | null,
  { scheduled = false, administrator, mustBeAdministrator = false }: LookOrder,
): Promise<readonly WrittenChange[]> {
  const { store, looking, clock, ledger } = context;
  // It may have waited for its turn, and been renamed or removed meanwhile.
  const node = await requireNode(context, entry.node.id);
  entry.update({ state: 'connecting', present: reachingWords(node) });
  const limit = AbortSignal.timeout(LONGEST_LOOK_MS * (looking.patience ?? 1));
  const signal = AbortSignal.any([entry.signal, limit]);
  const request = {
    node,
    corrections: await store.corrections({ node: node.id }),
    salt: await store.salt(),
    neighbours: await neighboursOf(context, node),
    administrator,
    signal,
    onProgress: (progress: { subjectsDone: number; subjectsTotal: number; present: string }) =>
      entry.update({ state: 'collecting', ...progress }),
  };
  const result = await orAborted(looking.collect(request), signal);
  if (limit.aborted)
    throw new LookFailed({ code: 'NODE_UNREACHABLE', message: 'It took too long to answer.', next: '' });
  if (!result.ok) throw new LookFailed(result.error);
  if (mustBeAdministrator && result.facts.privilege === 'user') throw new LookFailed(onlyOrdinary(node.name));
  entry.signal.throwIfAborted();

  entry.update({ state: 'checking', present: 'judging what was seen' });
  const { facts } = result;
  const found = looking.check(
    {
      facts,
      nodeName: node.name,
      now: new Date(facts.collectedAt),
      settings: await store.settings(),
      declarations: await declarationsFor(context, node.id),
      ...(await besideFacts(context, node.id, facts)),
    },
    only ?? undefined,
  );
  const findings = found.map((one) => {
    const finding = boundRaw(one);
    return { finding, evidenceHash: acceptedEvidence(finding) };
  });
  const moment = momentOf(clock);
  const ended = {
    id: entry.id,
    node: node.id,
    startedAt: entry.state().startedAt,
    endedAt: moment.at,
    outcome: 'done',
    error: null,
  } as const;
  const written = await ledger.recorded(
    'recordLook',
    {
      look: ended,
      facts: { collectedAt: facts.collectedAt, profile: facts.profile, json: JSON.stringify(facts) },
      findings,
      moment,
    },
    [lookEvent(node, ended, found, scheduled)],
    'go-on',
  );
  if (written === null)
    throw new LookFailed({ code: 'NODE_UNKNOWN', message: 'The node was removed.', next: '' });
  return written.filter((change) => change.from !== null);
}

/** A collector that does not listen to its signal must not keep the place of this look. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason);
    // It may have been aborted while the records were asked; then no event comes any more.
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

async function writeFailure(
  context: Context,
  entry: LookEntry,
  { scheduled = false }: LookOrder,
  outcome: 'failed' | 'cancelled',
  error: string | null,
): Promise<void> {
  const look = {
    id: entry.id,
    node: entry.node.id,
    startedAt: entry.state().startedAt,
    endedAt: context.clock.now().toISOString(),
    outcome,
    error,
  };
  const events = [lookEvent(entry.node, look, [], scheduled)];
  await context.ledger.recorded('recordFailedLook', { look }, events, 'go-on');
}

function onlyOrdinary(name: string): LookFailure {
  return {
    code: 'NOT_ALLOWED',
    message: `sudo on ${name} took the password, and did not let all of the look be administrator.`,
    next: 'What was known from before is kept. Look as administrator once more.',
  };
}

class LookFailed extends Error {
  readonly failure: LookFailure;
  constructor(failure: LookFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The node's fault, and not that of a full disk or of ours. */
function isAway(error: unknown): boolean {
  return error instanceof LookFailed || isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function sentenceOf(error: unknown): string {
  if (error instanceof LookFailed) return `${error.message} ${error.failure.next}`.trim().slice(0, 1_000);
  if (error instanceof ConsoleError) return `${error.message} ${error.data.next}`.trim().slice(0, 1_000);
  if (isTimeout(error)) return 'It took too long to answer.';
  // A fault of ours: the stack is for the log, the page gets a plain word.
  return 'The look ended with a fault of Swarmkeep itself. The findings are from before.';
}
