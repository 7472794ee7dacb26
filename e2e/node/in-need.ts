import type { Guest } from './guest.ts';
import { ARCHIVE } from './image.ts';
import { KEEP_AUDITCTL } from './snapshot.ts';

/** A new Debian has no recorder: it is fetched when a fix needs it, here from an archive on the node's own disk. */
const WITHOUT_RECORDER = `
export DEBIAN_FRONTEND=noninteractive
${KEEP_AUDITCTL}
apt-get purge -q=2 -y -o DPkg::Lock::Timeout=300 auditd libauparse0 >/dev/null
cd ${ARCHIVE}; apt-ftparchive packages . > Packages
sed -i '1i deb [trusted=yes] file:${ARCHIVE} ./' /etc/apt/sources.list
apt-get update -q=2 -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0 -o Acquire::Retries=0 2>/dev/null || true
apt-cache policy auditd | grep -q 'file:${ARCHIVE}'`;

const SECURITY_ARCHIVE = '/srv/security';

/**
 * A security update that has waited for two months, in an archive of its own that calls itself what Debian's does. All other
 * archives go: there is no way to them, and lists that cannot be fetched are no lists to update a machine by.
 */
const WITH_AN_UPDATE_WAITING = `
mkdir -p ${SECURITY_ARCHIVE}; cd ${SECURITY_ARCHIVE}
for version in 1.0 1.1; do
  d=$(mktemp -d); mkdir -p "$d/DEBIAN" "$d/usr/share/stand-in-tool"
  printf 'Package: stand-in-tool\\nVersion: %s\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.org>\\nDescription: a stand-in for what has a hole\\n' "$version" > "$d/DEBIAN/control"
  echo "$version" > "$d/usr/share/stand-in-tool/version"
  find "$d" -exec touch -d 2026-01-01 {} +
  chmod 755 "$d"; dpkg-deb -b "$d" . >/dev/null; rm -r "$d"
done
apt-ftparchive packages . > Packages
apt-ftparchive -o APT::FTPArchive::Release::Suite=stable-security -o APT::FTPArchive::Release::Label=Debian-Security release . |
  sed "s/^Date: .*/Date: $(date -u -d '60 days ago' '+%a, %d %b %Y %H:%M:%S UTC')/" > /tmp/Release; mv /tmp/Release Release
dpkg -i stand-in-tool_1.0_all.deb >/dev/null
printf 'deb [trusted=yes] file:%s ./\\n' ${ARCHIVE} ${SECURITY_ARCHIVE} > /etc/apt/sources.list
apt-get update -q=2
apt list --upgradable 2>/dev/null | grep -q '^stand-in-tool/stable-security 1.1 '`;

/** Nothing keeps the clock. The kernel believes for hours what it was told last; who sets the clock ends that. */
const WITHOUT_TIME_SERVICE = `
systemctl disable --now systemd-timesyncd.service 2>/dev/null
date -s "@$(date +%s)" >/dev/null
timedatectl show -p NTPSynchronized --value | grep -qx no`;

/** The older version, by hand: how the plan of what cannot be taken back says that one recovers. */
export const TAKE_UPDATE_BACK =
  'if dpkg -s stand-in-tool >/dev/null 2>&1; then apt-get install -q=2 -y --allow-downgrades stand-in-tool=1.0 >/dev/null; fi';

/** Take from a new node what fixes bring that cannot be tried on every kind of guest. */
export async function leaveInNeed(guest: Guest): Promise<void> {
  await guest.must(WITHOUT_RECORDER, 400_000);
  if (guest.lacks['os-updates'] === undefined) await guest.must(WITH_AN_UPDATE_WAITING, 400_000);
  if (guest.lacks['time-sync'] === undefined) await guest.must(WITHOUT_TIME_SERVICE);
}
