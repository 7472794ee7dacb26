import { useQuery } from '@tanstack/react-query';
import { visible } from '#shared/domain/text.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';
import { SettingsSection } from './settings-section.tsx';

const SHELLS = {
  desktop: 'its own window',
  web: 'a browser, on this computer only',
  'command-line': 'the command line',
} as const;

/** Which version runs where, and where its records are. */
export function About() {
  const { data } = useQuery(orpc.system.about.queryOptions());
  if (!data) return null;
  return (
    <SettingsSection title="About">
      <dl className="about">
        <dt>Version</dt>
        <dd>Swarmkeep {visible(data.version)}, MIT licence</dd>
        <dt>Shown in</dt>
        <dd>
          {SHELLS[data.shell]}, on {visible(data.platform)}
        </dd>
        <dt>Running</dt>
        <dd>
          since <RelativeTime at={data.startedAt} />
          {data.runsAsRoot ? ', as root: meant for tests and containers only' : ''}
        </dd>
        <dt>Records</dt>
        <dd className="about__folder">
          <code>{visible(data.dataFolder)}</code>
          <CopyButton text={data.dataFolder} label="Copy the folder" />
        </dd>
      </dl>
    </SettingsSection>
  );
}
