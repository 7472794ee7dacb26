import { z } from 'zod';
import { macAddress, sshWay } from '#shared/domain/helper/isolate.ts';
import { accountRange } from '#shared/domain/helper/secret.ts';
import { fenceTables, OWN_TABLES } from '#shared/domain/incident/isolation-rules.ts';
import { logLine } from '../log-line.ts';
import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { isKeptAtBoot } from './boot-unit.ts';
import {
  damagedRecords,
  type FenceRecord,
  type OwnRecord,
  writeFence,
  writeOwn,
} from './isolation-record.ts';
import { type KernelRule, kernelRules } from './kernel-rules.ts';
import { putAside, readText } from './record-place.ts';

const SSH_PORT = 22;
const API_PORT = 7_890;
/** What a node that was cut and whose time is not known any more gets to be confirmed in, in seconds. */
const TIME_AGAIN = 60;
/** The order of a record that was made anew: any order may take it over. */
const NOBODYS = '0'.repeat(32);

/**
 * Puts records that cannot be read aside and makes them anew from what the kernel holds, so that damage neither lets a node go nor shuts it for ever.
 * Needs the lock of the isolation. @returns how many were damaged
 */
export function repairRecords(machine: Machine): number {
  const damaged = damagedRecords(machine);
  for (const { name, fence } of damaged) {
    logLine(machine, `isolation damaged=${name}`);
    putAside(machine, name);
    // The older copy on the disk may be whole.
    if (readText(machine, name) !== null) {
      if (damagedRecords(machine).every((one) => one.name !== name)) continue;
      putAside(machine, name);
    }
    if (fence === null) writeOwn(machine, rebuiltOwn(machine));
    else rebuildFence(machine, fence);
  }
  return damaged.length;
}

const address = z.union([z.ipv4(), z.ipv6()]);
const valid = <T>(form: z.ZodType<T>, values: readonly unknown[]): T[] =>
  values.flatMap((value) => {
    const read = form.safeParse(value);
    return read.success ? [read.data] : [];
  });
const all = (rules: readonly KernelRule[], ...keys: string[]): string[] => [
  ...new Set(rules.flatMap(({ matches }) => keys.flatMap((key) => matches.get(key) ?? []))),
];

/** Without rules in the kernel either, as after a start: SSH of the LAN passes, and nothing leaves. */
function rebuiltOwn(machine: Machine): OwnRecord {
  const rules = kernelRules(machine, OWN_TABLES[0]);
  const accounts = valid(accountRange, all(rules, 'meta skuid'));
  const input = rules.filter(({ chain, accepts }) => chain === 'input' && accepts);
  const ways = valid(
    sshWay,
    input.flatMap(({ matches }) => {
      const [from] = matches.get('ip saddr') ?? matches.get('ip6 saddr') ?? [];
      const [to] = matches.get('ip daddr') ?? matches.get('ip6 daddr') ?? [];
      return [{ console: from, node: to, port: Number(matches.get('tcp dport')?.[0]) }];
    }),
  ).slice(0, 4);
  const isOpen = input.some(({ matches }) => (matches.get('ip saddr') ?? []).includes('10.0.0.0/8'));
  const ports = all(input, 'tcp dport').map(Number);
  const isThere = rules.length > 0;
  const isAgent = accounts.length > 0;
  return {
    ...{ isolation: NOBODYS, rebuilt: true, uids: [], accounts, pins: [], loaded: null, clientPort: null },
    scope: isAgent ? 'agent' : 'node',
    ports: isAgent
      ? all(
          rules.filter(({ accepts }) => !accepts),
          'tcp dport',
        )
          .map(Number)
          .slice(0, 64)
      : [],
    sshPort: ports[0] ?? SSH_PORT,
    ways,
    bootId: bootId(),
    deadline: secondsSinceBoot() + TIME_AGAIN,
    is: !isThere || isOpen ? 'stepped-down' : isKeptAtBoot(machine) ? 'confirmed' : 'cut',
    cutAt: null,
    tampered: { times: 0, lastAt: null },
  };
}

/** A fence whose rules are not in the kernel either is one that nobody knows any more; the console asks for it again. */
function rebuildFence(machine: Machine, isolation: string): void {
  const rules = kernelRules(machine, fenceTables(isolation)[0]);
  const from = rules.filter(({ chain }) => chain === 'input');
  const target = {
    macs: valid(macAddress, all(from, 'ether saddr')).slice(0, 64),
    addresses: valid(address, all(from, 'ip saddr', 'ip6 saddr')).slice(0, 64),
  };
  if (target.macs.length + target.addresses.length === 0) return;
  const [port] = all(from, 'tcp dport').map(Number);
  const fence: FenceRecord = {
    ...{ isolation, target, rebuilt: true, leftOut: [], loaded: null },
    scope: port === undefined ? 'node' : 'agent',
    port: port ?? API_PORT,
    covers: { address: false, mac: false },
    tampered: { times: 0, lastAt: null },
  };
  writeFence(machine, fence);
}
