import { packageHolds } from '#core/dependencies/upgrade/upgrade-proof.ts';
import type { Verdict } from '#core/fixes/engine/parts.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { PlanProof } from '#shared/domain/plan.ts';
import { knownNode, type LookParts, lookNow } from './fix-facts.ts';

type Probe = Extract<PlanProof, { kind: 'packet' | 'isolation' }>;

const HOLDS: ReadonlySet<string> = new Set(['pass', 'not-applicable']);
const PROBE_MS = 3_000;

/**
 * Looks at the node anew and asks the probes: what applied a change has no part in it. A proof that could not be seen does
 * not hold.
 */
export async function verifyChange(
  parts: LookParts,
  change: StoredChange,
  channel: HelperChannel,
): Promise<Verdict> {
  const { store } = parts.context;
  const node = (await store.listNodes()).find((entry) => entry.id === change.node);
  if (node === undefined) return { holds: false, results: [], note: 'The node is not on the list any more.' };
  try {
    await lookNow(parts, node);
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    return {
      holds: false,
      results: [],
      note: `It was done, and could not be looked at afterwards. ${said}`.slice(0, 2_000),
    };
  }
  const findings = await store.findings({ node: node.id, check: null });
  const results: Verdict['results'] = [];
  let holds = true;
  const checks = new Set([
    ...change.plan.checks,
    ...change.plan.proofs.flatMap((proof) => (proof.kind === 'check' ? [proof.check] : [])),
  ]);
  const proven = new Set(
    change.plan.proofs.filter((proof) => proof.kind === 'check').map((proof) => proof.check),
  );
  for (const check of checks) {
    const finding = findings.find((entry) => entry.check === check);
    const status = finding?.status ?? 'unknown';
    results.push({ check, status, words: finding?.summary ?? 'Nothing was found out about it.' });
    if (proven.has(check) && !HOLDS.has(status)) holds = false;
  }
  for (const proof of change.plan.proofs) {
    if (proof.kind === 'check') continue;
    const probed =
      proof.kind === 'package' ? await lookedAt(parts, node, proof) : await probe(channel, proof);
    results.push({ check: proof.check, status: probed.holds ? 'pass' : 'fix', words: probed.words });
    holds &&= probed.holds;
  }
  return {
    holds,
    results: results.slice(0, 64),
    note: holds ? '' : 'It was done, and the look afterwards does not show what it should.',
  };
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
  return {
    request: { ...base, probe: { kind: 'connect', address, port, timeoutMs: PROBE_MS } },
    wanted: proof.wanted,
    what: `A connection of uid ${proof.uid} to ${address}, port ${port}`,
  };
}
