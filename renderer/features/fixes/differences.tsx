import { useNavigate } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { SectionHeading } from '../../components/page-header.tsx';
import { LeaveAsItIs } from './leave-dialog.tsx';

const WHAT: Readonly<Record<Plan['differences'][number]['what'], string>> = {
  contents: 'contents',
  owner: 'owner',
  group: 'group',
  mode: 'mode',
  'access-list': 'access list',
  attributes: 'attributes',
  time: 'time',
  kind: 'kind',
  missing: 'missing',
  added: 'added since',
  state: 'state',
  rules: 'rules',
};

/** Why an undo is refused: what was left there, and what is there now. */
export function Differences({ plan }: { plan: Plan }) {
  const { differences, of, purpose, nodeName } = plan;
  const navigate = useNavigate();
  if (differences.length === 0) return null;
  return (
    <section aria-labelledby="plan-differences">
      <SectionHeading
        id="plan-differences"
        title="Changed since"
        note={`${counted(differences.length, 'thing')} there ${differences.length === 1 ? 'is' : 'are'} not as Swarmkeep left ${differences.length === 1 ? 'it' : 'them'}.`}
      />
      <ul className="plan-differences">
        {differences.map((entry) => (
          <li key={`${entry.path} ${entry.what}`}>
            <p>
              <code className="plan-differences__path">{visible(entry.path)}</code>
              <span className="plan-differences__what">{WHAT[entry.what]}</span>
            </p>
            <div className="plan-differences__change">
              <p>
                <span className="plan-differences__label">Left there</span>
                <code>{visible(entry.left) || 'nothing'}</code>
              </p>
              <ArrowRight aria-hidden="true" />
              <p>
                <span className="plan-differences__label">There now</span>
                <code>{visible(entry.now) || 'nothing'}</code>
              </p>
            </div>
          </li>
        ))}
      </ul>
      <div className="plan-differences__way no-print">
        <p>
          {purpose === 'remove'
            ? 'Each belongs to a change that Activity lists: undo that one by itself, and leave there what should stay.'
            : 'Bring it back as Swarmkeep left it and plan again, or keep what is there now.'}
        </p>
        {purpose === 'undo' && of ? (
          <LeaveAsItIs
            change={of}
            nodeName={nodeName}
            onLeft={() => void navigate({ to: '/change/$change', params: { change: of } })}
          />
        ) : null}
      </div>
    </section>
  );
}
