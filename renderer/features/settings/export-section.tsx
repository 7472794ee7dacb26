import { ExportButtons } from '../../components/export-buttons.tsx';
import { SettingsSection } from './settings-section.tsx';

/** Keep all findings as a file. */
export function ExportSection() {
  return (
    <SettingsSection
      title="Export"
      note="All findings of all nodes, with evidence and decisions. The file stays on this computer."
    >
      <ExportButtons node={null} />
    </SettingsSection>
  );
}
