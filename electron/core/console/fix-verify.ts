import { packageHolds } from '#core/dependencies/upgrade/upgrade-proof.ts';
import type { Verdict } from '#core/fixes/engine/parts.ts';
import type { HelperChannel, RunPassword } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { PlanProof } from '#shared/domain/plan.ts';
import type { Clock } from './clock.ts';
import { knownNode, type LookParts, lookNow } from './fix-facts.ts';

type Probe = Extract<PlanProof, { kind: 'packet' | 'isolation' | 'answers' }>;

const HOLDS: ReadonlySet<string> = new Set(['pass', 'not-applicable']);
const PROBE_MS = 3_000;
/** Between two looks for what takes time to show. */
const AGAIN_MS = 5_000;
/** Between two questions to a daemon that was restarted. */
const ASK_AGAIN_MS = 1_000;

/**
 * Looks at the node anew and asks the probes: what applied a change has no part in it. A proof that could not be seen does
 * not hold. Where nothing is missing but what takes time to show, it looks again until that time is over
 * or the console closes.
 * @param administrator the password of sudo that was typed for this change: without it the look would not see what the change gave to
 *   another account
 */
export async function verifyChange(
  parts: LookParts,
  change: StoredChange,
  channel: HelperChannel,
  isClosing: () => boolean = () => false,
  administrator?: RunPassword,
): Promise<Verdict> {
  const { store, clock } = parts.context;
  const node = (await store.listNodes()).find((entry) => entry.id === change.node);
  if (node === undefined) return { holds: false, results: [], note: 'The node is not on the list any more.' };
  const began = clock.now().getTime();
  let results: Verdict['results'] = [];
  let holds = true;
  for (;;) {
    try {
      await lookNow(parts, node, administrator);
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      return {
        holds: false,
        results: [],
        note: `It was done, and could not be looked at afterwards. ${said}`.slice(0, 2_000),
      };
    }
    results = resultsOf(change, await store.findings({ node: node.id, check: null }));
    const missing = change.plan.proofs.flatMap((proof) => {
      const found = results.find(({ check }) => check === proof.check);
      return proof.kind === 'check' && !HOLDS.has(found?.status ?? 'unknown') ? [proof] : [];
    });
    holds = missing.length === 0;
    const endsAt = Math.min(...missing.map(({ settlesWithin = 0 }) => began + settlesWithin * 1_000));
    if (holds || isClosing() || clock.now().getTime() + AGAIN_MS > endsAt) break;
    await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
  }
  for (const proof of change.plan.proofs) {
    if (proof.kind === 'check') continue;
    const probed =
      proof.kind === 'package'
        ? await lookedAt(parts, node, proof)
        : await probeUntil(channel, proof, clock, isClosing);
    results.push({ check: proof.check, status: probed.holds ? 'pass' : 'fix', words: probed.words });
    holds &&= probed.holds;
  }
  return {
    holds,
    results: results.slice(0, 64),
    note: holds ? '' : 'It was done, and the look afterwards does not show what it should.',
  };
}

/** What the look found out about each check of a change. */
function resultsOf({ plan }: StoredChange, findings: readonly Finding[]): Verdict['results'] {
  const proven = plan.proofs.flatMap((proof) => (proof.kind === 'check' ? [proof.check] : []));
  return [...new Set([...plan.checks, ...proven])].map((check) => {
    const finding = findings.find((entry) => entry.check === check);
    return {
      check,
      status: finding?.status ?? 'unknown',
      words: finding?.summary ?? 'Nothing was found out about it.',
    };
  });
}

/** By the inventory and the advisories, as they are after the look. */
async function lookedAt(
  parts: LookParts,
  node: SwarmNode,
  proof: Extract<PlanProof, { kind: 'package' }>,
): Promise<{ holds: boolean; words: string }> {
  const { input } = await knownNode(parts, node);
  const { python } = input.facts.subjects;
  const seen = python.state === 'seen' ? python.value : null;
  const { holds, words } = packageHolds(proof, seen, input.packages ?? null);
  return { holds, words: words.slice(0, 1_024) };
}

/** A daemon that was restarted needs seconds until it answers; what does not take time is asked once. */
async function probeUntil(
  channel: HelperChannel,
  proof: Probe,
  clock: Clock,
  isClosing: () => boolean,
): Promise<{ holds: boolean; words: string }> {
  const endsAt = clock.now().getTime() + (proof.kind === 'answers' ? proof.settlesWithin * 1_000 : 0);
  for (;;) {
    const probed = await probe(channel, proof);
    if (probed.holds || isClosing() || clock.now().getTime() + ASK_AGAIN_MS > endsAt) return probed;
    await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
  }
}

async function probe(channel: HelperChannel, proof: Probe): Promise<{ holds: boolean; words: string }> {
  const { request, wanted, what } = asked(proof);
  const reply = await channel.ask(request);
  if (!reply.ok) return { holds: false, words: `${what}: ${reply.failure.message}`.slice(0, 1_024) };
  if (reply.answer.answer !== 'probed') return { holds: false, words: `${what}: it could not be tried.` };
  const { outcome, detail } = reply.answer;
  return {
    holds: outcome === wanted,
    words: `${what}: ${outcome}${detail === '' ? '' : ` (${detail})`}.`.slice(0, 1_024),
  };
}

function asked(proof: Probe): {
  request: HelperRequest;
  wanted: string;
  what: string;
} {
  const base = { version: HELPER_PROTOCOL, ask: 'probe', uid: proof.uid } as const;
  if (proof.kind === 'isolation') {
    return {
      request: { ...base, probe: { kind: 'isolation' } },
      wanted: 'works',
      what: `Code of uid ${proof.uid} in a sandbox of its own`,
    };
  }
  const { address, port } = proof;
  if (proof.kind === 'answers')
    return {
      request: { ...base, probe: { kind: 'answer', address, port, timeoutMs: PROBE_MS } },
      wanted: 'answers',
      what: `mycoSwarm on port ${port}, asked as uid ${proof.uid}`,
    };
  return {
    request: { ...base, probe: { kind: 'connect', address, port, timeoutMs: PROBE_MS } },
    wanted: proof.wanted,
    what: `A connection of uid ${proof.uid} to ${address}, port ${port}`,
  };
}
