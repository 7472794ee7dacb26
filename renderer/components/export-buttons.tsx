import { Download } from 'lucide-react';
import type { NodeId } from '#shared/domain/node.ts';
import { Button } from './button.tsx';
import { EXPORT_FORMATS, useExport } from './use-export.ts';
import './export-buttons.css';

/** One button for each format of a report. */
export function ExportButtons({ node }: { node: NodeId | null }) {
  const save = useExport(node);
  return (
    <div className="export-buttons">
      {EXPORT_FORMATS.map(({ format, label, note }) => (
        <div key={format} className="export-buttons__format">
          <Button
            small
            icon={<Download aria-hidden="true" />}
            running={save.isPending && save.variables === format && 'Exporting'}
            onClick={() => save.mutate(format)}
          >
            {label}
          </Button>
          <span>{note}</span>
        </div>
      ))}
    </div>
  );
}
