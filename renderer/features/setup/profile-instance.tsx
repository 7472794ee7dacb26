import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { InstanceProfile, ProfileCorrection } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { useToast } from '../../components/toast.tsx';
import { orpc } from '../../transport/queries.ts';
import { correctionOf, draftOf, fieldProblem, PROFILE_FIELDS } from './profile-fields.ts';

export interface ProfileInstanceProps {
  node: SwarmNode;
  detected: InstanceProfile;
  effective: InstanceProfile;
  /** All corrections of this node; those of other installations are kept as they are. */
  corrections: readonly ProfileCorrection[];
}

const HOW: Readonly<Record<InstanceProfile['detectedBy'], string>> = {
  systemd: 'found as a service of systemd',
  'by-hand': 'found as a process started by hand',
  'pip-user': "found among a user's own packages",
  declared: 'as you declared it',
};

/** One installation: what was found, line by line, and a form to correct it. */
export function ProfileInstance({ node, detected, effective, corrections }: ProfileInstanceProps) {
  const [editing, setEditing] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(effective));
  const toast = useToast();
  const save = useMutation(
    orpc.nodes.correctProfile.mutationOptions({
      onSuccess: () => {
        setEditing(false);
        toast({ text: 'Kept. It takes effect at the next look.' });
      },
    }),
  );
  const own = corrections.find(({ instance }) => instance === detected.id);
  const problems = PROFILE_FIELDS.map((field) => fieldProblem(field, draft[field.name]));
  const fine = problems.every((problem) => problem === null);

  const keep = (correction: ProfileCorrection | null) => {
    const others = corrections.filter(({ instance }) => instance !== detected.id);
    save.mutate({ node: node.id, corrections: correction ? [...others, correction] : others });
  };

  return (
    <section className="profile-instance" aria-label={visible(detected.id)}>
      <SectionHeading title={<code>{visible(detected.id)}</code>} note={HOW[detected.detectedBy]} />
      {editing ? (
        <form
          className="profile-instance__form"
          onSubmit={(event) => {
            event.preventDefault();
            if (fine) keep(correctionOf(detected, draft));
          }}
        >
          {PROFILE_FIELDS.map((field, index) => (
            <TextField
              key={field.name}
              mono
              label={field.label}
              value={draft[field.name]}
              error={problems[index]}
              inputMode={field.kind === 'port' ? 'numeric' : 'text'}
              hint={
                draftOf(detected)[field.name] === draft[field.name].trim()
                  ? undefined
                  : `Found: ${visible(draftOf(detected)[field.name]) || 'nothing'}`
              }
              onChange={(event) => setDraft({ ...draft, [field.name]: event.target.value })}
            />
          ))}
          <div className="profile-instance__buttons">
            <Button
              type="submit"
              variant="filled"
              running={save.isPending && 'Keeping it'}
              disabledReason={fine ? null : 'One value is not possible'}
            >
              Keep this
            </Button>
            <Button
              variant="plain"
              onClick={() => {
                setDraft(draftOf(effective));
                setEditing(false);
              }}
            >
              Cancel
            </Button>
          </div>
        </form>
      ) : (
        <>
          <dl className="profile-instance__list">
            {PROFILE_FIELDS.map(({ name, label }) => (
              <div key={name} className="profile-instance__row">
                <dt>{label}</dt>
                <dd>
                  {effective[name] === null ? (
                    <span className="quiet">none found</span>
                  ) : (
                    <code>{visible(String(effective[name]))}</code>
                  )}
                  {own && name in own ? (
                    <span className="profile-instance__mark">corrected by you</span>
                  ) : null}
                </dd>
              </div>
            ))}
          </dl>
          <div className="profile-instance__buttons no-print">
            <Button
              onClick={() => {
                setDraft(draftOf(effective));
                setEditing(true);
              }}
            >
              Correct it
            </Button>
            {own ? (
              <Button variant="plain" running={save.isPending && 'Undoing'} onClick={() => keep(null)}>
                Use what was found
              </Button>
            ) : null}
          </div>
        </>
      )}
      {save.error ? (
        <ErrorState inline {...errorWords(save.error, 'It could not be kept. Nothing was changed.')} />
      ) : null}
    </section>
  );
}
