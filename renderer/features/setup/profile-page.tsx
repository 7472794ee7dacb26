import { useQuery } from '@tanstack/react-query';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { countWord } from '#shared/domain/words.ts';
import type { Looking } from '../../app/looking.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { LookedAt } from '../../components/looked-at.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { orpc } from '../../transport/queries.ts';
import { ProfileInstance } from './profile-instance.tsx';
import './profile-page.css';

/** What was found of mycoSwarm on a node, and where the operator can say that it is otherwise. */
export function ProfilePage({ node, looking }: { node: SwarmNode; looking: Looking }) {
  const { data, error } = useQuery(orpc.nodes.profile.queryOptions({ input: { node: node.id } }));
  const [look] = looking.running;
  const again = (
    <Button running={(look || looking.starting) && 'Looking'} onClick={() => looking.start()}>
      Look again
    </Button>
  );
  if (!data) {
    return (
      <Page>
        {error ? (
          <ErrorState
            untouched="Nothing was changed."
            {...errorWords(error, 'What was found could not be read.')}
          />
        ) : null}
      </Page>
    );
  }
  const detected = data.detected?.instances ?? [];
  return (
    <Page className="profile-page">
      <PageHeader
        eyebrow={
          data.observedAt ? (
            <>
              What was found on {node.name} ·{' '}
              <LookedAt at={data.observedAt} recorded={node.address.kind === 'recorded'} />
            </>
          ) : (
            `What was found on ${node.name}`
          )
        }
        sentence={profileSentence(node.name, data.effective?.instances ?? [])}
        lead={
          detected.length > 0
            ? 'Every check builds on this. If something is not as it should be, correct it here; it takes effect at the next look.'
            : 'Nothing that looks like mycoSwarm was found: no unit, no process, no package. Checks that need it say so.'
        }
        actions={again}
      />
      {detected.map((instance) => (
        <ProfileInstance
          key={instance.id}
          node={node}
          detected={instance}
          effective={data.effective?.instances.find(({ id }) => id === instance.id) ?? instance}
          corrections={data.corrections}
        />
      ))}
    </Page>
  );
}

function profileSentence(name: string, instances: readonly InstanceProfile[]): string {
  const [first] = instances;
  if (!first) return `There is no mycoSwarm on ${name}.`;
  if (instances.length > 1)
    return `mycoSwarm is on ${name} ${instances.length === 2 ? 'twice' : `${countWord(instances.length)} times`}.`;
  const version = first.version ? ` ${first.version}` : '';
  const account = first.user ? ` as ${first.user}` : '';
  const port = first.apiPort ? `, on port ${first.apiPort}` : '';
  return first.running
    ? `mycoSwarm${version} runs${account}${port}.`
    : `mycoSwarm${version} is installed and does not run now.`;
}
