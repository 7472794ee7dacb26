import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Standing } from '#shared/contract/findings.ts';
import type { Machine } from '#shared/contract/nodes.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { LEVELS } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { NodeAccess } from '../../components/fixes/node-access.tsx';
import { StaleNote } from '../../components/stale-note.tsx';
import { StatusWord } from '../../components/status.tsx';
import { orpc } from '../../transport/queries.ts';
import { ProfileDialog } from './profile-dialog.tsx';
import { ProfileTable } from './profile-table.tsx';

export interface NodeDetailsProps {
  node: SwarmNode;
  standing: Standing | undefined;
}

/** What unfolds under a node: what holds it on its step, what was found of mycoSwarm there, what kind of machine it is. */
export function NodeDetails({ node, standing }: NodeDetailsProps) {
  const profile = useQuery(orpc.nodes.profile.queryOptions({ input: { node: node.id } }));
  const [correcting, setCorrecting] = useState<string | null>(null);
  const name = visible(node.name);
  const instances = profile.data?.effective?.instances ?? [];
  const chosen = instances.find((instance) => instance.id === correcting);
  return (
    <div className="node-details">
      {node.lastError ? (
        <StaleNote nodeName={name} since={node.lastLookAt} reason={visible(node.lastError)} />
      ) : null}
      {standing ? <HeldBy standing={standing} /> : null}
      {profile.isError ? (
        <ErrorState inline {...errorWords(profile.error, 'What is known of it could not be read.')} />
      ) : null}
      {profile.data && profile.data.effective === null ? (
        <p className="node-details__quiet">Nothing is known of mycoSwarm on {name} before the first look.</p>
      ) : null}
      {profile.data?.effective && instances.length === 0 ? (
        <p className="node-details__quiet">mycoSwarm was not found on {name}, so it has no level.</p>
      ) : null}
      {instances.map((instance) => (
        <section key={instance.id} className="node-details__instance">
          <div className="node-details__head">
            <h2>
              mycoSwarm {instance.version ? visible(instance.version) : ''}{' '}
              <span className="node-details__quiet">
                {instance.running ? 'running' : 'not running'} · {DETECTED[instance.detectedBy]}
              </span>
            </h2>
            <Button variant="link" onClick={() => setCorrecting(instance.id)}>
              Correct this…
            </Button>
          </div>
          <ProfileTable
            instance={instance}
            detected={profile.data?.detected?.instances.find((entry) => entry.id === instance.id)}
          />
        </section>
      ))}
      <NodeAccess node={node} />
      {profile.data?.machine ? <MachineLine machine={profile.data.machine} /> : null}
      <div className="node-details__foot">
        <Link to="/checks" search={{ node: node.id }} className={buttonClass('outline', true)}>
          Checks of {name}
        </Link>
        <Link to="/setup/{-$node}" params={{ node: node.id }} className={buttonClass('plain', true)}>
          Setup
        </Link>
      </div>
      {chosen && profile.data ? (
        <ProfileDialog
          node={node}
          instance={chosen}
          detected={profile.data.detected?.instances.find((entry) => entry.id === chosen.id)}
          corrections={profile.data.corrections}
          onClose={() => setCorrecting(null)}
        />
      ) : null}
    </div>
  );
}

const DETECTED = {
  systemd: 'found as a systemd unit',
  'by-hand': 'found as a program started by hand',
  'pip-user': "found in a user's home",
  declared: 'as you said',
} as const;

const HOLDING_SHOWN = 6;

/** Which checks keep the node below the next step. */
function HeldBy({ standing }: { standing: Standing }) {
  const next = standing.level === null ? undefined : LEVELS[standing.level + 1];
  if (!next || standing.heldBy.length === 0) return null;
  const shown = standing.heldBy.slice(0, HOLDING_SHOWN);
  return (
    <section>
      <h2>What keeps it below {next.name}</h2>
      <ul className="node-details__held">
        {shown.map(({ check, status }) => (
          <li key={check}>
            <Link to="/checks" search={{ node: standing.node, check, on: standing.node }}>
              <StatusWord status={status} quiet>
                {catalogueEntry(check).title}
              </StatusWord>
            </Link>
          </li>
        ))}
        {standing.heldBy.length > shown.length ? (
          <li className="node-details__quiet">{standing.heldBy.length - shown.length} more</li>
        ) : null}
      </ul>
    </section>
  );
}

const GIB = 1024 ** 3;

/** The machine in one line: model, processor, memory, system. */
function MachineLine({ machine }: { machine: Machine }) {
  const { hardware } = machine;
  const parts = [
    hardware?.model,
    hardware && `${hardware.cpu}, ${hardware.cores} cores`,
    hardware && `${Math.max(1, Math.round(hardware.memoryBytes / GIB))} GB`,
    machine.operatingSystem,
    `${/^Linux /.test(machine.kernel) ? '' : 'Linux '}${machine.kernel}, ${machine.architecture}`,
  ];
  return (
    <p className="node-details__machine">
      {parts
        .filter((part): part is string => typeof part === 'string' && part !== '')
        .map((part) => visible(part))
        .join(' · ')}
    </p>
  );
}
