import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { orpc } from '../../transport/queries.ts';
import { buttonClass } from '../button.tsx';
import { errorWords } from '../error-state.tsx';
import { AccessLine } from './access-line.tsx';
import './node-access.css';

/** What Swarmkeep may do on one node, by which way, and how to allow it, renew it, or take all of it away. */
export function NodeAccess({ node }: { node: SwarmNode }) {
  const name = visible(node.name);
  const recorded = node.address.kind === 'recorded';
  const { data, error, isPlaceholderData } = useQuery(
    orpc.fixes.available.queryOptions({ input: { node: node.id }, enabled: !recorded }),
  );
  const known = isPlaceholderData ? undefined : data;
  return (
    <section className="node-access" aria-label={`What Swarmkeep may do on ${name}`}>
      <h2>What Swarmkeep may do there</h2>
      {recorded ? (
        <p className="node-access__words">
          Nothing: these are recorded facts, and there is no machine to change.
        </p>
      ) : error && !known ? (
        <p className="node-access__words">
          {errorWords(error, 'It could not be asked which way there is.').what}
        </p>
      ) : known ? (
        <Allowed
          node={node.id}
          name={name}
          access={known.access}
          automatic={known.checks.filter((entry) => entry.automatic).length}
        />
      ) : (
        <p className="node-access__words" role="status">
          Asking which way there is…
        </p>
      )}
      {node.address.kind === 'local' ? <Placed /> : null}
    </section>
  );
}

/** What was placed on this computer besides the helper, and where it is taken away. */
function Placed() {
  const { data } = useQuery(orpc.audit.background.queryOptions());
  if (!data?.enabled) return null;
  return (
    <p className="node-access__words">
      Besides, it placed <code>{visible(data.file)}</code>, which watches the logs when no window is open.{' '}
      <Link to="/settings">Take it away in Settings</Link>
    </p>
  );
}

interface AllowedProps {
  node: string;
  name: string;
  access: HelperAccess;
  automatic: number;
}

function Allowed({ node, name, access, automatic }: AllowedProps) {
  const allowed = access.via !== 'none';
  const to = (kind: 'allow' | 'remove') => ({
    to: '/plan' as const,
    search: (before: object) => ({ ...before, do: kind, on: node }),
  });
  return (
    <>
      <AccessLine access={access} nodeName={name} />
      <p className="node-access__words">
        {access.away
          ? 'What is allowed there is not known until it answers.'
          : allowed
            ? `It can repair ${counted(automatic, 'check')} there by itself. Each time it shows the plan first, and asks you outside this window.`
            : 'It looks, and shows steps that you can copy.'}
      </p>
      <div className="node-access__actions">
        {access.away ? null : !allowed ? (
          <Link {...to('allow')} className={buttonClass('outline', true)}>
            Allow changes on {name}…
          </Link>
        ) : access.outdated ? (
          <Link {...to('allow')} className={buttonClass('outline', true)}>
            Renew the helper…
          </Link>
        ) : null}
        {access.installed ? (
          <Link {...to('remove')} className={buttonClass('plain', true)}>
            Remove Swarmkeep from {name}…
          </Link>
        ) : null}
      </div>
      {access.installed ? (
        <p className="node-access__words">
          To allow nothing more, remove it: there is no half-way. What it changed is taken back first, because
          only the helper can undo it; to keep a change all the same, open it in Activity and leave it as it
          is before.
        </p>
      ) : null}
    </>
  );
}
