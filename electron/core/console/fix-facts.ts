import type { CheckInput } from '#core/checks/check.ts';
import type { RunPassword } from '#core/hosts/helper-channel.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { type Facts, facts as factsShape } from '#shared/domain/facts/facts.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { besideFacts } from './audit-findings.ts';
import type { Context } from './context.ts';
import type { LookBoard } from './look-board.ts';
import type { Lookout } from './looks.ts';
import { declarationsFor } from './recheck.ts';
import { ConsoleError } from './service.ts';

/** Facts that are older are looked at anew before anything is planned on them. */
const FRESH_MS = 10 * 60_000;

/** What is known of a node: what a check may know, and what each check said. */
export interface KnownNode {
  input: CheckInput;
  findings: ReadonlyMap<CheckId, Finding>;
}

export interface LookParts {
  context: Context;
  board: LookBoard;
  lookout: Lookout;
}

/**
 * @returns the newest facts and findings of a node, after a fresh look when they are older than ten minutes
 * @throws ConsoleError NODE_UNREACHABLE when it had to be looked at and could not be
 */
export async function knownNode(parts: LookParts, node: SwarmNode): Promise<KnownNode> {
  const { context } = parts;
  const stored = await storedFacts(context, node);
  if (stored !== null && isFresh(context, stored, node)) return withFindings(context, node, stored);
  await lookNow(parts, node);
  const anew = await storedFacts(context, node);
  if (anew === null) throw unseen(node, 'What was seen there could not be kept.');
  return withFindings(context, node, anew);
}

/** Waits for the end of a look that runs already: it began before what is to be seen, or as somebody else. */
export async function whenFree({ context, board }: LookParts, node: SwarmNode): Promise<void> {
  for (let waits = 0; board.running(node.id) !== null && waits < 1_200; waits += 1) {
    await new Promise<void>((resolve) => context.clock.after(100, resolve));
  }
}

/**
 * Looks at a node now. A look that runs already began before what is to be seen: its end is waited for, then another begins.
 * @param administrator the password of sudo there, where one is known: what belongs to another account is seen with it
 * @throws ConsoleError NODE_UNREACHABLE
 */
export async function lookNow(parts: LookParts, node: SwarmNode, administrator?: RunPassword): Promise<void> {
  await whenFree(parts, node);
  const { looks, ended } = parts.lookout.begin([node], null, { administrator });
  await ended;
  const [state] = looks.map((look) => look.state());
  if (state?.state !== 'done') throw unseen(node, state?.error ?? 'The look was stopped.');
}

async function storedFacts({ store }: Context, node: SwarmNode): Promise<Facts | null> {
  const text = await store.facts({ node: node.id });
  const parsed = text === null ? null : factsShape.safeParse(JSON.parse(text));
  return parsed?.success ? parsed.data : null;
}

/** A recording is what it is: there is nothing fresher. */
function isFresh({ clock }: Context, facts: Facts, node: SwarmNode): boolean {
  const age = clock.now().getTime() - Date.parse(facts.collectedAt);
  return node.address.kind === 'recorded' || (age >= 0 && age <= FRESH_MS);
}

async function withFindings(context: Context, node: SwarmNode, facts: Facts): Promise<KnownNode> {
  const input: CheckInput = {
    facts,
    nodeName: node.name,
    now: new Date(facts.collectedAt),
    settings: await context.store.settings(),
    declarations: await declarationsFor(context, node.id),
    ...(await besideFacts(context, node.id, facts)),
  };
  const tracked = await context.store.findings({ node: node.id, check: null });
  return { input, findings: new Map(tracked.map((finding) => [finding.check, finding])) };
}

function unseen(node: SwarmNode, why: string): ConsoleError {
  return new ConsoleError('NODE_UNREACHABLE', `${node.name} could not be looked at. ${why}`.slice(0, 1_000), {
    untouched: 'Nothing was changed.',
    next: 'Look at the node again when it answers.',
  });
}
