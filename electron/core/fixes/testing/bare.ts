import { changed, networkInterface } from '#core/checks/testing/facts-builder.ts';
import { NO_BOOT, NO_RULES } from '#core/checks/testing/firewall-facts.ts';
import { hardened } from '#core/checks/testing/situations.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';

/** A node with an account of its own and nothing else: every check that a program repairs asks for it. */
export function bare(): Facts {
  const changes: ((facts: Facts) => Facts)[] = [
    (facts) =>
      changed(facts, 'firewall', (value) => Object.assign(value, { nftJson: NO_RULES, boot: NO_BOOT })),
    (facts) =>
      changed(facts, 'units', (value) => {
        for (const unit of value.units)
          Object.assign(unit.properties, {
            ProtectSystem: 'no',
            NoNewPrivileges: 'no',
            ReadWritePaths: '',
            IPAddressDeny: '',
          });
      }),
    (facts) =>
      changed(facts, 'files', (value) => {
        for (const file of value.files) {
          if (file.path.startsWith('/home/mycoswarm'))
            Object.assign(file, { uid: 1_001, mode: file.mode | 0o044 });
          if (file.path.startsWith('/opt')) file.uid = 1_001;
        }
      }),
    (facts) =>
      changed(facts, 'audit', (value) =>
        Object.assign(value.auditd ?? {}, { installed: false, running: false }),
      ),
    (facts) =>
      changed(facts, 'interfaces', (value) => {
        value.interfaces.push(
          networkInterface('wg0', 'vpn', ['10.9.0.2/24']),
          networkInterface('wlan0', 'wifi', ['192.168.7.9/24']),
        );
      }),
    (facts) => changed(facts, 'time', (value) => Object.assign(value, { synchronised: false })),
    (facts) =>
      changed(facts, 'sshServer', (value) =>
        Object.assign(value.effective ?? {}, { passwordauthentication: ['yes'] }),
      ),
    (facts) =>
      changed(facts, 'updates', (value) => {
        value.pending.push({
          package: 'openssl',
          installed: '1',
          available: '2',
          security: true,
          publishedAt: '2026-10-01T00:00:00.000Z',
        });
      }),
  ];
  return changes.reduce((facts, change) => change(facts), hardened);
}
