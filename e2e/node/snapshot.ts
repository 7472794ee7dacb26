import type { Guest } from './guest.ts';

/** What a thing of the guest is, by field: of a path kind, owner, group, mode, target, contents, attributes, time. */
type Fields = Readonly<Record<string, string>>;
/** Things of the guest by their name: a path, or words for what is no file, such as `rules: nft`. */
export type Snapshot = ReadonlyMap<string, Fields>;

/** Folders whose contents are nobody's state (kernel, running system, caches) or told by a program: packages by dpkg. */
const PRUNED = [
  ...['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp', '/boot', '/lost+found', '/root'],
  ...['/var/cache', '/var/log', '/var/lib/dpkg', '/var/lib/apt'],
];
/** Below these every file is read; elsewhere packages lie, and size and time tell. */
const READ = ['/etc', '/opt', '/home', '/usr/local', '/var/lib', '/srv'];

/** Attributes hold access lists and capabilities too (acl(5), capabilities(7)). One JSON list per path; `known` spares reading twice. */
export const SNAPSHOT_PROGRAM = `
import hashlib, json, os, stat
PRUNED, READ = set(${JSON.stringify(PRUNED)}), tuple(p + '/' for p in ${JSON.stringify(READ)})
known = {}
KINDS = ((stat.S_ISREG, 'file'), (stat.S_ISDIR, 'folder'), (stat.S_ISLNK, 'link'))
def look(path, device):
    s = os.lstat(path)
    kind = next((name for of, name in KINDS if of(s.st_mode)), 'other')
    what = {'kind': kind, 'owner': s.st_uid, 'group': s.st_gid, 'mode': oct(stat.S_IMODE(s.st_mode)), 'time': s.st_mtime_ns}
    if kind == 'link': what['target'] = os.readlink(path)
    if kind == 'file': what['size'] = s.st_size
    names = os.listxattr(path, follow_symlinks=False)
    if names: what['attributes'] = {n: os.getxattr(path, n, follow_symlinks=False).hex() for n in sorted(names)}
    if kind == 'file' and path.startswith(READ):
        same = (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
        if known.get(path, (None,))[0] != same:
            with open(path, 'rb') as f: known[path] = (same, hashlib.file_digest(f, 'sha256').hexdigest())
        what['contents'] = known[path][1]
    print(json.dumps([path, {k: v if isinstance(v, str) else json.dumps(v) for k, v in what.items()}]))
    return kind == 'folder' and s.st_dev == device
def walk(folder, device):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if path in PRUNED: continue
        try: inside = look(path, device)
        except FileNotFoundError: continue
        if inside: walk(path, device)
`;
const PATHS = `${SNAPSHOT_PROGRAM}
walk('/', os.lstat('/').st_dev)
`;

/** The program that tells the rules of the kernel goes with its package: for a node without, it is kept where nobody looks. */
export const KEEP_AUDITCTL = 'cp -L /sbin/auditctl /usr/lib/*/libauparse.so.0 /root/';
const AUDITCTL = 'LD_LIBRARY_PATH=/root /root/auditctl';

/** What is no file: one command per thing, its whole output compared. Counters are left out, they count. */
export const STATE_COMMANDS: Readonly<Record<string, string>> = {
  'rules: nft': 'nft -s list ruleset',
  'rules: iptables': "iptables-save | grep -v '^#' | sed 's/ *\\[[0-9:]*\\]//'",
  'rules: ip6tables': "ip6tables-save | grep -v '^#' | sed 's/ *\\[[0-9:]*\\]//'",
  'rules: audit': `${AUDITCTL} -l; ${AUDITCTL} -s | grep -E '^(enabled|failure|backlog_limit) '`,
  'services: at boot':
    "systemctl list-unit-files --plain --no-legend --no-pager | grep -Ev '^session-[0-9]+[.]scope ' | sort",
  'services: running':
    "systemctl list-units --type=service,timer,socket,path --state=active --plain --no-legend --no-pager | cut -d' ' -f1 | grep -Ev '^(user(-runtime-dir)?@|session-|apt-daily|dpkg-db|man-db|e2scrub|fstrim|systemd-tmpfiles-clean|systemd-(hostnamed|timedated|localed)|polkit)' | sort",
  'services: failed': 'systemctl list-units --failed --plain --no-legend --no-pager | sort',
  'services: mycoswarm':
    'systemctl show mycoswarm.service | grep -E "^(User|Group|ExecStart|Environment|DropInPaths|FragmentPath|Requires|After|Protect|Private|Restrict|ReadWrite|NoNewPriv|Capab|SystemCall)" | sed "s/ pid=.*//; s/ start_time=.*//" | while IFS="=" read -r key words; do case $key in Requires|After) words=$(printf "%s\\n" $words | sort | tr "\\n" " ");; esac; printf "%s=%s\\n" "$key" "$words"; done',
  packages: 'dpkg-query -W',
  accounts: 'getent passwd; getent group',
  'kernel switches':
    'sysctl -e kernel.io_uring_disabled kernel.unprivileged_userns_clone user.max_user_namespaces',
  'AppArmor profiles': 'sort /sys/kernel/security/apparmor/profiles 2>/dev/null || echo none',
  interfaces:
    "ip -o link | sed 's/^[0-9]*: //; s/@if[0-9]*:/:/' | cut -d' ' -f1-5; ip -o -4 address | awk '{print $2, $4}'",
};

/** Everything on the disk of a guest, and what runs there and is in force. */
export async function snapshotOf(guest: Guest): Promise<Snapshot> {
  const things = new Map<string, Fields>();
  for (const [name, command] of Object.entries(STATE_COMMANDS))
    things.set(name, { is: await guest.must(`{ ${command}; } || true`) });
  const listing = await guest.must(`exec python3 -IB - <<'PY'\n${PATHS}\nPY`, 900_000);
  for (const [path, fields] of snapshotOfLines(listing.split('\n').filter(Boolean))) things.set(path, fields);
  return things;
}

/** What {@link SNAPSHOT_PROGRAM} printed, line by line. */
export function snapshotOfLines(lines: readonly string[]): Snapshot {
  return new Map(lines.map((line) => JSON.parse(line) as [string, Fields]));
}

/** One thing that is not what it was, and in what. */
export interface Differing {
  path: string;
  fields: string[];
  was: string;
  is: string;
}

/** What differs between two snapshots. */
export function differences(before: Snapshot, after: Snapshot): Differing[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === undefined || is === undefined)
      return [{ path, fields: ['there'], was: was ? 'there' : 'absent', is: is ? 'there' : 'absent' }];
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (field) => was[field] !== is[field],
    );
    const words = (of: Fields) => fields.map((field) => `${field} ${of[field] ?? 'none'}`).join(', ');
    return fields.length === 0 ? [] : [{ path, fields, was: words(was), is: words(is) }];
  });
}
