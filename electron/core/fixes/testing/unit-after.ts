import { argvOfExecStart } from '#core/facts/profile/command.ts';
import { knownOf, type Model } from './model.ts';

/** Settings that add up when they are given several times (systemd.exec(5), systemd.resource-control(5)). */
const LISTS = new Set(['ReadWritePaths', 'IPAddressAllow', 'IPAddressDeny', 'SupplementaryGroups']);

/** Names of networks that systemctl shows as numbers. */
const NETWORKS: Readonly<Record<string, string>> = {
  any: '0.0.0.0/0 ::/0',
  localhost: '127.0.0.0/8 ::1/128',
};

/** Lays a drop-in over the properties of a unit, as systemd does when it reads it. */
export function readDropIn(model: Model, name: string, path: string, lines: readonly string[]): void {
  const unit = knownOf(model, 'units').units.find((entry) => entry.name === name);
  if (unit === undefined) return;
  if (!unit.dropIns.includes(path)) unit.dropIns.push(path);
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const key = line.slice(0, at);
    const value = line.slice(at + 1).replaceAll('"', '');
    const before = unit.properties[key] ?? '';
    if (LISTS.has(key) && value !== '') unit.properties[key] = `${before} ${NETWORKS[value] ?? value}`.trim();
    else if (key === 'ExecStart' && value !== '')
      unit.properties[key] = `{ path=${value.split(' ')[0]} ; argv[]=${value} ; ignore_errors=no }`;
    else unit.properties[key] = value;
    if (key === 'User') unit.user = value;
  }
}

/** What a start of a unit makes of its processes and of the profile: account, program, limits in force. */
export function settleUnit(model: Model, name: string): void {
  if (name === 'auditd.service') {
    const { auditd } = knownOf(model, 'audit');
    if (auditd !== null) auditd.running = true;
  }
  if (/timesyncd|chrony/.test(name)) {
    const time = knownOf(model, 'time');
    Object.assign(time, { synchronised: true, service: name.replace('.service', ''), offsetMs: 3 });
  }
  const unit = knownOf(model, 'units').units.find((entry) => entry.name === name);
  if (unit === undefined) return;
  const host = /OLLAMA_HOST=(\S+):(\d+)/.exec(unit.properties.Environment ?? '');
  for (const socket of host === null ? [] : knownOf(model, 'sockets').listening)
    if (socket.unit === name) socket.address = host?.[1] ?? socket.address;
  const account = knownOf(model, 'accounts').accounts.find((entry) => entry.name === unit.user);
  const argv = argvOfExecStart(unit.properties.ExecStart ?? '');
  const isConfined = ['strict', 'full'].includes(unit.properties.ProtectSystem ?? '');
  for (const running of knownOf(model, 'processes').processes.filter((entry) => entry.unit === name)) {
    if (account)
      Object.assign(running, {
        uid: account.uid,
        effectiveUid: account.uid,
        gid: account.gid,
        groups: [account.gid],
      });
    if (argv.length > 0) running.argv = argv;
    running.noNewPrivileges = unit.properties.NoNewPrivileges === 'yes';
    running.seccomp = running.noNewPrivileges ? 2 : 0;
    running.startedAt = '2026-11-21T19:19:00.000Z';
    running.namespaces = { ...running.namespaces, mnt: isConfined ? 'mnt:[4026532601]' : 'mnt:[4026531840]' };
  }
  for (const instance of model.facts.profile.instances.filter((entry) => entry.unit === name)) {
    const script = argv.find((word) => word.endsWith('/bin/mycoswarm'));
    if (script) instance.virtualEnvironment = script.replace(/\/bin\/mycoswarm$/, '');
    if (!account) continue;
    const old = instance.home ?? '';
    Object.assign(instance, { user: account.name, uid: account.uid, home: account.home });
    const folder = instance.configurationFolder;
    if (folder?.startsWith(`${old}/`)) instance.configurationFolder = account.home + folder.slice(old.length);
  }
  workspaceFound(model);
}

/** The folder `workspace` in the home of an account is found by the next look. */
function workspaceFound(model: Model): void {
  for (const instance of model.facts.profile.instances) {
    const path = `${instance.home}/workspace`;
    const files = knownOf(model, 'files');
    const fact = files.files.find((file) => file.path === path);
    if (fact === undefined || files.trees.some((tree) => tree.root === path)) continue;
    instance.workspace = path;
    const [some] = files.trees;
    if (some === undefined) continue;
    files.trees.push({
      ...some,
      root: path,
      purpose: 'workspace',
      instance: instance.id,
      counted: 1,
      buckets: [
        { kind: 'directory', uid: fact.uid, gid: fact.gid, mode: fact.mode, count: 1, examples: [path] },
      ],
      linksOut: [],
    });
  }
}
