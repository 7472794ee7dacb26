import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';
import { WHAT_TO_SAVE } from '#shared/domain/incident/what-to-save.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { KitForm } from './kit-form.tsx';
import type { IncidentActions } from './use-incident.ts';
import './rebuild.css';

export interface RebuildPanelProps {
  incident: Incident;
  step: IncidentStep;
  /** The one filled button of the page is here. */
  isNext: boolean;
  actions: IncidentActions;
}

/** Setting a node up anew, from what to save to the code of its new key. Each part can wait for another day. */
export function RebuildPanel({ incident, step, isNext, actions }: RebuildPanelProps) {
  const name = visible(incident.name);
  const open = incident.closedAt === null && step.state !== 'done' && step.state !== 'skipped';
  const { kit, hostKey } = incident.rebuild;
  const proposal = useQuery(
    orpc.incidents.kitProposal.queryOptions({
      input: { incident: incident.id },
      enabled: open,
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  return (
    <ol className="rebuild">
      <li className="rebuild__part">
        <h3>Make the kit</h3>
        {kit === null ? null : (
          <p className="incident__quiet">
            Made <RelativeTime at={kit.at} /> for <code>{visible(kit.hostName)}</code>, account{' '}
            <code>{visible(kit.account)}</code>.
          </p>
        )}
        {!open ? null : proposal.error ? (
          <ErrorState
            inline
            {...errorWords(proposal.error, 'No kit can be made for it here.')}
            action={<Button onClick={() => void proposal.refetch()}>Try again</Button>}
          />
        ) : proposal.data === undefined ? (
          <Waiting words="Reading what is known of it…" />
        ) : (
          <KitForm
            incident={incident}
            proposal={proposal.data}
            isNext={isNext && kit === null}
            actions={actions}
          />
        )}
      </li>
      <li className="rebuild__part">
        <h3>Save what is worth it, with its cable out</h3>
        <Disclosure
          summary="What to save, and how it is checked"
          note="plugins, keys and programs never come back"
        >
          <dl className="rebuild__save">
            {WHAT_TO_SAVE.map(([what, todo, how]) => (
              <div key={what}>
                <dt>
                  {what}: {todo.toLowerCase()}
                </dt>
                <dd>{how}</dd>
              </div>
            ))}
          </dl>
        </Disclosure>
      </li>
      <li className="rebuild__part">
        <h3>Wipe it, and start it with the kit</h3>
        <Disclosure summary="How to write the medium" note="Debian, Ubuntu, Raspberry Pi, by hand">
          <ul className="incident__bullets">
            <li>Get the image from the maker of the system, on another computer, and check its signature.</li>
            <li>
              Any image with cloud-init: both files of the folder cloud-init onto a stick called CIDATA.
            </li>
            <li>
              Ubuntu Server: both files of the folder autoinstall onto a stick called CIDATA. It asks for the
              disk.
            </li>
            <li>
              Raspberry Pi OS: write the image, then both files of the folder cloud-init onto its first
              partition.
            </li>
            <li>
              Anything else of Debian’s family: install it, copy the folder by-hand, and run sudo sh
              install.sh.
            </li>
          </ul>
          <p className="incident__quiet">
            README.md in the kit says all of it, for when this page is not at hand.
          </p>
        </Disclosure>
        <p className="incident__quiet">
          {name} updates itself first, which takes some minutes. At the end its own screen shows a code.
        </p>
      </li>
      <li className="rebuild__part">
        <h3>Know it again by its code</h3>
        {hostKey === null ? null : (
          <p className={hostKey.isNew ? 'incident__quiet' : 'incident__warning'}>
            {hostKey.isNew ? (
              <>
                Typed by {visible(hostKey.who)} <RelativeTime at={hostKey.at} />:{' '}
                <code>{hostKey.fingerprint}</code>
              </>
            ) : (
              `That is no new key of ${name}: it had it before, or nobody knows which one it had. A machine that was set up anew shows another one.`
            )}
          </p>
        )}
        {open ? <CodeForm incident={incident} isNext={isNext && kit !== null} actions={actions} /> : null}
      </li>
    </ol>
  );
}

function CodeForm({ incident, isNext, actions }: Omit<RebuildPanelProps, 'step'>) {
  const [code, setCode] = useState('');
  const name = visible(incident.name);
  const meet = useMutation({
    mutationFn: (typed: string) => client.incidents.meetAgain({ incident: incident.id, code: typed }),
    onSuccess: () => setCode(''),
    onSettled: actions.renew,
  });
  return (
    <form
      className="rebuild__code"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== '') meet.mutate(code.trim());
      }}
    >
      <TextField
        mono
        label={`Code that ${name} shows at its screen`}
        hint="Four groups of four signs. Read it at the machine itself, never from a message."
        placeholder="1a2b-3c4d-5e6f-7081"
        maxLength={64}
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button
        type="submit"
        variant={isNext ? 'filled' : 'outline'}
        icon={<KeyRound aria-hidden="true" />}
        running={meet.isPending && `Asking ${name} for its key`}
      >
        This is its code
      </Button>
      {meet.error ? <ErrorState inline {...errorWords(meet.error, 'It was not known again.')} /> : null}
    </form>
  );
}
