import { Page, PageHeader } from '../../components/page-header.tsx';

export function SetupPage() {
  return (
    <Page>
      <PageHeader sentence="Setup" />
    </Page>
  );
}
