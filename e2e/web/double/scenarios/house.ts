import type { AppliedChange, HelperAccess } from '#shared/domain/plan.ts';
import { ledgerOf, UNCHO_CHANGE } from '../activity/ledger-book.ts';
import { clockFrom } from '../clock.ts';
import { EVENING_PACKAGES } from '../dependencies/packages.ts';
import type { FixesScenario, Scenario } from '../scenario.ts';
import { evening } from './evening.ts';
import { wayOut } from './way-out.ts';

const SUDO: HelperAccess = {
  via: 'sudo',
  installed: true,
  outdated: false,
  words: 'As administrator through sudo, for this one program.',
};

/** What was done on uncho at 17:05, and can be undone. */
function unchoChange(now: number): AppliedChange {
  const clock = clockFrom(now);
  const done = (title: string, before: string, after: string) => ({
    title,
    preview: { kind: 'attributes' as const, path: '/opt/mycoswarm', before, after },
    state: 'done' as const,
    at: clock.at(134),
    message: null,
  });
  return {
    id: UNCHO_CHANGE,
    purpose: 'fix',
    node: 'uncho',
    nodeName: 'uncho',
    checks: ['source-read-only'],
    title: 'Make the source read-only on uncho',
    state: 'done',
    startedAt: clock.at(135),
    endedAt: clock.at(134),
    revertsAt: null,
    steps: [
      done('Give the source to root', 'mycoswarm:mycoswarm 0755', 'root:root 0755'),
      done('Give the folders above it to root', 'minotaur:minotaur 0755', 'root:root 0755'),
    ],
    results: [{ check: 'source-read-only', status: 'pass', words: 'Nothing of it is writable by uid 998.' }],
    error: null,
    of: null,
    undoneBy: null,
    undo: { possible: true, reason: '' },
  };
}

/** The evening of the house, with changes allowed on boa, miu and uncho, and a ledger of 4,212 events. */
export function house(): Scenario {
  const base = evening();
  const now = Date.parse(base.now);
  return {
    ...base,
    name: 'house',
    fixes: {
      access: { boa: SUDO, miu: { ...SUDO, via: 'sudo-password' }, uncho: SUDO },
      agrees: true,
      applied: [unchoChange(now)],
    },
    ledger: ledgerOf(now, 4_212),
    packages: EVENING_PACKAGES,
  };
}

/** The open way out on miu, and a helper that may close it. */
function closable(name: string, more: Partial<FixesScenario> = {}): Scenario {
  const base = wayOut();
  return {
    ...base,
    name,
    fixes: { access: { miu: SUDO }, agrees: true, ...more },
    ledger: ledgerOf(Date.parse(base.now), 4_212),
  };
}

export const closableWayOut = () => closable('closable');
/** Nobody agrees. */
export const refusedConsent = () => closable('refused-consent', { agrees: false });
/** The second step fails, and what was done is taken back. */
export const failingChange = () => closable('failing-change', { outcome: 'fails' });
/** The disk becomes read-only in the middle. */
export const stuckChange = () => closable('stuck-change', { outcome: 'stuck' });
/** It is applied, and the look afterwards says that it does not hold. */
export const notVerified = () => closable('not-verified', { outcome: 'not-verified' });
/** The node does not answer when the plan is made. */
export const unreachableNode = () => closable('unreachable-node', { unreachable: ['miu'] });

/** What was done on uncho was changed by hand since. */
export function changedSince(): Scenario {
  const base = house();
  return {
    ...base,
    name: 'changed-since',
    fixes: {
      access: base.fixes?.access ?? {},
      agrees: true,
      applied: base.fixes?.applied ?? [],
      differences: {
        [UNCHO_CHANGE]: [
          { path: '/opt/mycoswarm', what: 'owner', left: 'root', now: 'minotaur' },
          {
            path: '/opt/mycoswarm/daemon.py',
            what: 'contents',
            left: 'sha256 9b1c7e0d…',
            now: 'sha256 11aa22bb…',
          },
        ],
      },
    },
  };
}

/** A ledger of 100,000 events. */
export function longLedger(): Scenario {
  const base = house();
  return { ...base, name: 'long-ledger', ledger: ledgerOf(Date.parse(base.now), 100_000) };
}

/** Somebody changed the text of an event, and nothing can be written down at present. */
export function damagedLedger(): Scenario {
  const base = house();
  const clock = clockFrom(Date.parse(base.now));
  return {
    ...base,
    name: 'damaged-ledger',
    ledger: ledgerOf(Date.parse(base.now), 4_212, {
      damagedFrom: 4_188,
      missingUpTo: 4_180,
      trouble: {
        message: 'Nothing can be written down at present: the disk is full.',
        next: 'Make room, then start Swarmkeep again.',
        since: clock.at(12),
        missed: 3,
      },
    }),
  };
}
