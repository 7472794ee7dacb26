import { Link } from '@tanstack/react-router';
import { buttonClass } from '../components/button.tsx';
import { Page, PageHeader } from '../components/page-header.tsx';

/** Shown for an address that names no page. */
export function NotFoundPage() {
  return (
    <Page>
      <PageHeader
        sentence="There is no such page."
        lead="The address may come from an older version. Nothing was changed."
        actions={
          <Link to="/" className={buttonClass('filled')}>
            Go to Home
          </Link>
        }
      />
    </Page>
  );
}
