import type { InstanceProfile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { PROFILE_FIELDS } from './profile-fields.ts';

export interface ProfileTableProps {
  /** In force: as detected, with corrections in place. */
  instance: InstanceProfile;
  detected: InstanceProfile | undefined;
}

/** What was found out about one installation; what the operator corrected is marked, with what had been found. */
export function ProfileTable({ instance, detected }: ProfileTableProps) {
  return (
    <dl className="profile">
      {PROFILE_FIELDS.map(({ key, label }) => {
        const value = instance[key];
        const found = detected?.[key];
        const corrected = detected !== undefined && found !== value;
        return (
          <div key={key} className="profile__entry">
            <dt>{label}</dt>
            <dd>
              {value === null ? (
                <span className="profile__none">not found</span>
              ) : (
                <code>{visible(String(value))}</code>
              )}
              {corrected ? (
                <span className="profile__corrected">
                  as you said; found:{' '}
                  {found === null || found === undefined ? 'nothing' : visible(String(found))}
                </span>
              ) : null}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
