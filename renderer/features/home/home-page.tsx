import { Page, PageHeader } from '../../components/page-header.tsx';

export function HomePage() {
  return (
    <Page>
      <PageHeader sentence="Home" />
    </Page>
  );
}
