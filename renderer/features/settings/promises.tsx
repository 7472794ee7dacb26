import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { orpc } from '../../transport/queries.ts';
import { SettingsSection } from './settings-section.tsx';

const WILL = [
  'Show what it looked at, and what it saw there.',
  'Say "could not look" when it could not, and what would help.',
  'Show every change whole before anything is done: each command, each line of each file.',
  'Call a change fine only when an independent look says so, and list it with its undo.',
  'Take a change back by itself when it could cut you off and you do not keep it.',
  'Keep all it knows on this computer, in one folder, with a record that others can check.',
  'Keep accepted risks in sight, with their reason and their end.',
] as const;

const WILL_NOT = [
  'Change anything on a node without your yes, which no page can give: it is asked for in the terminal or in a window of the system.',
  'Send anything to anyone: no account, no telemetry, no update check.',
  'Show or keep the swarm secret: only its length, age and mode.',
  'Keep your password: it is used for one run, and written nowhere.',
  'Run anything that an agent could have written.',
  'Overwrite what somebody changed after it: then it refuses to undo, and says what is different.',
  'Undo an update of the system, or take back what a log has already recorded.',
] as const;

/** What Swarmkeep will and will not do. */
export function Promises() {
  const { data: about } = useQuery(orpc.system.about.queryOptions());
  const willNot = [
    WILL_NOT[0],
    about?.runsAsRoot
      ? 'Need to run as administrator, though it was started as root now. A small helper does single steps, and ends.'
      : 'Run as administrator: a small helper does single steps of a plan, and ends.',
    ...WILL_NOT.slice(1),
  ];
  return (
    <SettingsSection title="What Swarmkeep will and will not do">
      <div className="promises">
        <div>
          <h3>It will</h3>
          <ul>
            {WILL.map((text) => (
              <li key={text}>
                <Check aria-hidden="true" className="status--pass" />
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h3>It will not</h3>
          <ul>
            {willNot.map((text) => (
              <li key={text}>
                <X aria-hidden="true" />
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </SettingsSection>
  );
}
