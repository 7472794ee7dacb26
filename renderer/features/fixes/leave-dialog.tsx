import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TakeBack, useOpenQuestion } from '../../components/fixes/asked-elsewhere.tsx';
import { client, orpc } from '../../transport/queries.ts';

export interface LeaveAsItIsProps {
  change: string;
  nodeName: string;
  /** Called when it is settled. */
  onLeft?: () => void;
}

/** The button that counts as settled what of a change cannot be taken back, behind a question of its own. */
export function LeaveAsItIs({ change, nodeName, onLeft }: LeaveAsItIsProps) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const node = visible(nodeName);
  const leave = useMutation({
    mutationFn: () => client.fixes.leave({ change }),
    onSuccess: (applied) => {
      queries.setQueryData(orpc.fixes.get.queryKey({ input: { change } }), applied);
      void queries.invalidateQueries({ queryKey: orpc.fixes.key() });
      setAsking(false);
      onLeft?.();
    },
  });
  const question = useOpenQuestion('consent', leave.isPending);
  return (
    <>
      <Button variant="plain" onClick={() => setAsking(true)}>
        Leave it as it is…
      </Button>
      {asking ? (
        <Dialog
          open
          onOpenChange={setAsking}
          title={`Leave it on ${node} as it is?`}
          description="Nothing there is touched. The change counts as settled, and no undo takes back what is left of it. What was there before stays with the node's administrator until Swarmkeep is removed from it. You are asked once more outside this page."
          actions={
            <>
              <Button
                variant="filled"
                running={leave.isPending && 'Waiting for your yes'}
                onClick={() => leave.mutate()}
              >
                Leave it as it is
              </Button>
              <Button variant="plain" onClick={() => setAsking(false)}>
                Not now
              </Button>
            </>
          }
        >
          {question !== null ? <TakeBack question={question} /> : null}
          {leave.isError ? (
            <ErrorState inline {...errorWords(leave.error, 'It could not be written down.')} />
          ) : null}
        </Dialog>
      ) : null}
    </>
  );
}
