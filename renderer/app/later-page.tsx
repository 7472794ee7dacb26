import { Page, PageHeader } from '../components/page-header.tsx';
import './later-page.css';

interface LaterProps {
  name: string;
  sentence: string;
  lead: string;
  will: readonly string[];
  untilThen: string;
}

/** A page whose work is not part of this version: says what will be here, and what to do until then. No buttons. */
function LaterPage({ name, sentence, lead, will, untilThen }: LaterProps) {
  return (
    <Page className="later">
      <PageHeader eyebrow={`${name} · not in this version`} sentence={sentence} lead={lead} />
      <section aria-labelledby="later-will">
        <h2 id="later-will">What will be here</h2>
        <ul className="later__list">
          {will.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="later-until">
        <h2 id="later-until">Until then</h2>
        <p className="later__until">{untilThen}</p>
      </section>
    </Page>
  );
}

export function IncidentLaterPage() {
  return (
    <LaterPage
      name="Incident"
      sentence="Swarmkeep cannot fence off a node yet."
      lead="If you think an agent is doing harm right now, do not wait for this page: pull the network cable of that node. Leave it switched on, so that what is in memory can still be looked at."
      will={[
        'A node fenced off within a second, by itself and by its neighbours.',
        'Evidence kept in the order in which it would be lost.',
        'A new swarm token, the rebuild, and a report that writes itself.',
      ]}
      untilThen="After pulling the cable, stop the service on the node, change the swarm token on all other nodes, and revoke every key that the node could read."
    />
  );
}

export function SecretsLaterPage() {
  return (
    <LaterPage
      name="Secrets"
      sentence="Swarmkeep does not change the swarm token yet."
      lead="Its age, its strength, and who can read it are already looked at, on every node, without the token ever being shown."
      will={[
        'One press to give all nodes a new token, with no moment at which it can be lost.',
        'The certificates of your nodes, and when they end.',
      ]}
      untilThen="The check “swarm-secret” says how things are and shows the steps to change the token by hand."
    />
  );
}
