import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestNode, type TestNode, whyNoTestNode } from './testing/helper-node.ts';
import { askKilled } from './testing/kill-run.ts';
import { type ServedHelper, serveHelperOn } from './testing/served-helper.ts';
import { sha256Of } from './testing/snapshot.ts';

const any = { kind: 'any' } as const;
const owner = { uid: 11, gid: 12, mode: 0o600 };
const contents = Buffer.from('new').toString('base64');
const rules = 'table inet swarmkeep_k {\nchain o {\ntype filter hook output priority 0\n}\n}';
const MAKE = `
set -e
rm -rf /srv/k && mkdir -p /srv/k/tree/sub && cd /srv/k && umask 022
printf 'one\\ntwo\\n' > file && setfacl -m u:7:rw file && printf deep > tree/sub/deep && ln -s sub/deep tree/link && chown -hR 5:6 tree
find . -depth -exec touch -h -d @1500000000.123456789 {} +
`;

const LOOK = `cd /srv/k
find . -xdev -printf '%p %y %U:%G %m %s %T@ %l\\n' | sort
find . -print0 | sort -z | xargs -0 getfacl -np
nft list tables`;

const ACTIONS = [
  { verb: 'write-file', path: '/srv/k/file', contents, ...owner, expect: any },
  { verb: 'write-file', path: '/srv/k/made', contents, ...owner, expect: any },
  { verb: 'remove-file', path: '/srv/k/file', expect: any },
  { verb: 'make-directory', path: '/srv/k/made', ...owner, expect: any },
  { verb: 'set-attributes', path: '/srv/k/file', ...owner, expect: any },
  {
    verb: 'set-tree-attributes',
    path: '/srv/k/tree',
    uid: 0,
    gid: 0,
    takeBits: 0o022,
    giveBits: 0,
    expect: any,
  },
  { verb: 'copy-tree', from: '/srv/k/tree', path: '/srv/k/copy', uid: 21, gid: 22, expect: any },
  { verb: 'move', from: '/srv/k/tree', path: '/srv/k/moved', expect: any },
  { verb: 'remove-lines', path: '/srv/k/file', lines: [sha256Of('one')], expect: any },
  { verb: 'load-table', table: { family: 'inet', name: 'swarmkeep_k' }, text: rules },
] as const;

const reason = whyNoTestNode();

describe('a helper that is killed between two acts', () => {
  let node: TestNode;
  /** For what is asked without being killed: it keeps nothing between two questions, like one that starts anew. */
  let helper: Omit<ServedHelper, 'node'>;
  let id = 0;
  /** All that there is: files with time, owner, mode; access lists; own tables. Times of what a step makes differ per run. */
  const state = () => node.run('sh', '-c', LOOK).split('\n');
  const untimed = (lines: string[]) => lines.map((line) => line.replace(/ \d{10}\.\d+/, ''));

  beforeAll(async () => {
    if (reason !== null) return;
    node = await openTestNode();
    helper = serveHelperOn(node);
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => {
    helper?.close();
    node?.close();
  });

  it.each(ACTIONS)(
    'ends before or after, never between: $verb $path',
    async (action) => {
      node.run('sh', '-c', MAKE);
      const before = state();
      const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });
      const first = step();
      const whole = await helper.ask({ ...first, ask: 'do', action });
      if (whole.answer !== 'done') throw new Error(JSON.stringify(whole));
      const after = untimed(state());
      await helper.ask({ ...first, ask: 'undo', record: whole.record });
      expect(state()).toEqual(before);
      let killed = 0;
      for (let at = 1; ; at += 1) {
        const into = step();
        const answer = askKilled(node, { ...into, ask: 'do', action }, at);
        if (answer !== null) {
          if (answer.answer === 'done') killEachUndo(into, answer.record, before);
          break;
        }
        killed += 1;
        if (at % 2 === 0) {
          const again = await helper.ask({ ...into, ask: 'do', action });
          if (again.answer !== 'done') throw new Error(`killed at ${at}: ${JSON.stringify(again)}`);
          expect(untimed(state()), `do again, killed at ${at}`).toEqual(after);
        }
        await takeBack(into, at);
        expect(state(), `undone, killed at ${at}`).toEqual(before);
      }
      expect(killed).toBeGreaterThan(3);
    },
    180_000,
  );

  /** As the console does that never got an answer: the list of changes has the hash. */
  async function takeBack(into: { change: string }, at: number): Promise<void> {
    const list = await helper.ask({ version: 1, ask: 'changes' });
    const found =
      list.answer === 'changes' ? list.changes.find((one) => one.change === into.change) : undefined;
    const record = found?.steps[0]?.record;
    // Killed before the record was durable: nothing had begun.
    if (record === undefined) return;
    const undo = await helper.ask({ ...into, ask: 'undo', record });
    if (undo.answer !== 'undone') throw new Error(`killed at ${at}: ${JSON.stringify(undo)}`);
  }

  function killEachUndo(into: object, record: string, before: string[]): void {
    for (let at = 1; ; at += 1) {
      const answer = askKilled(node, { ...into, ask: 'undo', record }, at);
      if (answer !== null) {
        expect(answer).toMatchObject({ answer: 'undone' });
        break;
      }
    }
    expect(state()).toEqual(before);
  }
});
