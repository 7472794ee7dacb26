import { Download } from 'lucide-react';
import type { NodeId } from '#shared/domain/node.ts';
import { Button } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { EXPORT_FORMATS, useExport } from '../../components/use-export.ts';

/** Keep what is known as a file. */
export function ExportMenu({ node }: { node: NodeId | null }) {
  const save = useExport(node);
  return (
    <Menu
      label="Export"
      align="end"
      groups={[
        EXPORT_FORMATS.map(({ format, label, note }) => ({
          id: format,
          label,
          note,
          onSelect: () => save.mutate(format),
        })),
      ]}
      trigger={
        <Button
          variant="plain"
          small
          icon={<Download aria-hidden="true" />}
          running={save.isPending && 'Exporting'}
        >
          Export
        </Button>
      }
    />
  );
}
