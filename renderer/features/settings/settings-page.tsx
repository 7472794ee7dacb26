import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { About } from './about.tsx';
import { AcceptedList } from './accepted-list.tsx';
import { AdvisorySettings } from './advisory-settings.tsx';
import { AgeSettings } from './age-settings.tsx';
import { AppearanceSettings } from './appearance-settings.tsx';
import { AuditSettings } from './audit-settings.tsx';
import { BackgroundSettings } from './background-settings.tsx';
import { DeclaredList } from './declared-list.tsx';
import { ExportSection } from './export-section.tsx';
import { LookSettings } from './look-settings.tsx';
import { Promises } from './promises.tsx';
import { settingsEyebrow, settingsSentence } from './settings-sentence.ts';
import { useSettings } from './use-settings.ts';
import './settings.css';

/** What can be set, what was decided, and what Swarmkeep will and will not do. Everything is in force at once. */
export function SettingsPage() {
  const { settings, error, retry, save } = useSettings();
  const waivers = useQuery(orpc.decisions.waivers.queryOptions({ input: { node: null } }));
  const declarations = useQuery(orpc.decisions.declarations.queryOptions());
  if (!settings) {
    if (!error) return <Waiting words="Reading the settings…" />;
    return (
      <Page>
        <ErrorState
          {...errorWords(error, 'The settings could not be read.')}
          action={<Button onClick={retry}>Try again</Button>}
        />
      </Page>
    );
  }
  const held = waivers.data?.filter((waiver) => waiver.ended === null).length ?? 0;
  return (
    <Page className="settings">
      <PageHeader
        eyebrow={settingsEyebrow(held, declarations.data?.length ?? 0)}
        sentence={settingsSentence(settings)}
        lead="Each change is in force at once, and can be undone."
      />
      <AppearanceSettings settings={settings} save={save} />
      <LookSettings settings={settings} save={save} />
      <BackgroundSettings />
      <AuditSettings settings={settings} save={save} />
      <AdvisorySettings settings={settings} save={save} />
      <AgeSettings settings={settings} save={save} />
      <AcceptedList />
      <DeclaredList />
      <ExportSection />
      <Promises />
      <About />
    </Page>
  );
}
