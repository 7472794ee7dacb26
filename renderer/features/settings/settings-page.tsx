import { Page, PageHeader } from '../../components/page-header.tsx';

export function SettingsPage() {
  return (
    <Page>
      <PageHeader sentence="Settings" />
    </Page>
  );
}
