import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { orpc } from '../../transport/queries.ts';
import { SettingsSection } from './settings-section.tsx';

const WILL = [
  'Show what it looked at, and what it saw there.',
  'Say "could not look" when it could not, and what would help.',
  'Give you every step as an exact command, before anything is done.',
  'Keep all it knows on this computer, in one folder.',
  'Keep accepted risks in sight, with their reason and their end.',
] as const;

const WILL_NOT = [
  'Change anything on a node in this version: it looks, and you act.',
  'Send anything to anyone: no account, no telemetry, no update check.',
  'Show or keep the swarm secret: only its length, age and mode.',
  'Run anything that an agent could have written.',
] as const;

/** What Swarmkeep will and will not do. */
export function Promises() {
  const { data: about } = useQuery(orpc.system.about.queryOptions());
  const willNot = [
    WILL_NOT[0],
    about?.runsAsRoot
      ? 'Need to run as administrator (it was started as root now), or ask for your password.'
      : 'Run as administrator, or ask for your password.',
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
