import { ChevronRight, Ellipsis } from 'lucide-react';
import { useId, useState } from 'react';
import type { Standing } from '#shared/contract/findings.ts';
import type { NodeGlance } from '#shared/contract/found-nodes.ts';
import type { LookState } from '#shared/contract/looks.ts';
import { LEVELS } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Unfold } from '../../components/disclosure.tsx';
import { LookProgress } from '../../components/look-progress.tsx';
import { LookedAt } from '../../components/looked-at.tsx';
import { Menu } from '../../components/menu.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SampleMark } from '../../components/sample-mark.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { skewWords } from './found-words.ts';
import { NodeCounts } from './node-counts.tsx';
import { NodeDetails } from './node-details.tsx';
import { addressWords, profileWords, standingStatus } from './node-words.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { useNodeActions } from './use-node-actions.ts';

export interface NodeRowProps {
  node: SwarmNode;
  standing: Standing | undefined;
  /** What the last look saw, in short. */
  glance: NodeGlance | undefined;
  /** A look at this node that is under way. */
  look: LookState | undefined;
  open: boolean;
  onToggle: () => void;
}

/** One node in a line: name, step, what waits there, when it was seen. Unfolds to what is known of it. */
export function NodeRow({ node, standing, glance, look, open, onToggle }: NodeRowProps) {
  const panel = useId();
  const [renaming, setRenaming] = useState(false);
  const [removing, setRemoving] = useState(false);
  const { lookAt, cancel } = useNodeActions();
  const name = visible(node.name);
  const skew = skewWords(glance?.skewMs ?? null);
  const level = standing?.level === null || standing === undefined ? null : LEVELS[standing.level];
  return (
    <li className="node">
      <div className="node__line">
        <button
          type="button"
          className="node__button"
          aria-expanded={open}
          aria-controls={panel}
          onClick={onToggle}
        >
          <StatusIcon status={standingStatus(node, standing)} />
          <span className="node__names">
            <span className="node__name">
              {name}
              {standing?.sample ? <SampleMark short /> : null}
            </span>
            <span className="node__address">{addressWords(node)}</span>
          </span>
          <span className="node__level">
            <span className="node__step">{level?.name ?? noLevel(node, standing)}</span>
            {level ? <span className="node__meaning">{level.meaning}</span> : null}
          </span>
          <span className="node__findings">
            <NodeCounts standing={standing} />
            <span className="node__profile">{profileWords(glance)}</span>
          </span>
          <span className="node__looked">
            {node.lastError ? (
              <>
                does not answer
                {node.lastLookAt ? (
                  <>
                    , seen <RelativeTime at={node.lastLookAt} short />
                  </>
                ) : null}
              </>
            ) : node.lastLookAt ? (
              <LookedAt
                at={standing?.lookedAt ?? node.lastLookAt}
                recorded={node.address.kind === 'recorded'}
              />
            ) : (
              'not looked yet'
            )}
            {skew === null ? null : <span className="node__skew">{skew}</span>}
          </span>
          <ChevronRight aria-hidden="true" className="node__chevron" />
        </button>
        <Menu
          label={`What to do with ${name}`}
          align="end"
          groups={[
            [
              {
                id: 'look',
                label: node.address.kind === 'recorded' ? 'Judge it again' : 'Look now',
                onSelect: () => lookAt.mutate(node.id),
              },
              { id: 'rename', label: 'Rename…', onSelect: () => setRenaming(true) },
            ],
            [
              {
                id: 'remove',
                label: 'Remove…',
                note: 'Forgets it here. Nothing on it changes.',
                onSelect: () => setRemoving(true),
              },
            ],
          ]}
          trigger={
            <button type="button" className="node__more" aria-label={`What to do with ${name}`}>
              <Ellipsis aria-hidden="true" />
            </button>
          }
        />
      </div>
      {look ? (
        <div className="node__look">
          <LookProgress look={{ ...look, nodeName: name }} onCancel={(id) => cancel.mutate(id)} />
        </div>
      ) : null}
      <Unfold open={open} id={panel}>
        <NodeDetails node={node} standing={standing} />
      </Unfold>
      {renaming ? <RenameDialog node={node} onClose={() => setRenaming(false)} /> : null}
      {removing ? <RemoveDialog node={node} onClose={() => setRemoving(false)} /> : null}
    </li>
  );
}

function noLevel(node: SwarmNode, standing: Standing | undefined): string {
  if (node.lastLookAt === null || standing === undefined) return 'Not known yet';
  return 'No mycoSwarm';
}
