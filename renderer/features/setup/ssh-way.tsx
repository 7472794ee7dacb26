import { useMutation } from '@tanstack/react-query';
import { Terminal } from 'lucide-react';
import { useState } from 'react';
import type { Adding } from '../../components/adding.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { HostKeyDialog } from '../../components/host-key-dialog.tsx';
import { orpc } from '../../transport/queries.ts';
import { readSshTarget, type SshTarget } from './ssh-target.ts';
import { Way } from './way.tsx';

/** The way in over SSH: a name, then the host keys for confirmation, then the node is added. */
export function SshWay({ adding }: { adding: Adding }) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [target, setTarget] = useState<SshTarget | null>(null);
  const keys = useMutation(
    orpc.nodes.hostKeys.mutationOptions({
      onError: (error) => {
        const { what, next } = errorWords(error, 'The node did not answer.');
        setProblem([what, next].filter(Boolean).join(' '));
      },
    }),
  );

  const connect = () => {
    const read = readSshTarget(typed);
    adding.clear();
    if ('problem' in read) {
      setProblem(read.problem);
      return;
    }
    setProblem(null);
    setTarget(read);
    keys.mutate(read);
  };

  return (
    <Way
      icon={Terminal}
      title="A node over SSH"
      words="Uses the keys you already have. You confirm its host key before anything else. Where its SSH has another port than 22, add it: minotaur@naru.local:2222."
    >
      <form
        className="ssh-way"
        onSubmit={(event) => {
          event.preventDefault();
          connect();
        }}
      >
        <TextField
          label="User and host name of the node"
          hideLabel
          placeholder="minotaur@naru.local"
          value={typed}
          error={problem}
          autoCapitalize="none"
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem(null);
          }}
        />
        <Button type="submit" running={keys.isPending && 'Asking'}>
          Connect
        </Button>
      </form>
      {target && keys.data ? (
        <HostKeyDialog
          host={target.host}
          keys={keys.data.keys}
          adding={adding.pending === 'ssh'}
          problem={adding.problem?.kind === 'ssh' ? adding.problem.words : null}
          onClose={() => {
            keys.reset();
            adding.clear();
          }}
          onConfirm={(identityFile) =>
            adding.add(
              { kind: 'ssh', ...target, ...(identityFile === '' ? {} : { identityFile }) },
              keys.data.keys.map((key) => key.line),
            )
          }
        />
      ) : null}
    </Way>
  );
}
