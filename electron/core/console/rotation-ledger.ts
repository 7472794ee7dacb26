import type { EventDraft, Ledger } from '#core/ledger/ledger.ts';
import type { ClaimedRotation } from '#core/secrets/rotation/rotation-registry.ts';
import type { StoredRotation } from '#core/store/operations/rotations.ts';

/**
 * Records that a person agreed to a rotation, before anything of it is done.
 * @throws what the store says when it cannot be recorded; then it must not be begun
 */
export async function recordRotationConsent(ledger: Ledger, { plan }: ClaimedRotation): Promise<void> {
  const named = (part: string) => plan.nodes.filter((node) => node.part === part).map(({ name }) => name);
  const given = named(plan.purpose === 'open-fence' ? 'keeps' : 'rotates');
  await ledger.append([
    {
      kind: 'rotation-agreed',
      where: null,
      what: {
        rotation: plan.id,
        hash: plan.hash,
        purpose: plan.purpose,
        emergency: plan.emergency,
        nodes: given.slice(0, 32),
        count: given.length,
        leftOut: [...named('away'), ...named('excluded'), ...named('removed')].slice(0, 32),
      },
    },
  ]);
}

/** How rotations leave their events; what is recorded here has happened already. */
export function tellRotation(
  ledger: Ledger,
): (rotation: StoredRotation, event: { kind: 'stage' } | { kind: 'node'; node: string }) => void {
  return (rotation, event) => {
    for (const draft of draftsOf(rotation, event)) ledger.append([draft], 'go-on').catch(() => undefined);
  };
}

function draftsOf(
  rotation: StoredRotation,
  event: { kind: 'stage' } | { kind: 'node'; node: string },
): EventDraft[] {
  if (event.kind === 'stage') {
    const { id, stage, error } = rotation;
    return [
      {
        kind: 'rotation-moved',
        where: null,
        what: { rotation: id, stage, note: stage === 'aborted' ? (error ?? '') : '' },
      },
    ];
  }
  const node = rotation.nodes.find((one) => one.node === event.node);
  if (node === undefined) return [];
  const { name, state, message } = node;
  return [
    {
      kind: 'rotation-node',
      where: { node: node.node, name },
      what: { rotation: rotation.id, state, note: message ?? '' },
    },
  ];
}
