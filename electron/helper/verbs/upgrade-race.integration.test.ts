import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoTestNode } from '../testing/helper-node.ts';
import { type ServedHelper, serveHelper } from '../testing/served-helper.ts';
import { snapshot } from '../testing/snapshot.ts';
import { STUB_ENVIRONMENT, STUB_UPGRADE } from '../testing/stub-environment.ts';

const reason = whyNoTestNode();
const SITE = '/srv/py/env/lib/python3.11/site-packages';
const TRIES = 2;

/** What the account would like to have changed, or to read: root's own, laid out as the package is. */
const VICTIM = `
rm -rf /srv/victim && mkdir -p /srv/victim/fresh /srv/victim/old/__pycache__ /srv/victim/__pycache__
for file in __init__.py old/gone.py fresh/thing.py; do echo 'root-only-words' > /srv/victim/$file; chmod 600 /srv/victim/$file; done
`;

describe('an upgrade beside a process of the owner that swaps folders for links', () => {
  let helper: ServedHelper;
  let id = 0;
  const sh = (script: string) => helper.node.run('sh', '-c', script);

  /** Waits for the n-th working folder of the helper, then lets a folder be a link, and a folder, and so on. */
  const swapping = (folder: string, nth: number) => `
    cd ${SITE}; echo ready
    seen=0
    while [ ! -e /tmp/stop ]; do
      here=gone
      for folder in /srv/py/.swarmkeep-*; do [ ! -e "$folder" ] || here=there; done
      [ $here = gone ] || [ "$last" = there ] || seen=$((seen + 1))
      last=$here
      [ $seen -ge ${nth} ] || continue
      mv ${folder} .aside 2>/dev/null && ln -s /srv/victim ${folder} && rm -f ${folder}
      mv -T .aside ${folder} 2>/dev/null
    done`;

  async function beside(script: string, during: () => Promise<void>): Promise<void> {
    sh('rm -f /tmp/stop');
    const [enter, ...rest] = helper.node.inside;
    const words = ['setpriv', '--reuid=1501', '--regid=1502', '--clear-groups', 'sh', '-c', script];
    const agent = spawn(enter ?? 'nsenter', [...rest, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(agent, 'exit');
    await once(agent.stdout, 'data');
    try {
      await during();
    } finally {
      sh('touch /tmp/stop');
      await ended;
    }
  }

  beforeAll(async () => {
    if (reason === null) helper = await serveHelper();
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => helper?.close());

  it.each([
    ['while it is put in place', 'demo', 2, 'true'],
    ['while it is put in place, from the first folder on', 'demo', 1, 'true'],
    [
      'while it is taken back',
      'demo',
      2,
      // What stays does not fit any more, so everything comes back at once.
      `sed -i 's,mkdir -p "$2/srv/py",echo "other 1 requires demo<1.1" > /srv/py-asked/unmet \\&\\& &,; s,/srv/py-unmet,/srv/py-asked/unmet,g' /srv/py/env/bin/python`,
    ],
  ])(
    'changes nothing outside and hands nothing out %s',
    async (_name, folder, nth, more) => {
      sh(VICTIM);
      const victim = snapshot(helper.node, '/srv/victim');
      const ends = new Set<string>();
      for (let tries = 0; tries < TRIES; tries += 1) {
        sh(`${STUB_ENVIRONMENT}\n${more}`);
        const into = { version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 };
        await beside(swapping(folder, nth), async () => {
          const answer = await helper.ask({ ...into, ask: 'do', action: STUB_UPGRADE });
          ends.add(answer.answer);
        });
        expect(snapshot(helper.node, '/srv/victim')).toBe(victim);
        // Nothing that only root could read is where the account could.
        expect(
          sh('grep -rl --devices=skip root-only-words /srv/py /var/tmp/.swarmkeep-* 2> /dev/null || true'),
        ).toBe('');
      }
      expect([...ends].every((end) => end === 'done' || end === 'refused')).toBe(true);
    },
    300_000,
  );
});
