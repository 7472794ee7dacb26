import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SeenEnvironment } from '#shared/domain/dependencies/seen-environment.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { count } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { LockDialog } from './lock-dialog.tsx';

const KIND_WORDS: Readonly<Record<SeenEnvironment['kind'], string>> = {
  'virtual-environment': 'Virtual environment',
  user: 'Packages of one account',
  system: 'The whole system’s Python',
  'distribution-packages': 'Kept by the system itself',
  list: 'A list',
  program: 'A program',
};

/** Where the packages of a node lie, and a lock of what is installed in each place that pip keeps. */
export function NodeEnvironments({ node, nodeName }: { node: string; nodeName: string }) {
  const { data, error } = useQuery(orpc.dependencies.environments.queryOptions({ input: { node } }));
  const [locking, setLocking] = useState<SeenEnvironment | null>(null);
  if (error) return <ErrorState inline {...errorWords(error, 'The environments could not be read.')} />;
  // A program is named by its finding; a folder of packages is what this list is about.
  const places = (data ?? []).filter(({ kind }) => kind !== 'program');
  if (places.length === 0) return null;
  return (
    <>
      <ul className="environments" aria-label={`Environments of ${visible(nodeName)}`}>
        {places.map((place) => (
          <li key={place.id} className="environments__place">
            <div className="environments__words">
              <code>{visible(place.id)}</code>
              <p className="quiet">{placeWords(place)}</p>
            </div>
            {place.isLockable ? (
              <Button
                small
                variant="plain"
                aria-label={`Lock of ${visible(place.id)}`}
                onClick={() => setLocking(place)}
              >
                Lock…
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {locking ? (
        <LockDialog node={node} nodeName={nodeName} place={locking} onClose={() => setLocking(null)} />
      ) : null}
    </>
  );
}

/** `Virtual environment, Python 3.11, 61 packages; not all of it could be read: …` */
function placeWords({ kind, pythonVersion, packages, unreadable }: SeenEnvironment): string {
  const python = pythonVersion === null ? '' : `, Python ${visible(pythonVersion)}`;
  const closed = unreadable === null ? '' : `. Not all could be read: ${visible(unreadable)}`;
  return `${KIND_WORDS[kind]}${python}, ${count(packages, 'package')}${closed}`;
}
