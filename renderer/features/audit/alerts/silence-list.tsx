import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Silence } from '#shared/domain/audit/alert.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Disclosure } from '../../../components/disclosure.tsx';
import { errorWords } from '../../../components/error-state.tsx';
import { useNow } from '../../../components/relative-time.tsx';
import { count, dayInWords } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';

/** Silences in force: why, until when, and how much each has hidden. */
export function SilenceList({ silences }: { silences: readonly Silence[] }) {
  const now = useNow();
  const toast = useToast();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: (silence: string) => client.audit.endSilence({ silence }),
    onSuccess: () => queries.invalidateQueries({ queryKey: orpc.audit.key() }),
    onError: (error) =>
      toast({ text: errorWords(error, 'The silence could not be ended.').what, problem: true }),
  });
  const inForce = silences.filter(({ endedAt, until }) => endedAt === null && Date.parse(until) > now);
  if (inForce.length === 0) return null;
  const hidden = inForce.reduce((sum, silence) => sum + silence.hidden, 0);
  return (
    <div className="silences">
      <Disclosure
        summary={count(inForce.length, 'silence')}
        note={`${hidden.toLocaleString('en')} hidden so far`}
      >
        <ul>
          {inForce.map((silence) => (
            <li key={silence.id}>
              <p>{visible(silence.reason)}</p>
              <code>{visible(silence.query)}</code>
              <p className="silences__foot">
                until {dayInWords(silence.until, now)}, {silence.hidden.toLocaleString('en')} hidden
                <Button
                  variant="link"
                  running={end.isPending && end.variables === silence.id && 'Ending'}
                  onClick={() => end.mutate(silence.id)}
                >
                  End it
                </Button>
              </p>
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  );
}
