import { useState } from 'react';
import type { Verification } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { StatusWord } from '../../components/status.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';

/** What is not as it was recorded: each thing in its own words, with the event from which on nothing is vouched for. */
export function VerificationProblems({ result }: { result: Verification }) {
  const [replacing, setReplacing] = useState(false);
  if (result.verified) return null;
  const keyGone = result.problems.some(({ code }) => code === 'key-missing');
  return (
    <section className="activity__problems" aria-label="What is not as it was recorded">
      <p>
        {result.from !== null && result.from > 1
          ? `Events 1 to ${(result.from - 1).toLocaleString('en')} are as they were recorded. Look at who could write this console’s folder, and compare with a checkpoint kept elsewhere.`
          : 'Look at who could write this console’s folder, and compare with a checkpoint kept elsewhere.'}
      </p>
      <ul>
        {result.problems.map((problem) => (
          <li key={`${problem.code} ${problem.event}`}>
            <StatusWord status="fix">
              {problem.event === null ? 'changed' : `event ${problem.event.toLocaleString('en')}`}
            </StatusWord>
            <span>{visible(problem.message)}</span>
            <code>{problem.code}</code>
          </li>
        ))}
      </ul>
      {keyGone ? <Button onClick={() => setReplacing(true)}>Go on with a new key…</Button> : null}
      {replacing ? <NewKeyDialog onClose={() => setReplacing(false)} /> : null}
    </section>
  );
}
