import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField, TextField } from '../../components/field.tsx';
import { dayInWords } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { dayFromNow, endOfDay } from './days.ts';
import './accept-dialog.css';

export interface AcceptDialogProps {
  node: SwarmNode;
  finding: TrackedFinding;
  onClose: () => void;
}

const USUAL_DAYS = 30;
const LONGEST_DAYS = 365;

/** Accept a risk: why, and until when. It stays visible and comes back by itself. */
export function AcceptDialog({ node, finding, onClose }: AcceptDialogProps) {
  const [now] = useState(() => Date.now());
  const [reason, setReason] = useState('');
  const [day, setDay] = useState(() => dayFromNow(now, USUAL_DAYS));
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const waive = useMutation(
    orpc.decisions.waive.mutationOptions({
      onSuccess: (waiver) => {
        toast({
          text: `Accepted until ${dayInWords(waiver.until, now)}.`,
          undo: () => void client.decisions.withdraw({ waiver: waiver.id }).catch(() => undefined),
        });
        onClose();
      },
    }),
  );
  const reasonProblem = reason.trim().length < 3 ? 'Say in a few words why.' : null;
  const dayProblem =
    day < dayFromNow(now, 1) || day > dayFromNow(now, LONGEST_DAYS)
      ? 'Choose a day between tomorrow and a year from now.'
      : null;

  const accept = () => {
    setTried(true);
    if (reasonProblem || dayProblem) return;
    waive.mutate({ node: node.id, check: finding.check, reason: reason.trim(), until: endOfDay(day) });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Accept this risk for a while"
      description={visible(finding.summary)}
      actions={
        <>
          <Button variant="filled" running={waive.isPending && 'Accepting'} onClick={accept}>
            Accept it
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form
        className="accept-dialog"
        onSubmit={(event) => {
          event.preventDefault();
          accept();
        }}
      >
        <TextAreaField
          label="Why is it all right for now?"
          hint="For yourself, later. It stands beside the finding."
          value={reason}
          error={tried ? reasonProblem : null}
          onChange={(event) => setReason(event.target.value)}
        />
        <TextField
          label="Until"
          type="date"
          min={dayFromNow(now, 1)}
          max={dayFromNow(now, LONGEST_DAYS)}
          value={day}
          error={tried ? dayProblem : null}
          hint="It comes back sooner if the evidence changes, and it does not count as fine until then."
          onChange={(event) => setDay(event.target.value)}
        />
      </form>
      {waive.error ? (
        <ErrorState inline {...errorWords(waive.error, 'It could not be accepted. Nothing was changed.')} />
      ) : null}
    </Dialog>
  );
}
