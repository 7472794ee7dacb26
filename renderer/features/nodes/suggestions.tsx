import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AnnouncedNode, SshConfigHost } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { orpc } from '../../transport/queries.ts';
import { AddSuggestion } from './add-suggestion.tsx';
import { announcedWords, configNote } from './found-words.ts';
import { useFoundNodes } from './use-found-nodes.ts';
import './suggestions.css';

/** Machines that are not in the list and could be: those that announce themselves, and those of the operator's SSH configuration. */
export function Suggestions({ nodes }: { nodes: readonly SwarmNode[] }) {
  const found = useFoundNodes();
  const config = useQuery(orpc.nodes.sshConfig.queryOptions());
  const strangers = found.data?.announced.filter(({ known }) => known === null) ?? [];
  return (
    <>
      <section className="suggestions" aria-labelledby="seen-on-network">
        <SectionHeading
          id="seen-on-network"
          title="Seen on your network, not in your list"
          note={strangers.length === 0 ? networkNote(found.data) : undefined}
        />
        {found.isError ? (
          <ErrorState inline {...errorWords(found.error, 'It could not be told who is on your network.')} />
        ) : null}
        {strangers.length > 0 ? (
          <>
            <p className="suggestions__lead">
              Every node believes who announces itself, and sends it the swarm secret with the first task. Add
              what is yours; what is not, keep away with{' '}
              <Link to="/checks" search={{ check: 'peer-allowlist' }}>
                the fence of peers
              </Link>
              .
            </p>
            <ul className="suggestions__list">
              {strangers.map((stranger) => (
                <Stranger
                  key={`${stranger.from} ${stranger.name} ${stranger.port}`}
                  stranger={stranger}
                  nodes={nodes}
                />
              ))}
            </ul>
          </>
        ) : null}
        {(found.data?.turnedAway ?? 0) > 0 ? (
          <p className="suggestions__lead">
            {found.data?.turnedAway} announcements were too many to look at. That is not usual.
          </p>
        ) : null}
      </section>
      {config.data?.found && config.data.hosts.length > 0 ? (
        <section className="suggestions">
          <Disclosure summary="In your ~/.ssh/config" note={configNote(config.data)}>
            <ul className="suggestions__list">
              {config.data.hosts.map((host) => (
                <ConfigHost key={host.name} host={host} nodes={nodes} />
              ))}
            </ul>
            {config.data.problems.map((problem) => (
              <p key={problem} className="suggestions__lead">
                {problem}
              </p>
            ))}
          </Disclosure>
        </section>
      ) : null}
    </>
  );
}

function networkNote(found: { why: string | null } | undefined): string | undefined {
  if (found === undefined) return undefined;
  return found.why ?? 'Nobody else announces itself just now.';
}

function Stranger({ stranger, nodes }: { stranger: AnnouncedNode; nodes: readonly SwarmNode[] }) {
  const { name, from } = stranger;
  return (
    <li className="suggestion">
      <span className="suggestion__name">{visible(name)}</span>
      <span className="suggestion__words">{announcedWords(stranger, nodes)}</span>
      <AddSuggestion name={visible(name)} address={{ kind: 'ssh', host: from, port: 22 }} asksUser />
    </li>
  );
}

function ConfigHost({ host, nodes }: { host: SshConfigHost; nodes: readonly SwarmNode[] }) {
  const { name, address, why, known } = host;
  const node = nodes.find(({ id }) => id === known);
  const place =
    address &&
    `${address.user ? `${address.user}@` : ''}${address.host}${address.port === 22 ? '' : `, port ${address.port}`}`;
  return (
    <li className="suggestion">
      <span className="suggestion__name">{visible(name)}</span>
      <span className="suggestion__words">
        {[place, why]
          .filter((words) => words !== null)
          .map((words) => (
            <span key={words}>{words}</span>
          ))}
      </span>
      {node ? (
        <span className="suggestion__quiet">
          in your list{node.name === name ? '' : ` as ${visible(node.name)}`}
        </span>
      ) : address ? (
        <AddSuggestion
          name={visible(name)}
          address={address}
          as={name.slice(0, 64)}
          asksUser={address.user === undefined}
        />
      ) : null}
    </li>
  );
}
