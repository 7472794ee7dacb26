import {
  Archive,
  ArchiveRestore,
  BadgeCheck,
  BellOff,
  BellRing,
  CalendarClock,
  CalendarX2,
  Check,
  CircleAlert,
  Eraser,
  FileDown,
  FlagTriangleRight,
  Key,
  KeyRound,
  Logs,
  type LucideIcon,
  MonitorDown,
  MonitorUp,
  MonitorX,
  PackageCheck,
  PackageMinus,
  PackageOpen,
  PackagePlus,
  PackageX,
  Pencil,
  Radio,
  ScanSearch,
  Settings2,
  SquareCheck,
  SquareX,
  Stamp,
  TextSearch,
  UserCog,
  Wrench,
} from 'lucide-react';
import type { LedgerKind, LedgerWho } from '#shared/domain/ledger.ts';
import { visible } from '#shared/domain/text.ts';

/** One icon for each kind; the sentence beside it says all of it. */
export const KIND_ICON: Readonly<Record<LedgerKind, LucideIcon>> = {
  'ledger-begun': FlagTriangleRight,
  'ledger-key-replaced': Key,
  'events-missed': CircleAlert,
  'look-ended': ScanSearch,
  'plan-shown': TextSearch,
  'plan-agreed': Check,
  'change-ordered': BadgeCheck,
  'change-settled': Wrench,
  'waiver-made': CalendarClock,
  'waiver-withdrawn': CalendarX2,
  'declaration-made': SquareCheck,
  'declaration-withdrawn': SquareX,
  'weakness-accepted': PackageCheck,
  'weakness-acceptance-withdrawn': PackageX,
  'advisories-taken': PackageOpen,
  'settings-changed': Settings2,
  'watching-began': Radio,
  'events-checkpoint': Stamp,
  'events-removed': Eraser,
  'events-exported': FileDown,
  'matches-silenced': BellOff,
  'silence-ended': BellRing,
  'alert-answered': BellRing,
  'source-changed': Logs,
  'report-exported': FileDown,
  'backup-made': Archive,
  'console-restored': ArchiveRestore,
  'node-added': MonitorUp,
  'node-renamed': Pencil,
  'node-removed': MonitorX,
  'node-restored': MonitorDown,
  'profile-corrected': UserCog,
  'host-keys-confirmed': KeyRound,
  'helper-installed': PackagePlus,
  'helper-removed': PackageMinus,
};

const SHELL: Readonly<Record<LedgerWho['shell'], string>> = {
  desktop: 'in the desktop window',
  web: 'in the browser',
  'command-line': 'on the command line',
};

/** @returns who did it, as far as the console knows: `ines, in the browser`, `by the clock, for ines` */
export function whoInWords({ user, shell, scheduled }: LedgerWho): string {
  const name = visible(user);
  return scheduled ? `by the clock, for ${name}` : `${name}, ${SHELL[shell]}`;
}
