import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { count } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { useSaveFile } from './use-save-file.ts';

const FILE_NAME = 'swarmkeep-own.cdx.json';

/** What this console itself is made of, as its build wrote it down. */
export function OwnBillPart() {
  const { data: bill } = useQuery(orpc.dependencies.ownBill.queryOptions());
  const [open, setOpen] = useState(false);
  const save = useSaveFile();
  if (!bill) return null;
  return (
    <section className="dependencies__group" aria-label="This console itself">
      <SectionHeading
        title="This console itself"
        note="Written when it was built, from the hashes of its lock."
      />
      <Disclosure
        open={open}
        onOpenChange={setOpen}
        summary={`Made of ${count(bill.components.length, 'package')}`}
        aside={
          <Button
            small
            variant="plain"
            icon={<Download aria-hidden="true" />}
            aria-label="Bill of materials of this console"
            onClick={() =>
              save(async () => ({
                fileName: FILE_NAME,
                mediaType: 'application/vnd.cyclonedx+json',
                text: bill.text,
              }))
            }
          >
            Bill of materials
          </Button>
        }
      >
        <ul className="own-bill">
          {bill.components.map(({ name, version, licence }) => (
            <li key={`${name} ${version}`}>
              {visible(name)} <code>{visible(version)}</code>{' '}
              <span className="quiet">{visible(licence)}</span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </section>
  );
}
