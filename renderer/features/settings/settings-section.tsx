import { type ReactNode, useId } from 'react';

export interface SettingsSectionProps {
  title: string;
  /** One or two quiet sentences under the title. */
  note?: ReactNode;
  children: ReactNode;
}

/** One part of the page: its name and note on the left, what can be set on the right. */
export function SettingsSection({ title, note, children }: SettingsSectionProps) {
  const id = useId();
  return (
    <section className="settings-section" aria-labelledby={id}>
      <div className="settings-section__words">
        <h2 id={id}>{title}</h2>
        {note ? <p>{note}</p> : null}
      </div>
      <div className="settings-section__body">{children}</div>
    </section>
  );
}
