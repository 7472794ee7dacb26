import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Declaration, DeclarationKind } from '#shared/domain/decision.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { SettingsSection } from './settings-section.tsx';

const KINDS: Readonly<Record<DeclarationKind, string>> = {
  interface: 'Network',
  resolver: 'Resolver',
  relay: 'Relay',
  'provider-key': 'Key',
  plugin: 'Plugin',
  peer: 'Peer',
  service: 'Service',
  account: 'Account',
  'remote-model': 'Model',
};

/** Everything that was declared as meant, in one list. */
export function DeclaredList() {
  const declarations = useQuery(orpc.decisions.declarations.queryOptions());
  const nodes = useQuery(orpc.nodes.list.queryOptions());
  const nameOf = (id: string | null) =>
    id === null ? 'every node' : visible(nodes.data?.find((node) => node.id === id)?.name ?? id);
  const all = declarations.data ?? [];
  return (
    <SettingsSection
      title="Declared as meant"
      note="These count as fine. Each is named in the finding that it settles."
    >
      {declarations.isError ? (
        <ErrorState inline {...errorWords(declarations.error, 'The list could not be read.')} />
      ) : all.length === 0 ? (
        <p className="settings-section__none">{declarations.data ? 'Nothing was declared.' : ''}</p>
      ) : (
        <ul className="decisions">
          {all.map((declaration) => (
            <Declared key={declaration.id} declaration={declaration} where={nameOf(declaration.node)} />
          ))}
        </ul>
      )}
    </SettingsSection>
  );
}

function Declared({ declaration, where }: { declaration: Declaration; where: string }) {
  const toast = useToast();
  const queries = useQueryClient();
  const { node, kind, value, reason } = declaration;
  const renew = () => queries.invalidateQueries({ queryKey: orpc.decisions.key() });
  const remove = useMutation({
    mutationFn: () => client.decisions.undeclare({ declaration: declaration.id }),
    onSuccess: async () => {
      toast({
        text: 'Removed. It is judged again at the next look.',
        undo: () => void client.decisions.declare({ node, kind, value, reason }).then(renew),
      });
      await renew();
    },
    onError: (error) => toast({ text: errorWords(error, 'It could not be removed.').what, problem: true }),
  });
  return (
    <li className="decisions__entry">
      <div className="decisions__words">
        <p>
          {KINDS[kind]} <code>{visible(value)}</code>
        </p>
        <p className="decisions__reason">{visible(reason)}</p>
      </div>
      <span className="decisions__when">on {where}</span>
      <Button
        variant="link"
        running={remove.isPending && 'Removing'}
        aria-label={`Remove: ${KINDS[kind]} ${visible(value)}`}
        onClick={() => remove.mutate()}
      >
        Remove
      </Button>
    </li>
  );
}
