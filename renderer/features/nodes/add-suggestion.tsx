import { useMutation } from '@tanstack/react-query';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { useAdding } from '../../components/adding.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { HostKeyDialog } from '../../components/host-key-dialog.tsx';
import { useToast } from '../../components/toast.tsx';
import { orpc } from '../../transport/queries.ts';

export interface AddSuggestionProps {
  /** How it is called where it was found, made visible. */
  name: string;
  address: Extract<SwarmNode['address'], { kind: 'ssh' }>;
  /** How the node is to be called; the console's own choice when left out. */
  as?: string;
  /** Whether somebody has to say as whom to log in. */
  asksUser?: boolean;
}

/** The one step from a suggestion to a node: its host keys are shown, and only a person's yes adds it. */
export function AddSuggestion({ name, address, as, asksUser = false }: AddSuggestionProps) {
  const toast = useToast();
  const adding = useAdding((node) => {
    keys.reset();
    toast({ text: `${visible(node.name)} was added. Looking at it now.` });
  });
  const keys = useMutation(
    orpc.nodes.hostKeys.mutationOptions({
      onError: (error) => {
        const { what, next } = errorWords(error, `${name} did not answer.`);
        toast({ text: [what, next].filter(Boolean).join(' '), problem: true });
      },
    }),
  );
  return (
    <>
      <Button
        variant="outline"
        small
        running={keys.isPending && 'Asking'}
        aria-label={`Add ${name}…`}
        onClick={() => {
          adding.clear();
          keys.mutate({ host: address.host, port: address.port });
        }}
      >
        Add…
      </Button>
      {keys.data ? (
        <HostKeyDialog
          host={address.host}
          keys={keys.data.keys}
          adding={adding.pending === 'ssh'}
          problem={adding.problem?.words ?? null}
          keyFile={address.identityFile}
          asksUser={asksUser}
          onClose={() => keys.reset()}
          onConfirm={(identityFile, user) => {
            const { identityFile: _known, ...place } = address;
            adding.add(
              { ...place, ...(user !== '' && { user }), ...(identityFile !== '' && { identityFile }) },
              keys.data.keys.map((key) => key.line),
              as,
            );
          }}
        />
      ) : null}
    </>
  );
}
