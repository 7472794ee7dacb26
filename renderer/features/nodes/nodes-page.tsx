import { Page, PageHeader } from '../../components/page-header.tsx';

export function NodesPage() {
  return (
    <Page>
      <PageHeader sentence="Nodes" />
    </Page>
  );
}
