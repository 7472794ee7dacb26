import { useMutation, useQuery } from '@tanstack/react-query';
import { AppWindow, SquareTerminal } from 'lucide-react';
import type { OpenQuestion } from '#shared/contract/questions.ts';
import { visible } from '#shared/domain/text.ts';
import { client, orpc } from '../../transport/queries.ts';
import { Button } from '../button.tsx';
import './order-note.css';

const WHERE: Readonly<Record<OpenQuestion['where'], string>> = {
  terminal: 'The terminal in which Swarmkeep runs',
  window: 'The window of Swarmkeep',
  command: 'The terminal of a command',
};

/** Often enough that nobody waits for a question of which the page was not told. */
const LOOK_AGAIN_MS = 1_000;

/**
 * The question of one kind that is out, about a node where one is given; null when there is none.
 * @param waits the page waits for something that may be asked about
 */
export function useOpenQuestion(
  kind: OpenQuestion['kind'],
  waits: boolean,
  node?: string,
): OpenQuestion | null {
  const { data } = useQuery(
    orpc.questions.open.queryOptions({ enabled: waits, refetchInterval: waits ? LOOK_AGAIN_MS : false }),
  );
  if (!waits) return null;
  const found = data?.find((entry) => entry.kind === kind && (node === undefined || entry.node === node));
  return found ?? null;
}

/** What becomes of a password, as the question itself says it. */
const KEPT = {
  plan: 'It is kept in memory for this plan and the change made from it, and forgotten at its end, or after 5 minutes without one.',
  look: 'It is kept in memory for this one look, and forgotten at its end.',
} as const;

/**
 * Where a password is asked for on behalf of what this page waits for, with the way to take the question back.
 * @param use what it would be used for
 */
export function PasswordAsked({
  node,
  use = 'plan',
}: {
  node?: string | undefined;
  use?: keyof typeof KEPT;
}) {
  const question = useOpenQuestion('password', true, node);
  if (question === null) return null;
  const Icon = question.where === 'window' ? AppWindow : SquareTerminal;
  const name = visible(question.nodeName ?? '');
  return (
    <div className="order-note order-note--password" role="status">
      <Icon aria-hidden="true" />
      <div>
        <p className="order-note__where">
          {WHERE[question.where]} asks for the password of sudo{name ? ` on ${name}` : ''}.
        </p>
        <p>Type it there; no page can ask for it. {KEPT[use]}</p>
        <TakeBack question={question} />
      </div>
    </div>
  );
}

/** Takes a question back: it counts as refused. */
export function TakeBack({ question }: { question: OpenQuestion }) {
  const dismiss = useMutation({
    mutationFn: () => client.questions.dismiss({ question: question.id }),
  });
  return (
    <Button
      small
      variant="plain"
      running={dismiss.isPending && 'Cancelling'}
      onClick={() => dismiss.mutate()}
    >
      Cancel the question
    </Button>
  );
}
