import { facts as factsShape } from '#shared/domain/facts/facts.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { besideFacts } from './audit-findings.ts';
import { announce, type Context, momentOf } from './context.ts';
import { acceptedEvidence, boundRaw } from './evidence.ts';

/** Judges facts again that are already there, after a decision or a setting. */
export interface Recheck {
  /** @param node null for every node */
  of(node: string | null): Promise<void>;
  all(): Promise<void>;
}

/**
 * A declaration or a setting must show at once, without waiting for a look. Only the judging is new: what was observed,
 * and when, stays. Findings that come out the same write nothing that could be seen.
 */
export function createRecheck(context: Context): Recheck {
  async function one(node: SwarmNode): Promise<void> {
    const text = await context.store.facts({ node: node.id });
    if (text === null) return;
    const parsed = factsShape.safeParse(JSON.parse(text));
    // Facts of an earlier version stay as they were judged; the next look brings new ones.
    if (!parsed.success) return;
    const findings = context.looking.check({
      facts: parsed.data,
      nodeName: node.name,
      now: new Date(parsed.data.collectedAt),
      settings: await context.store.settings(),
      declarations: await declarationsFor(context, node.id),
      ...(await besideFacts(context, node.id, parsed.data)),
    });
    const seen = findings.map((entry) => {
      const finding = boundRaw(entry);
      return { finding, evidenceHash: acceptedEvidence(finding) };
    });
    await context.store.recordFindings({
      node: node.id,
      collectedAt: parsed.data.collectedAt,
      findings: seen,
      moment: momentOf(context.clock),
    });
    announce(context, 'findings', node.id);
  }

  async function of(id: string | null): Promise<void> {
    const nodes = await context.store.listNodes();
    for (const node of nodes.filter((entry) => id === null || entry.id === id)) await one(node);
  }
  return { of, all: () => of(null) };
}

/** @returns declarations for a node and for all nodes */
export async function declarationsFor(context: Pick<Context, 'store'>, node: string) {
  return (await context.store.declarations()).filter((entry) => entry.node === null || entry.node === node);
}
