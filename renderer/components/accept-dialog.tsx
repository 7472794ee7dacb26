import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { client, orpc } from '../transport/queries.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorState, errorWords } from './error-state.tsx';
import { TextAreaField, TextField } from './field.tsx';
import { dayAndWeekday, dayInWords } from './time-words.ts';
import { useToast } from './toast.tsx';
import { dayAfter, endOf, LONGEST_DAYS, problemWithDay } from './until-day.ts';
import './accept-dialog.css';

export interface AcceptDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  node: NodeId;
  nodeName: string;
  check: CheckId;
  /** The sentence that is accepted. */
  summary: string;
}

/** Days that are offered; anything up to a year can be chosen. */
const OFFERED = [7, 30, 90] as const;

/** Accept a finding until a day, with a reason. It stays visible and comes back when its evidence changes. */
export function AcceptDialog({ open, onOpenChange, node, nodeName, check, summary }: AcceptDialogProps) {
  const form = useId();
  const [reason, setReason] = useState('');
  const [day, setDay] = useState(() => dayAfter(30));
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const renew = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: orpc.findings.key() }),
      queries.invalidateQueries({ queryKey: orpc.decisions.key() }),
    ]);
  const accept = useMutation({
    mutationFn: () =>
      client.decisions.waive({ node, check, reason: reason.trim(), until: endOf(day).toISOString() }),
    onSuccess: async (waiver) => {
      onOpenChange(false);
      setReason('');
      setTried(false);
      toast({
        text: `Accepted until ${dayInWords(waiver.until, Date.now())}. It comes back sooner if the evidence changes.`,
        undo: () => void client.decisions.withdraw({ waiver: waiver.id }).then(renew),
      });
      await renew();
    },
  });
  const reasonProblem = reason.trim().length < 3 ? 'Say in a few words why.' : null;
  const dayProblem = problemWithDay(day);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reasonProblem && !dayProblem) accept.mutate();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Accept until a day"
      description={
        <>
          {summary.replace(/\.$/, '')}. It stays written on every page, holds {nodeName} on its step, and
          comes back sooner if the evidence changes.
        </>
      }
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={accept.isPending && 'Accepting'}>
            Accept until {dayProblem ? 'then' : dayInWords(endOf(day).toISOString(), Date.now())}
          </Button>
          <Button variant="plain" onClick={() => onOpenChange(false)}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextAreaField
          label="Why"
          hint="You will read this again when it ends."
          value={reason}
          maxLength={2_048}
          onChange={(event) => setReason(event.target.value)}
          error={tried ? reasonProblem : null}
        />
        <TextField
          label="Until"
          type="date"
          value={day}
          min={dayAfter(1)}
          max={dayAfter(LONGEST_DAYS)}
          onChange={(event) => setDay(event.target.value)}
          // The field shows the day as the system writes it; the words leave no doubt which one is meant.
          hint={
            dayProblem
              ? undefined
              : `${dayAndWeekday(endOf(day).toISOString(), Date.now())}, to the end of the day.`
          }
          error={tried ? dayProblem : null}
        />
        <div className="accept-days">
          {OFFERED.map((days) => (
            <Button
              key={days}
              small
              variant={day === dayAfter(days) ? 'outline' : 'plain'}
              aria-pressed={day === dayAfter(days)}
              onClick={() => setDay(dayAfter(days))}
            >
              {days} days
            </Button>
          ))}
        </div>
        {accept.isError ? (
          <ErrorState inline {...errorWords(accept.error, 'It could not be accepted.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
