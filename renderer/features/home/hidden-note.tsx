import { EyeOff } from 'lucide-react';
import type { Overview } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { AdministratorLook } from '../../components/administrator-look.tsx';
import { numberInWords } from '../../components/number-words.ts';
import { useNow } from '../../components/relative-time.tsx';
import { pointInTime } from '../../components/time-words.ts';
import './hidden-note.css';

const SHOWN = 3;

/** What needed fixing and is out of sight of the newest look, with the way to see it again; nothing when there is no such thing. */
export function HiddenNote({ overview }: { overview: Overview }) {
  const now = useNow();
  const { hidden = [], next } = overview;
  if (hidden.length === 0) return null;
  return (
    <ul className="hidden-note" aria-label="Out of sight of the last look">
      {hidden.slice(0, SHOWN).map(({ node, nodeName, checks, until, administrator }) => (
        <li key={node}>
          <EyeOff aria-hidden="true" />
          <div>
            <p>
              <strong>
                {numberInWords(checks)} {checks === 1 ? 'thing' : 'things'} on {visible(nodeName)}
              </strong>{' '}
              could not be seen by the last look. {checks === 1 ? 'It' : 'They'} needed fixing when seen last,{' '}
              {pointInTime(until, now)}.
            </p>
            {administrator && !(next?.look === 'administrator' && next.node === node) ? (
              <AdministratorLook node={node} nodeName={nodeName} small />
            ) : null}
          </div>
        </li>
      ))}
      {hidden.length > SHOWN ? (
        <li className="hidden-note__more">and {hidden.length - SHOWN} more nodes</li>
      ) : null}
    </ul>
  );
}
