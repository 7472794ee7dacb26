import { Page, PageHeader } from '../../components/page-header.tsx';

export function ChecksPage() {
  return (
    <Page>
      <PageHeader sentence="Checks" />
    </Page>
  );
}
