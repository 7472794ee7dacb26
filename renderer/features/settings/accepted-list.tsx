import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { Waiver } from '#shared/domain/decision.ts';
import { visible } from '#shared/domain/text.ts';
import { countWord } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { dayInWords } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { SettingsSection } from './settings-section.tsx';

const ENDED = {
  expired: 'ran out',
  'evidence-changed': 'came back, for the evidence changed',
  withdrawn: 'withdrawn',
} as const;

/** Every accepted risk, with its reason and its end; what is over stays readable. */
export function AcceptedList() {
  const waivers = useQuery(orpc.decisions.waivers.queryOptions({ input: { node: null } }));
  const nodes = useQuery(orpc.nodes.list.queryOptions());
  const [past, setPast] = useState(false);
  const all = waivers.data ?? [];
  const held = all.filter((waiver) => waiver.ended === null);
  const over = all.filter((waiver) => waiver.ended !== null);
  const nameOf = (id: string) => visible(nodes.data?.find((node) => node.id === id)?.name ?? id);
  return (
    <SettingsSection
      title="Accepted risks"
      note="Each stays written on its page, and comes back when its day is over or its evidence changes."
    >
      {waivers.isError ? (
        <ErrorState inline {...errorWords(waivers.error, 'The list could not be read.')} />
      ) : held.length === 0 ? (
        <p className="settings-section__none">{waivers.data ? 'No risk is accepted.' : ''}</p>
      ) : (
        <ul className="decisions">
          {held.map((waiver) => (
            <Accepted key={waiver.id} waiver={waiver} nodeName={nameOf(waiver.node)} />
          ))}
        </ul>
      )}
      {over.length > 0 ? (
        <>
          <Button variant="link" aria-expanded={past} onClick={() => setPast(!past)}>
            {past
              ? 'Hide what is over'
              : `Show ${countWord(over.length)} that ${over.length === 1 ? 'is' : 'are'} over`}
          </Button>
          {past ? (
            <ul className="decisions">
              {over.map((waiver) => (
                <Accepted key={waiver.id} waiver={waiver} nodeName={nameOf(waiver.node)} />
              ))}
            </ul>
          ) : null}
        </>
      ) : null}
    </SettingsSection>
  );
}

function Accepted({ waiver, nodeName }: { waiver: Waiver; nodeName: string }) {
  const now = useNow();
  const toast = useToast();
  const queries = useQueryClient();
  const renew = async () => {
    await queries.invalidateQueries({ queryKey: orpc.decisions.key() });
    await queries.invalidateQueries({ queryKey: orpc.findings.key() });
  };
  const { node, check, reason, until } = waiver;
  const withdraw = useMutation({
    mutationFn: () => client.decisions.withdraw({ waiver: waiver.id }),
    onSuccess: async () => {
      toast({
        text: `No longer accepted on ${nodeName}.`,
        undo: () => void client.decisions.waive({ node, check, reason, until }).then(renew),
      });
      await renew();
    },
    onError: (error) => toast({ text: errorWords(error, 'It could not be withdrawn.').what, problem: true }),
  });
  return (
    <li className="decisions__entry">
      <div className="decisions__words">
        <p>
          <Link to="/checks" search={{ node: waiver.node, check, on: waiver.node }}>
            {catalogueEntry(check).title}
          </Link>{' '}
          on <strong>{nodeName}</strong>
        </p>
        <p className="decisions__reason">{visible(reason)}</p>
      </div>
      <span className="decisions__when">
        {waiver.ended ? ENDED[waiver.ended.why] : `until ${dayInWords(until, now)}`}
      </span>
      {waiver.ended ? null : (
        <Button
          variant="link"
          running={withdraw.isPending && 'Withdrawing'}
          aria-label={`Withdraw: ${catalogueEntry(check).title} on ${nodeName}`}
          onClick={() => withdraw.mutate()}
        >
          Withdraw
        </Button>
      )}
    </li>
  );
}
