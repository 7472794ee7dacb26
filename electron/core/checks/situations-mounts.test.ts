import { describe } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { account, changed, file } from './testing/facts-builder.ts';
import { hardened, type Situation, tryEach, unitWith } from './testing/situations.ts';

/** The hardened node with a person whose notes are mounted a second time, and what lies at the second place. */
function mountedAgain(mode: number, facts: Facts = hardened, root = '/home/person/notes'): Facts {
  let node = changed(facts, 'accounts', (value) => {
    value.accounts.push(account('person', 1_010));
  });
  node = changed(node, 'mounts', (value) => {
    const mount = { type: 'ext4', source: '/dev/sda1', options: ['rw'], hung: false };
    value.mounts = [
      { ...mount, path: '/', root: '/' },
      { ...mount, path: '/opt/notes', root },
    ];
  });
  return changed(node, 'files', (value) => {
    value.files = value.files.filter(({ path }) => path !== '/opt');
    value.files.push(file('/opt', 0, 0o755), file('/opt/notes', 1_010, mode));
  });
}

const both = (name: string, facts: Facts, status: Situation[3], summary?: RegExp): Situation[] =>
  (['dedicated-user', 'workspace-bounded'] as const).map((check) => [check, name, facts, status, summary]);

describe('a home that is mounted a second time', () =>
  tryEach([
    ...both(
      'open at the second place',
      mountedAgain(0o755),
      'fix',
      /\/home\/person\/notes, which is mounted a second time at \/opt\/notes/,
    ),
    ...both('closed at the second place', mountedAgain(0o700), 'pass'),
    ...both('something else mounted there', mountedAgain(0o755, hardened, '/srv/other'), 'pass'),
    ...both(
      'a second place that was not looked at',
      changed(mountedAgain(0o755), 'files', (value) => {
        value.files = value.files.filter(({ path }) => path !== '/opt/notes');
      }),
      'unknown',
    ),
    ...both(
      'hidden by its unit',
      mountedAgain(0o755, unitWith({ InaccessiblePaths: '-/opt/notes' })),
      'pass',
    ),
  ]));
