import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { needsOf } from '#shared/domain/incident/playbook.ts';
import type { NodeBefore } from '#shared/domain/incident/rebuild-state.ts';
import { type Moved, made, refuse, same } from './moved.ts';

export type RebuildMove =
  /** How the node was before, as far as it could be seen. What is known already is not written over by what is not. */
  | { kind: 'known-before'; before: NodeBefore }
  | { kind: 'kit-made'; sha256: string; hostName: string; account: string }
  /** A person typed the code of the host key that the node shows; with it the node counts as set up anew. */
  | { kind: 'host-key'; fingerprint: string }
  /** A person let the node in although the gate is shut; agreed to outside the page. */
  | { kind: 'let-in'; words: string };

const KINDS: ReadonlySet<string> = new Set(['known-before', 'kit-made', 'host-key', 'let-in']);

/** @returns whether a move is about setting a node up anew */
export const isRebuildMove = (move: { kind: string }): move is RebuildMove => KINDS.has(move.kind);

/** What is on record of a node that is set up anew, one move later. */
export function moveRebuild(before: Incident, move: RebuildMove, at: string, who: string): Moved {
  const { rebuild } = before;
  const step = before.steps.find(({ action }) => action === 'rebuild');
  if (step === undefined) return refuse('no-step');
  switch (move.kind) {
    case 'known-before': {
      const known = joined(rebuild.before, move.before);
      if (JSON.stringify(known) === JSON.stringify(rebuild.before)) return same(before);
      const next = { ...before, rebuild: { ...rebuild, before: known } };
      return made(next, at, who, 'known-before', null, beforeWords(known));
    }
    case 'kit-made': {
      const { sha256, hostName, account } = move;
      if (step.state === 'under-way') return refuse('under-way');
      const kit = { at, sha256, hostName, account };
      const text = `For ${hostName}, account ${account}. SHA-256 ${sha256}`;
      return made({ ...before, rebuild: { ...rebuild, kit } }, at, who, 'kit-made', step.step, text);
    }
    case 'host-key':
      return knowAgain(before, move.fingerprint, at, who);
    case 'let-in': {
      if (move.words.trim() === '') return refuse('no-words');
      const override = { at, who, words: move.words.trim() };
      if (rebuild.override?.words === override.words) return same(before);
      const next = { ...before, rebuild: { ...rebuild, override } };
      return made(next, at, who, 'let-in', null, override.words);
    }
  }
}

/** The new machine is known by its key; nobody but a person has seen that the old disk was wiped. */
function knowAgain(before: Incident, fingerprint: string, at: string, who: string): Moved {
  const { rebuild } = before;
  const step = before.steps.find(({ action }) => action === 'rebuild');
  if (step === undefined) return refuse('no-step');
  const needs = needsOf(before, step.step);
  if (before.steps.some((one) => needs.includes(one.step) && !isSettled(one))) return refuse('needs');
  // Where nobody knows the former keys, none can be called new.
  const former = rebuild.before?.hostKeys ?? [];
  const isNew = former.length > 0 && !former.includes(fingerprint);
  const settles = isNew && !isSettled(step);
  const after = step.endedAt !== null && rebuild.hostKey !== null && rebuild.hostKey.at >= step.endedAt;
  if (rebuild.hostKey?.fingerprint === fingerprint && !settles && after) return same(before);
  const steps = before.steps.map((one) =>
    one === step && settles
      ? {
          ...one,
          state: 'done' as const,
          run: null,
          plan: null,
          startedAt: one.startedAt ?? at,
          endedAt: at,
          proof: 'part' as const,
          words: `It has a new host key, and its code was typed: ${fingerprint}. That the old disk was wiped was seen by nobody but you.`,
        }
      : one,
  );
  const hostKey = { at, fingerprint, isNew, who };
  return made(
    { ...before, steps, rebuild: { ...rebuild, hostKey } },
    at,
    who,
    'host-key',
    step.step,
    fingerprint,
  );
}

function beforeWords({ level, nodeId, hostKeys, findings }: NodeBefore): string {
  return [
    level === null ? 'Level not known' : `Level ${level}`,
    nodeId === null ? 'id of mycoSwarm not known' : `id of mycoSwarm ${nodeId}`,
    `${hostKeys.length} host ${hostKeys.length === 1 ? 'key' : 'keys'}`,
    `verdicts of ${Object.keys(findings).length} checks`,
  ].join(', ');
}

/** The first that was known stays: what is seen later may be the intruder's. */
function joined(known: NodeBefore | null, seen: NodeBefore): NodeBefore {
  if (known === null) return seen;
  return {
    at: known.at,
    hostKeys: known.hostKeys.length > 0 ? known.hostKeys : seen.hostKeys,
    nodeId: known.nodeId ?? seen.nodeId,
    level: known.level ?? seen.level,
    findings: Object.keys(known.findings).length > 0 ? known.findings : seen.findings,
  };
}
