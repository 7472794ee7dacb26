import { flushCompileCache } from 'node:module';
import { createDetector } from '#core/detection/detector.ts';
import { createFirstSeen } from '#core/detection/pack/first-seen.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { keyInFile } from '#core/ledger/key-file.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { writerOperations } from '../writer-operations.ts';
import { endlessFollower } from './endless-follower.ts';
import { plainRules } from './plain-rules.ts';

/** A program to be killed: stores the lines of an endless log as the thread of the audit does, and says how many are on the disk. */
/** Fires for one line in 97, so that alerts are written too. */
const RULE = `
title: Round seven
id: 0a2f8f3e-5d0c-4a43-8a44-0d6a2f6f9a11
logsource:
  category: endless
detection:
  seven:
    line|endswith: '7'
  condition: seven
`;
const rules = readRuleSet([{ file: 'seven.yml', text: RULE, origin: 'imported' }]);

// Written at an end that never comes otherwise; the next one starts in half the time.
flushCompileCache();
const folder = prepareDataFolder(process.argv[2] ?? '');
const key = keyInFile(folder);
if (key.read() === null) key.make('swarmkeep/endless');
const { operations } = writerOperations({
  folder,
  keep: { fullText: true, days: 90, megabytes: 1_000 },
  openFollower: (_node, _target, position) => endlessFollower(position),
  loadRules: () => plainRules({ createDetector: (state) => createDetector(rules, state), createFirstSeen }),
  say: () => undefined,
});
const target = { kind: 'file', path: '/endless' } as const;
await operations.watch({
  nodes: [
    {
      id: 'miu',
      name: 'miu',
      address: { kind: 'local' },
      utcOffsetMinutes: 0,
      found: [{ target, name: 'endless' }],
    },
  ],
});
setInterval(() => process.stdout.write(`${operations.state().events}\n`), 5);
