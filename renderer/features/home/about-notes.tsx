import { useQuery } from '@tanstack/react-query';
import { Info } from 'lucide-react';
import { orpc } from '../../transport/queries.ts';
import './about-notes.css';

/** What the operator should know about the console itself: that it runs as root, or beside an agent. Usually nothing. */
export function AboutNotes() {
  const { data: about } = useQuery(orpc.system.about.queryOptions());
  const notes = [
    about?.agentUnderOwnAccount === true &&
      'An agent runs under the account that runs this console. It could read and change whatever Swarmkeep keeps, so nothing here counts as verified until the agent has an account of its own.',
    about?.runsAsRoot === true &&
      'The console was started as root. It does not need that: start it as yourself, and it will ask when it needs more.',
  ].filter((note): note is string => typeof note === 'string');
  if (notes.length === 0) return null;
  return (
    <ul className="about-notes">
      {notes.map((note) => (
        <li key={note}>
          <Info aria-hidden="true" />
          <span>{note}</span>
        </li>
      ))}
    </ul>
  );
}
