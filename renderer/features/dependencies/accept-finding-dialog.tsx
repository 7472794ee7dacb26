import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField, TextField } from '../../components/field.tsx';
import { Switch } from '../../components/switch.tsx';
import { useToast } from '../../components/toast.tsx';
import { dayAfter, endOf, LONGEST_DAYS, problemWithDay } from '../../components/until-day.ts';
import { client, orpc } from '../../transport/queries.ts';
import type { PlacedFinding } from './report-groups.ts';

/** Accept a known weakness for a while, with a reason. It stays on the page, and comes back when its time is over. */
export function AcceptFindingDialog({ placed, onClose }: { placed: PlacedFinding; onClose: () => void }) {
  const { finding } = placed;
  const form = useId();
  const [reason, setReason] = useState('');
  const [day, setDay] = useState(() => dayAfter(30));
  const [untilFixed, setUntilFixed] = useState(finding.fixed.length === 0);
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const renew = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: orpc.dependencies.key() }),
      queries.invalidateQueries({ queryKey: orpc.findings.key() }),
    ]);
  const reasonProblem = reason.trim().length < 3 ? 'Say in a few words why.' : null;
  const dayProblem = problemWithDay(day);
  const accept = useMutation({
    mutationFn: () =>
      client.dependencies.ignore({
        package: finding.package,
        id: finding.ids[0] ?? '',
        reason: reason.trim(),
        version: finding.version,
        severity: finding.severity,
        until: endOf(day).toISOString(),
        untilFixed,
      }),
    onSuccess: async (kept) => {
      onClose();
      toast({
        text: `${finding.package} is accepted for a while. It comes back when its version changes, too.`,
        undo: () => void client.dependencies.withdrawIgnore({ id: kept.id }).then(renew),
      });
      await renew();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reasonProblem && !dayProblem) accept.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Accept ${visible(finding.ids[0] ?? '')} in ${visible(finding.package)}`}
      description="It stays on this page, is not counted, and comes back when the day is over, another version is installed, or it turns out to be worse."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={accept.isPending && 'Accepting'}>
            Accept it
          </Button>
          <Button variant="plain" onClick={onClose}>
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
          error={tried ? dayProblem : null}
        />
        <Switch label="Only as long as there is no repair" checked={untilFixed} onChange={setUntilFixed} />
        {accept.isError ? (
          <ErrorState inline {...errorWords(accept.error, 'It could not be accepted.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
