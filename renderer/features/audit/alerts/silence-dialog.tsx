import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useDeferredValue, useId, useState } from 'react';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { writeFieldEquals } from '#shared/domain/audit/write-query.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { TextAreaField, TextField } from '../../../components/field.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { clockTime, dayInWords, pointInTime } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';

const DAY_MS = 86_400_000;
const TERMS = [
  { days: 1, words: 'a day' },
  { days: 7, words: 'a week' },
  { days: 30, words: '30 days' },
] as const;
const EXAMPLES = 4;

export interface SilenceDialogProps {
  alert: Alert;
  nodeName: string;
  onClose: () => void;
}

/** Hide what is like this until a day. What that would have hidden over the last 30 days is shown before it is asked for. */
export function SilenceDialog({ alert, nodeName, onClose }: SilenceDialogProps) {
  const form = useId();
  const [text, setText] = useState(() => startingQuery(alert));
  const [days, setDays] = useState<number>(7);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const query = useDeferredValue(text.trim());
  const read = readQuery(query);
  const mistake =
    query === ''
      ? 'An empty filter would hide everything of this rule. Name what it is about.'
      : read.ok
        ? null
        : read.message;
  const preview = useQuery({
    ...orpc.audit.previewSilence.queryOptions({ input: { query, rule: alert.rule.id } }),
    enabled: mistake === null,
  });
  const until = new Date(Date.now() + days * DAY_MS);
  const renew = () =>
    Promise.all(
      [orpc.audit.alerts.key(), orpc.audit.silences.key(), orpc.audit.state.key()].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  const silence = useMutation({
    mutationFn: () =>
      client.audit.silence({ query, rule: alert.rule.id, reason: reason.trim(), until: until.toISOString() }),
    onSuccess: async (made) => {
      onClose();
      toast({
        text: `Silenced until ${dayInWords(made.until, Date.now())}. Events are kept and counted as ever.`,
        undo: () => void client.audit.endSilence({ silence: made.id }).then(renew),
      });
      await renew();
    },
  });
  const reasonProblem = reason.trim().length < 3 ? 'Say in a few words why.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reasonProblem && mistake === null) silence.mutate();
  };
  const seen = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Silence what is like this"
      wide
      description={`Matches of “${visible(alert.rule.title)}” that fit the filter raise no alert until then. Nothing is deleted, and every hidden match is counted.`}
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={silence.isPending && 'Silencing'}>
            Silence for {TERMS.find((term) => term.days === days)?.words ?? `${days} days`}
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextField
          label="What is like this"
          mono
          value={text}
          maxLength={2_048}
          onChange={(event) => setText(event.target.value)}
          error={mistake}
          hint={`The query language of the page; it began with what this alert is about on ${visible(nodeName)}.`}
        />
        <section className="silence-preview" aria-live="polite" aria-label="What it would have hidden">
          {mistake !== null ? null : preview.error ? (
            <p>{errorWords(preview.error, 'What it would have hidden could not be counted.').what}</p>
          ) : seen && !preview.isPlaceholderData ? (
            <>
              <p>
                <strong>Over the last 30 days it {visible(seen.sentence).replace(/\.$/, '')}.</strong>
              </p>
              <ul>
                {seen.examples.slice(0, EXAMPLES).map((event) => (
                  <li key={event.number}>
                    <time dateTime={event.at}>{clockTime(event.at)}</time>
                    <span>{visible(event.message.slice(0, 300))}</span>
                  </li>
                ))}
              </ul>
              {seen.wouldHide > EXAMPLES ? (
                <p className="quiet">
                  and {(seen.wouldHide - Math.min(EXAMPLES, seen.examples.length)).toLocaleString('en')} more
                </p>
              ) : null}
            </>
          ) : (
            <p role="status">
              <Spinner /> Looking through the last 30 days
            </p>
          )}
        </section>
        <fieldset className="silence-terms">
          <legend className="field__label">For how long</legend>
          {TERMS.map((term) => (
            <Button
              key={term.days}
              small
              variant={days === term.days ? 'outline' : 'plain'}
              aria-pressed={days === term.days}
              onClick={() => setDays(term.days)}
            >
              {term.words}
            </Button>
          ))}
          <span className="quiet">until {pointInTime(until.toISOString(), Date.now())}</span>
        </fieldset>
        <TextAreaField
          label="Why"
          rows={2}
          hint="You will read this again when it ends."
          value={reason}
          maxLength={2_048}
          onChange={(event) => setReason(event.target.value)}
          error={tried ? reasonProblem : null}
        />
        {silence.isError ? (
          <ErrorState inline {...errorWords(silence.error, 'It could not be silenced.')} />
        ) : null}
      </form>
    </Dialog>
  );
}

/** As narrow as the alert: its node and what it is about. */
function startingQuery(alert: Alert): string {
  const about =
    alert.entityField && alert.entity ? ` ${writeFieldEquals(alert.entityField, alert.entity)}` : '';
  return `${writeFieldEquals('node', alert.node)}${about}`;
}
