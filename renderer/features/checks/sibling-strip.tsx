import { useState } from 'react';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { StatusIcon } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';

const SHOWN = 8;

export interface SiblingStripProps {
  findings: readonly TrackedFinding[];
  chosen: NodeId;
  onChoose: (node: NodeId) => void;
}

/** The same check on every node, worst first; choosing one shows its evidence in place. */
export function SiblingStrip({ findings, chosen, onChoose }: SiblingStripProps) {
  const [all, setAll] = useState(false);
  const shown = all ? findings : findings.slice(0, SHOWN);
  return (
    <fieldset className="siblings">
      <legend className="visually-hidden">This check on each node</legend>
      {shown.map((finding) => (
        <button
          key={finding.node}
          type="button"
          aria-pressed={finding.node === chosen}
          className="siblings__node"
          onClick={() => onChoose(finding.node)}
        >
          <StatusIcon status={finding.status} />
          <span className="siblings__name">{visible(finding.nodeName)}</span>
          <span className="siblings__word">{statusWord(finding.status)}</span>
        </button>
      ))}
      {findings.length > shown.length ? (
        <button type="button" className="siblings__node" onClick={() => setAll(true)}>
          {findings.length - shown.length} more
        </button>
      ) : null}
    </fieldset>
  );
}
