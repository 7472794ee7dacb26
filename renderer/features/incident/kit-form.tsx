import { useMutation } from '@tanstack/react-query';
import { PackageOpen } from 'lucide-react';
import { useState } from 'react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { KitProposal } from '#shared/domain/incident/rebuild.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField, TextField } from '../../components/field.tsx';
import { client, transport } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';

export interface KitFormProps {
  incident: Incident;
  proposal: KitProposal;
  isNext: boolean;
  actions: IncidentActions;
}

/** Everything a kit needs is filled in; who wants to can correct it. One press makes it and saves it as a file. */
export function KitForm({ incident, proposal, isNext, actions }: KitFormProps) {
  const { kit: made } = incident.rebuild;
  const [hostName, setHostName] = useState(made?.hostName ?? proposal.hostName);
  const [account, setAccount] = useState(made?.account ?? proposal.account);
  const [left, setLeft] = useState<readonly string[]>([]);
  const [more, setMore] = useState('');
  const typed = more
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const keys = [...proposal.keys.map(({ key }) => key).filter((key) => !left.includes(key)), ...typed];
  const make = useMutation({
    mutationFn: async () => {
      const answer = await client.incidents.makeKit({
        incident: incident.id,
        wish: { hostName, account, keys },
      });
      return { ...answer, saved: await transport.saveText(answer.file) };
    },
    onSettled: actions.renew,
  });
  const name = visible(incident.name);
  return (
    <div className="kit">
      <p className="incident__quiet">
        For <code>{visible(hostName)}</code>, reached as <code>{visible(account)}</code> at{' '}
        {visible(proposal.address)} as before, with {keys.length === 1 ? 'one key' : `${keys.length} keys`} of
        yours. There is no secret in it.
      </p>
      <Disclosure summary="Change that" defaultOpen={keys.length === 0}>
        <div className="kit__fields">
          <TextField
            mono
            label="Name of the machine"
            maxLength={63}
            value={hostName}
            onChange={(event) => setHostName(event.target.value)}
          />
          <TextField
            mono
            label="Account by which you log in"
            hint="Not root and not mycoswarm."
            maxLength={31}
            value={account}
            onChange={(event) => setAccount(event.target.value)}
          />
        </div>
        <fieldset className="kit__keys">
          <legend>Who may log in</legend>
          {proposal.keys.map(({ from, key }) => (
            <label key={key} className="kit__key">
              <input
                type="checkbox"
                checked={!left.includes(key)}
                onChange={() =>
                  setLeft(left.includes(key) ? left.filter((one) => one !== key) : [...left, key])
                }
              />
              <span>
                {visible(from)}
                <code>{visible(key.split(' ').slice(2).join(' ') || key.slice(-16))}</code>
              </span>
            </label>
          ))}
          <TextAreaField
            label={proposal.keys.length === 0 ? 'Your public key' : 'Another public key'}
            hint="One line of a .pub file each. No private key belongs here."
            rows={2}
            value={more}
            onChange={(event) => setMore(event.target.value)}
          />
        </fieldset>
      </Disclosure>
      <Button
        variant={isNext ? 'filled' : 'outline'}
        icon={<PackageOpen aria-hidden="true" />}
        running={make.isPending && 'Making the kit'}
        disabledReason={keys.length === 0 ? 'Nobody could log in: give a public key.' : null}
        onClick={() => make.mutate()}
      >
        {made === null ? `Make the kit for ${name}` : 'Make it anew'}
      </Button>
      {make.error ? <ErrorState inline {...errorWords(make.error, 'The kit could not be made.')} /> : null}
      {make.data ? (
        <div role="status">
          <p>
            {make.data.saved.saved
              ? `Saved ${make.data.file.fileName}: ${make.data.kit.files.length} files. README.md in it leads on.`
              : 'It was made and not saved. Make it anew to save it.'}
          </p>
          {make.data.kit.lacking.length > 0 ? (
            <ul className="incident__bullets">
              {make.data.kit.lacking.map((line) => (
                <li key={line}>{visible(line)}</li>
              ))}
            </ul>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
