import type { LogSource } from '#shared/domain/audit/event.ts';

/**
 * Objects whose members are fields by their own names, as JSON made of Windows events has them (EVTX exports, Winlogbeat): Sigma names
 * fields as the details view does (Sigma rules specification, "Field Usage").
 */
export const WINDOWS_CONTAINERS: ReadonlySet<string> = new Set([
  'Event',
  'Event.System',
  'Event.EventData',
  'Event.UserData',
  'System',
  'EventData',
  'UserData',
  'winlog.event_data',
]);

/** Names of Winlogbeat that Sigma has other names for. */
export const WINLOGBEAT_NAMES: ReadonlyMap<string, string> = new Map([
  ['winlog.channel', 'Channel'],
  ['winlog.event_id', 'EventID'],
  ['winlog.provider_name', 'Provider_Name'],
  ['winlog.computer_name', 'Computer'],
]);

/** Channels by the service that rules name (Sigma taxonomy appendix, "Windows folder"). */
const SERVICES: Readonly<Record<string, string>> = {
  application: 'application',
  security: 'security',
  system: 'system',
  'microsoft-windows-sysmon/operational': 'sysmon',
  'microsoft-windows-powershell/operational': 'powershell',
  'powershellcore/operational': 'powershell',
  'windows powershell': 'powershell-classic',
  'microsoft-windows-windows defender/operational': 'windefend',
  'microsoft-windows-taskscheduler/operational': 'taskscheduler',
  'microsoft-windows-wmi-activity/operational': 'wmi',
  'microsoft-windows-windows firewall with advanced security/firewall': 'firewall-as',
  'microsoft-windows-bits-client/operational': 'bits-client',
  'microsoft-windows-codeintegrity/operational': 'codeintegrity-operational',
  'microsoft-windows-dns-client/operational': 'dns-client',
  'dns server': 'dns-server',
  'microsoft-windows-ntlm/operational': 'ntlm',
  'microsoft-windows-appxdeploymentserver/operational': 'appxdeployment-server',
  'microsoft-windows-applocker/exe and dll': 'applocker',
  'microsoft-windows-applocker/msi and script': 'applocker',
  'microsoft-windows-terminalservices-localsessionmanager/operational':
    'terminalservices-localsessionmanager',
  'microsoft-windows-smbclient/security': 'smbclient-security',
  'microsoft-windows-ldap-client/debug': 'ldap',
  'openssh/operational': 'openssh',
};

/** Categories of events of Sysmon by their id (Sigma taxonomy appendix). */
const SYSMON: Readonly<Record<number, string>> = {
  1: 'process_creation',
  2: 'file_change',
  3: 'network_connection',
  4: 'sysmon_status',
  5: 'process_termination',
  6: 'driver_load',
  7: 'image_load',
  8: 'create_remote_thread',
  9: 'raw_access_thread',
  10: 'process_access',
  11: 'file_event',
  12: 'registry_event',
  13: 'registry_set',
  14: 'registry_rename',
  15: 'create_stream_hash',
  16: 'sysmon_status',
  17: 'pipe_created',
  18: 'pipe_created',
  19: 'wmi_event',
  20: 'wmi_event',
  21: 'wmi_event',
  22: 'dns_query',
  23: 'file_delete',
  25: 'process_tampering',
  26: 'file_delete',
  27: 'file_block_executable',
  28: 'file_block_shredding',
  29: 'file_executable_detected',
  255: 'sysmon_error',
};

const OTHER_CATEGORIES: Readonly<Record<string, string>> = {
  'security/4688': 'process_creation',
  'powershell/4103': 'ps_module',
  'powershell/4104': 'ps_script',
  'powershell-classic/400': 'ps_classic_start',
  'powershell-classic/600': 'ps_classic_provider_start',
  'powershell-classic/800': 'ps_classic_script',
};

/** The log source of an event that names its channel; null for a channel that is not known. */
export function windowsSource(channel: string, eventId: number | null): LogSource {
  const known = channel.toLowerCase();
  const service = Object.hasOwn(SERVICES, known) ? (SERVICES[known] ?? null) : null;
  const category =
    service === null || eventId === null
      ? null
      : service === 'sysmon'
        ? (SYSMON[eventId] ?? null)
        : (OTHER_CATEGORIES[`${service}/${eventId}`] ?? null);
  return { product: 'windows', category, service };
}
