import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blankInstance, type InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { seenAs } from '../../profile/testing.ts';
import { filesCollector } from '../files.ts';

const isRoot = process.getuid?.() === 0;
const OTHER = 64_321;
let base: string;
let source: string;
let workspace: string;

/** A workspace inside a source, as a checkout in the home of the agent has it. */
beforeEach(() => {
  base = mkdtempSync('/var/tmp/swarmkeep-walk-');
  chmodSync(base, 0o755);
  source = join(base, 'mycoSwarm');
  workspace = join(source, 'work [space]*');
  mkdirSync(join(workspace, 'a/b/c/d/e/f/g/h'), { recursive: true });
  mkdirSync(join(source, 'work x'));
  writeFileSync(join(source, 'work x/file'), 'x');
  writeFileSync(join(source, 'pyproject.toml'), 'x');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

interface Changed {
  instance?: Partial<InstanceProfile>;
  /** Put before the script: a tool made slow, a limit made short. */
  before?: string;
  edit?: (script: string) => string;
}

function look({ instance, before = '', edit = (script) => script }: Changed = {}) {
  const agent = { ...blankInstance('a', 'by-hand'), uid: OTHER, source, workspace, ...instance };
  const context: CollectContext = {
    privilege: isRoot ? 'root' : 'user',
    now: new Date(),
    skewMs: 0,
    salt: '',
    seen: { mounts: seenAs({ mounts: [], encryptedDevices: [] }) },
    profile: { corrected: [], instances: [agent] },
  };
  const run = spawnSync('/bin/sh', ['-s'], {
    input: `${before}\n${edit(filesCollector.script(context))}`,
    maxBuffer: 1 << 26,
  });
  const output = {
    stdout: run.stdout,
    stderr: run.stderr.toString(),
    exitCode: 0,
    timedOut: false,
    cut: false,
    tookMs: 1,
  };
  const read = filesCollector.parse(output, context);
  if (!read.seen) throw new Error(read.reason);
  const tree = (purpose: string) => {
    const found = read.value.trees.find((entry) => entry.purpose === purpose);
    if (!found) throw new Error(`no tree ${purpose}`);
    return found;
  };
  return { tree, gaps: read.gaps.map((gap) => gap.what), files: read.value.files };
}

const deep = (name: string) => join(workspace, 'a/b/c/d/e/f/g/h', name);
const counted = (root: string) =>
  Number(
    execFileSync('/bin/sh', ['-c', 'find -H "$1" -xdev -printf x | wc -c', '_', root], { encoding: 'utf8' }),
  );

describe('one walk for trees that lie inside each other', () => {
  it('counts each as a walk of its own would, whatever they are called', () => {
    for (const name of ['plain', 'two\nlines', 'it\'s "quoted"', ' space ', '\u001b[31mred', '-rf']) {
      writeFileSync(deep(name), 'x');
    }
    execFileSync('/bin/sh', ['-c', 'touch -- "$(printf "bad\\377name")"'], { cwd: workspace });
    const { tree } = look();
    for (const [purpose, root] of [
      ['source', source],
      ['workspace', workspace],
    ] as const) {
      const { buckets, counted: total, complete } = tree(purpose);
      expect({ total, complete }).toEqual({ total: counted(root), complete: true });
      expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(total);
    }
    const examples = tree('workspace').buckets.flatMap((bucket) => bucket.examples);
    expect(examples.every((path) => path.startsWith(workspace))).toBe(true);
  });

  it('finds in both what leads out of both, and in one what leads out of one', () => {
    symlinkSync('/etc/passwd', deep('out'));
    symlinkSync('../../../../../../../../../pyproject.toml', deep('up'));
    symlinkSync('/nowhere/at/all', deep('dead'));
    symlinkSync('../h', deep('inside'));
    const { tree } = look();
    const links = (purpose: string) =>
      new Map(tree(purpose).linksOut.map((link) => [link.path.split('/').at(-1), link.resolved]));
    expect(links('workspace')).toEqual(
      new Map<string, string | null>([
        ['out', '/etc/passwd'],
        ['up', join(source, 'pyproject.toml')],
        ['dead', null],
      ]),
    );
    expect(links('source')).toEqual(
      new Map<string, string | null>([
        ['out', '/etc/passwd'],
        ['dead', null],
      ]),
    );
  });

  it('knows names of a file in the other tree from names outside', () => {
    linkSync(join(source, 'pyproject.toml'), deep('hard'));
    writeFileSync(deep('own'), 'x');
    linkSync(deep('own'), deep('own2'));
    writeFileSync(join(base, 'outside'), 'x');
    linkSync(join(base, 'outside'), deep('outside'));
    const { tree } = look();
    const names = (purpose: string) =>
      tree(purpose)
        .hardLinks.map((file) => file.path)
        .toSorted();
    expect(names('workspace')).toEqual([deep('hard'), deep('outside')]);
    expect(names('source')).toEqual([deep('outside')]);
  });

  it('finds setuid programs and sockets at any depth', () => {
    writeFileSync(deep('able'), 'x');
    chmodSync(deep('able'), 0o6755);
    execFileSync('mkfifo', [deep('pipe')]);
    const { tree } = look();
    for (const purpose of ['source', 'workspace']) {
      expect(tree(purpose).setuid.map((file) => [file.path, file.mode])).toEqual([[deep('able'), 0o6755]]);
      expect(tree(purpose).special.map((file) => file.kind)).toEqual(['fifo']);
    }
  });

  it('follows a root that is a link, and walks it although the other tree holds it', () => {
    const linked = join(source, 'linked');
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(base, 'elsewhere/file'), 'x');
    symlinkSync(join(base, 'elsewhere'), linked);
    const { tree } = look({ instance: { workspace: linked } });
    expect(tree('workspace')).toMatchObject({ exists: true, complete: true, counted: 2 });
    expect(tree('source').linksOut.map((link) => link.path)).toEqual([linked]);
    expect(tree('source').counted).toBe(counted(source));
  });

  it('leaves out of the outer tree what is mounted in it, and walks it for the inner one', (context) => {
    if (!isRoot) return context.skip('mounting takes root');
    const before = `mount -t tmpfs none '${workspace}' && mkdir '${workspace}/in' && touch '${workspace}/in/file'`;
    const script = `unshare -m /bin/sh -s`;
    const direct = look({
      edit: (text) => `cat <<'END_OF_ALL' | ${script}\n${before}\n${text}\nEND_OF_ALL\n`,
    });
    expect(direct.tree('workspace')).toMatchObject({ complete: true, counted: 3 });
    expect(direct.tree('source').counted).toBe(counted(source) - counted(workspace) + 1);
  });
});

describe('many files that are alike', () => {
  const newest = (seconds: readonly number[]) => {
    for (const [at, time] of seconds.entries()) {
      writeFileSync(deep(`note-${at}`), 'x');
      utimesSync(deep(`note-${at}`), time, time);
    }
    execFileSync('find', [workspace, '-type', 'd', '-exec', 'touch', '-d', '1999-01-01', '{}', '+']);
    return look().tree('workspace');
  };
  const many = Array.from({ length: 30 }, (_, at) => 1_700_000_000 + ((at * 7) % 30));

  it('are counted with those that are not, and show five', () => {
    for (const [at, mode] of [0o644, 0o600, 0o644, 0o755, 0o660, 0o4644].entries()) {
      for (let file = 0; file < 9; file += 1) {
        writeFileSync(deep(`${at} ${file}`), 'x');
        chmodSync(deep(`${at} ${file}`), mode);
      }
    }
    linkSync(deep('0 0'), join(workspace, 'again'));
    const { buckets, hardLinks, setuid, counted: all } = look().tree('workspace');
    const of = (mode: number) => buckets.find((bucket) => bucket.kind === 'file' && bucket.mode === mode);
    expect([0o644, 0o600, 0o755, 0o660, 0o4644].map((mode) => of(mode)?.count)).toEqual([19, 9, 9, 9, 9]);
    for (const mode of [0o644, 0o600, 0o755, 0o660, 0o4644]) {
      const examples = of(mode)?.examples ?? [];
      expect(new Set(examples).size).toBe(5);
      for (const example of examples)
        expect(example).toMatch(/^\/var\/tmp\/.*\/work \[space\]\*\/.*[0-9 a-z]$/);
    }
    expect([all, hardLinks.length, setuid.length]).toEqual([counted(workspace), 0, 9]);
  });

  it('tell the newest, also where times differ in width', () => {
    const at = (time: number) => new Date(time * 1_000).toISOString();
    expect(newest(many).newestModifiedAt).toBe(at(1_700_000_029));
    expect(newest([...many, 999_999_999]).newestModifiedAt).toBe(at(1_700_000_029));
    expect(newest([...many, 10_000_000_000]).newestModifiedAt).toBe(at(10_000_000_000));
    expect(newest(many.map(() => 900_000_000)).newestModifiedAt).toBe(at(10_000_000_000));
  });
});

describe('access lists', () => {
  const grant = (path: string, entry: string) => {
    try {
      execFileSync('setfacl', ['-m', entry, '--', path], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const listed = (found: ReturnType<typeof look>) =>
    found
      .tree('source')
      .withAcl?.map((file) => file.path)
      .toSorted();

  it('are found on a file deep in a tree, on any folder, and not where the mask lets nobody write', (context) => {
    writeFileSync(deep('by\nlist ü'), 'x');
    writeFileSync(deep('read'), 'x');
    if (!grant(deep('by\nlist ü'), `u:${OTHER}:rw`))
      return context.skip('needs setfacl and a file system with access lists');
    grant(deep('read'), `u:${OTHER}:r`);
    grant(join(source, 'work x'), `d:u:${OTHER}:rwx`);
    const found = look();
    expect(listed(found)).toEqual([join(source, 'work x'), deep('by\nlist ü')].toSorted());
    expect(found.tree('workspace').withAcl?.map((file) => file.path)).toEqual([deep('by\nlist ü')]);
    // What the mask hides is out of reach, and what it shows is not: acl(5).
    if (!isRoot) return;
    const writes = (path: string) =>
      spawnSync('setpriv', [
        '--reuid',
        `${OTHER}`,
        '--regid',
        `${OTHER}`,
        '--clear-groups',
        'sh',
        '-c',
        'exec 2>/dev/null; : >> "$1"',
        '_',
        path,
      ]).status === 0;
    expect([writes(deep('by\nlist ü')), writes(deep('read'))]).toEqual([true, false]);
  });

  it('are not known where the look at them was ended, or cannot show them', () => {
    for (const edit of [
      (script: string) => script.replace('limit 8 xargs', 'limit 1 sh -c "cat >/dev/null; sleep 5"'),
      (script: string) => script.replace('xargs -0 -r ls -ldnUb', 'xargs -0 -r ls --no-such-option'),
      (script: string) =>
        script.replace('&& ++found <= 2000', '&& ++found <= 0').replace('substr($0, 11, 1) == "+"', '1'),
    ]) {
      const found = look({ edit });
      expect(found.tree('source').withAcl).toBeNull();
      expect(found.gaps).toContain(`access lists in ${source}`);
    }
  });
});

describe('a walk that does not come to its end', () => {
  it('says so for its own tree and for the one around it, and keeps what it saw', () => {
    const slow = `limit 1 sh -c 'find "$@"; sleep 5' _`;
    const killed = look({ edit: (script) => script.replace('limit "$left" find', slow) });
    for (const [purpose, root] of [
      ['source', source],
      ['workspace', workspace],
    ] as const)
      expect(killed.tree(purpose)).toMatchObject({ complete: false, counted: counted(root) });
    const over = look({ edit: (script) => script.replaceAll('1000000', '3') });
    for (const purpose of ['source', 'workspace']) {
      expect(over.tree(purpose).complete).toBe(false);
      expect(over.tree(purpose).counted).toBeGreaterThanOrEqual(3);
    }
    expect(over.gaps).toContain(`workspace ${workspace}`);
    const late = look({ edit: (script) => script.replace(/walk_end=.*$/m, 'walk_end=0') });
    for (const purpose of ['source', 'workspace']) expect(late.tree(purpose).complete).toBe(false);
  });

  it('counts to its limit and no further among files that are all alike', () => {
    for (let at = 0; at < 40; at += 1) writeFileSync(deep(`note-${at}`), 'x');
    const { tree } = look({ edit: (script) => script.replaceAll('1000000', '30') });
    expect(tree('workspace')).toMatchObject({ counted: 30, complete: false });
    expect(tree('workspace').buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(30);
  });

  it('says that links were not followed', () => {
    symlinkSync('/etc/passwd', deep('out'));
    const found = look({
      edit: (script) => script.replace('limit 4 xargs -0 -r -n 250', 'timeout -s KILL 0.01 sleep 5 #'),
    });
    expect(found.tree('workspace').complete).toBe(false);
  });

  it('says that a folder is closed', (context) => {
    if (!isRoot) return context.skip('looking as somebody else takes root');
    chmodSync(join(workspace, 'a/b'), 0o700);
    const as = `cat <<'END_OF_ALL' | setpriv --reuid ${OTHER} --regid ${OTHER} --clear-groups /bin/sh -s`;
    const found = look({ edit: (script) => `${as}\n${script}\nEND_OF_ALL\n` });
    for (const purpose of ['source', 'workspace'])
      expect(found.tree(purpose)).toMatchObject({ unreadable: [join(workspace, 'a/b')], unreadableCount: 1 });
  });
});
