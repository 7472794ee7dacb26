import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { Machine } from '../machine.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { codeOf } from '../refused.ts';

const FOLDER = '/etc/systemd/system';
const NAME = 'swarmkeep-isolation.service';
const WANTS = `${FOLDER}/basic.target.wants`;

/**
 * Loads the rules before any network is there (`network-pre.target`, systemd.special(7)) and after the system's own, which flush foreign
 * tables; then keeps them, also when the first load failed, and however often its process is ended. A unit that fails stops no boot.
 */
const UNIT = `[Unit]
Description=Swarmkeep: keeps this node isolated, or other nodes away from it
DefaultDependencies=no
RequiresMountsFor=/var/lib/swarmkeep /usr/local/libexec/swarmkeep
After=systemd-remount-fs.service local-fs.target nftables.service netfilter-persistent.service
Wants=network-pre.target
Before=network-pre.target basic.target shutdown.target
Conflicts=shutdown.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStartPre=-${HELPER_PROGRAM} --isolate-at-boot
ExecStart=${HELPER_PROGRAM} --keep-isolated
Restart=on-failure
RestartSec=1s

[Install]
WantedBy=basic.target
`;

/**
 * Makes what stands in the record come back at every start. Only files: systemd reads them when it starts, so nothing has to be told to a
 * manager that may hang. @returns whether it is there; false without systemd
 */
export function keepAtBoot(machine: Machine): boolean {
  if (!machine.systemd) return false;
  try {
    if (isKeptAtBoot(machine)) return true;
    writeDurable(FOLDER, NAME, UNIT, 0o644);
    mkdirSync(WANTS, { recursive: true, mode: 0o755 });
    try {
      symlinkSync(`${FOLDER}/${NAME}`, `${WANTS}/${NAME}`);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
    syncPath(WANTS);
    return isKeptAtBoot(machine);
  } catch {
    return false; // A file system that is read-only; the answer says so.
  }
}

/** @returns whether unit and link are there as they were written */
export function isKeptAtBoot(machine: Machine): boolean {
  if (!machine.systemd) return false;
  try {
    return (
      readFileSync(`${FOLDER}/${NAME}`, 'utf8') === UNIT && readFileSync(`${WANTS}/${NAME}`, 'utf8') === UNIT
    );
  } catch {
    return false;
  }
}

/** Takes it away again. */
export function forgetAtBoot(): void {
  rmSync(`${WANTS}/${NAME}`, { force: true });
  rmSync(`${FOLDER}/${NAME}`, { force: true });
}
