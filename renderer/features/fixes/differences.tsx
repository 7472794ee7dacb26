import { ArrowRight } from 'lucide-react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { SectionHeading } from '../../components/page-header.tsx';

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
export function Differences({ differences }: { differences: Plan['differences'] }) {
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
    </section>
  );
}
