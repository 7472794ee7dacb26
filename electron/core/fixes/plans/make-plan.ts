import type { CheckInput } from '#core/checks/check.ts';
import type { Fix, FixInput, FixOutcome, NotAutomatic } from '#core/fixes/fix.ts';
import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import type { HelperAccess, Plan } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { joinPlans } from './join-plans.ts';
import { inOrder } from './order.ts';
import { stillAnswers } from './still-answers.ts';

/** Seconds after which a change that may cut the operator off takes itself back unless it is kept. */
const REVERTS_AFTER = 60;
/** As the contract has it. */
const MOST_PROOFS = 64;

/** Every repair by a program, and every check without one. */
export interface FixBook {
  fixes: readonly Fix[];
  notAutomatic: readonly NotAutomatic[];
}

export interface PlanRequest {
  /** 32 hex digits; names the change too. */
  id: string;
  node: { id: string; name: string };
  madeAt: string;
  checks: readonly CheckId[];
  book: FixBook;
  /** What checks know of the node. */
  known: CheckInput;
  findings: ReadonlyMap<CheckId, Finding>;
  states: ReadonlyMap<string, PathState>;
  access: HelperAccess;
  revertsAfter: number | undefined;
  /** Why the helper could not look at the targets; null when it did or when nothing is allowed there. */
  unseen: string | null;
}

/** @returns paths that the fixes of these checks must know, each once */
export function planTargets(
  request: Pick<PlanRequest, 'checks' | 'book' | 'known' | 'findings'>,
): { path: string; text: boolean }[] {
  const wanted = new Map<string, boolean>();
  for (const fix of chosen(request).fixes) {
    const finding = request.findings.get(fix.check);
    if (!finding) continue;
    let targets: ReturnType<Fix['targets']> = [];
    try {
      targets = fix.targets({ ...request.known, finding });
    } catch {
      continue; // Planning says so.
    }
    for (const { path, text } of targets) wanted.set(path, text || (wanted.get(path) ?? false));
  }
  return [...wanted].map(([path, text]) => ({ path, text }));
}

/**
 * Makes one plan for several checks: one order, conflicts named, what is left out with its reason. Pure: the same request
 * gives the same plan, byte for byte.
 */
export function makePlan(request: PlanRequest): UnhashedPlan {
  const { node, known, findings, states, access } = request;
  const { fixes, left } = chosen(request);
  const parts: { check: CheckId; plan: Extract<FixOutcome, { automatic: true }>['plan'] }[] = [];
  for (const fix of fixes) {
    const finding = findings.get(fix.check);
    const outcome: FixOutcome = finding
      ? planOf(fix, { ...known, finding, states })
      : { automatic: false, reason: 'Nothing is known of this check yet. Look at the node first.' };
    if (outcome.automatic) parts.push({ check: fix.check, plan: outcome.plan });
    else left.push({ check: fix.check, reason: bounded(outcome.reason, 1_024) });
  }
  const joined = joinPlans(parts);
  const titles = parts.filter((part) => joined.checks.includes(part.check)).map((part) => part.plan.title);
  const [only] = titles;
  const title =
    titles.length === 1 && only !== undefined
      ? `${only} on ${node.name}`
      : titles.length === 0
        ? `Nothing that a program could do on ${node.name}`
        : `Repair ${titles.length} things on ${node.name}`;
  const next = nextRound(fixes, left, joined);
  const cutsOff = joined.mayCutOff ? REVERTS_AFTER : null;
  return {
    id: request.id,
    purpose: 'fix',
    node: node.id,
    nodeName: node.name,
    checks: joined.checks,
    title: bounded(title, 512),
    madeAt: request.madeAt,
    settings: joined.settings,
    steps: joined.steps,
    proofs: [...stillAnswers(known, joined.steps), ...joined.proofs].slice(0, MOST_PROOFS),
    revertsAfter: joined.steps.length === 0 ? null : (request.revertsAfter ?? cutsOff),
    access,
    blocked: blockedBy(access, joined.steps.length, request.unseen),
    left: [...left, ...joined.left],
    ...(next.length === 0 ? {} : { next }),
    differences: [],
    of: null,
  };
}

/**
 * Checks that cannot be planned before something that this plan does, so that a second plan repairs them: their fix comes after one of
 * it, and their reason names that one by its title.
 */
function nextRound(
  fixes: readonly Fix[],
  left: Plan['left'],
  joined: Pick<ReturnType<typeof joinPlans>, 'checks' | 'left'>,
): CheckId[] {
  const waiting = left.filter(({ check, reason }) =>
    fixes
      .filter((fix) => fix.check === check)
      .flatMap(({ after }) => after)
      .some((first) => joined.checks.includes(first) && reason.includes(`"${catalogueEntry(first).title}"`)),
  );
  return [...waiting, ...joined.left].map(({ check }) => check);
}

/** @returns why nothing can be ordered as things are; null when it can */
export function blockedBy(access: HelperAccess, steps: number, unseen: string | null): Plan['blocked'] {
  if (steps === 0) return 'There is nothing to do for a program.';
  if (access.via === 'none' || access.outdated) return access.words;
  return unseen === null ? null : bounded(unseen, 1_024);
}

function chosen({ checks, book }: Pick<PlanRequest, 'checks' | 'book'>) {
  const wanted = [...new Set(checks)];
  const fixes = inOrder(book.fixes.filter((fix) => wanted.includes(fix.check)));
  const left = wanted
    .filter((check) => !fixes.some((fix) => fix.check === check))
    .map((check) => ({ check, reason: whyNone(check, book) }));
  return { fixes, left };
}

/** @returns why a program does not repair this check */
export function whyNone(check: CheckId, book: FixBook): string {
  const reason = book.notAutomatic.find((entry) => entry.check === check)?.reason;
  return bounded(reason ?? 'There is no program for this yet: take the steps of the finding by hand.', 1_024);
}

/** A fix that fails must not take the others with it. */
function planOf(fix: Fix, input: FixInput): FixOutcome {
  try {
    return fix.plan(input);
  } catch {
    return {
      automatic: false,
      reason:
        'The plan could not be made; this is a fault of Swarmkeep. Take the steps of the finding by hand.',
    };
  }
}

function bounded(text: string, limit: number): string {
  return shortened(visible(text), limit);
}
