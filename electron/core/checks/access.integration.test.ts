import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FileFact } from '#shared/domain/facts/files.ts';
import { canChange, chainOf } from './access.ts';
import type { Agent } from './agent.ts';

const AGENT = 61_001;
const OTHER = 61_002;
const SHARED_GROUP = 61_003;
const TREES = 240;

const agent = {
  name: 'agent',
  uid: AGENT,
  account: null,
  groupIds: new Set([AGENT, SHARED_GROUP]),
  groupNames: [],
  powers: [],
  doubts: [],
  canBe: (uid: number) => uid === AGENT,
} as unknown as Agent;

const owner = fc.record({
  uid: fc.constantFrom(0, 0, 0, AGENT, OTHER),
  gid: fc.constantFrom(0, AGENT, OTHER, SHARED_GROUP),
});
const folderMode = fc.constantFrom(
  0o755,
  0o755,
  0o755,
  0o700,
  0o711,
  0o770,
  0o775,
  0o1777,
  0o1775,
  0o777,
  0o750,
  0o705,
  0o555,
);
const fileMode = fc.constantFrom(0o644, 0o644, 0o600, 0o444, 0o400, 0o664, 0o666, 0o646, 0o640, 0o466);
const tree = fc.record({
  folders: fc.array(fc.record({ owner, mode: folderMode }), { minLength: 1, maxLength: 3 }),
  file: fc.record({ owner, mode: fileMode }),
  link: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: owner }),
});

/** Everything an account can try without any help: give itself permissions back, write, replace, replace a folder. */
const ATTACK = `
while IFS= read -r target; do
  path=''
  for name in $(printf %s "\${target#/}" | tr / ' '); do
    path="$path/$name"
    case "$path" in "$BASE"/*) [ -h "$path" ] || chmod u+rwx "$path" ;; esac
  done
  real=$(readlink -f "$target")
  [ -z "$real" ] || chmod u+rw "$real"
  printf owned > "$target" && continue
  path="$target"
  while [ "$path" != "$BASE" ]; do
    if mv "$path" "$path.away"; then
      [ "$path" = "$target" ] || mkdir -p "\${target%/*}"
      printf owned > "$target"
      break
    fi
    path="\${path%/*}"
  done
done
`;

function factOf(path: string): FileFact {
  const stat = lstatSync(path);
  const kind = stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'directory' : 'file';
  return {
    path,
    kind,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    size: 0,
    modifiedAt: null,
    links: 1,
    target: null,
    resolved: kind === 'link' ? realpathSync(path) : null,
    acl: [],
    attributes: null,
  };
}

it('agrees with the kernel on what an account can change, over random trees', (ctx) => {
  if (process.getuid?.() !== 0) ctx.skip('needs root to make files of several accounts');
  if (spawnSync('setpriv', ['--version']).status !== 0) ctx.skip('needs setpriv (package util-linux)');
  const base = mkdtempSync(join(tmpdir(), 'swarmkeep-access-'));
  try {
    chmodSync(base, 0o755);
    const own = (path: string, of: { uid: number; gid: number }, mode: number | null) => {
      lchownSync(path, of.uid, of.gid);
      if (mode !== null) chmodSync(path, mode);
    };
    const made = fc.sample(tree, { numRuns: TREES, seed: 7 }).map((given, index) => {
      let folder = join(base, `t${index}`);
      mkdirSync(folder);
      const folders = given.folders.map((entry, depth) => {
        folder = join(folder, `d${depth}`);
        mkdirSync(folder);
        return { path: folder, ...entry };
      });
      const file = join(folder, 'file');
      writeFileSync(file, 'before');
      own(file, given.file.owner, given.file.mode);
      let target = file;
      if (given.link !== null) {
        const outside = join(base, `l${index}`);
        mkdirSync(outside);
        target = join(outside, 'link');
        symlinkSync(file, target);
        own(target, given.link, null);
        own(outside, given.link.uid === AGENT ? { uid: 0, gid: 0 } : given.link, 0o1777);
      }
      for (const entry of folders.toReversed()) own(entry.path, entry.owner, entry.mode);
      return { target, file };
    });
    const targets = made.map(({ target }) => target);
    const files = new Map<string, FileFact>();
    const look = (path: string) => {
      for (const at of chainOf(path)) {
        const fact = factOf(at);
        files.set(at, fact);
        if (fact.resolved !== null && !files.has(fact.resolved)) look(fact.resolved);
      }
    };
    for (const target of targets) look(target);
    const predicted = targets.map((target) => canChange(agent, target, files));
    const attack = spawnSync(
      'setpriv',
      [`--reuid=${AGENT}`, `--regid=${AGENT}`, `--groups=${SHARED_GROUP}`, 'sh', '-c', ATTACK],
      // The file behind a link is tried by its own path too: the kernel restricts links in sticky folders (proc(5)).
      {
        input: made.map(({ target, file }) => `${target}\n${file}\n`).join(''),
        env: { PATH: process.env.PATH, BASE: base },
        encoding: 'utf8',
      },
    );
    expect(attack.status).toBe(0);
    const wrong = targets.flatMap((target, index) => {
      const happened = readFileSync(target, 'utf8') === 'owned' ? 'yes' : 'no';
      return predicted[index]?.can === happened ? [] : [{ target, happened, predicted: predicted[index] }];
    });
    expect(wrong).toEqual([]);
    // Both answers must really occur, or the comparison proves nothing.
    const yes = predicted.filter((verdict) => verdict.can === 'yes').length;
    expect(yes).toBeGreaterThan(TREES / 8);
    expect(yes).toBeLessThan((TREES * 7) / 8);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
