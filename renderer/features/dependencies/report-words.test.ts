import { describe, expect, it } from 'vitest';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import type { PlacedFinding } from './report-groups.ts';
import {
  byHandWords,
  dataWords,
  dependenciesSentence,
  malwareLead,
  missingWords,
  troubleWords,
} from './report-words.ts';

const data = (more: Partial<AdvisoryDataState>): AdvisoryDataState => ({
  state: 'fresh',
  advisories: 24_113,
  newest: '2026-11-20T00:00:00.000Z',
  ageDays: 1,
  importedAt: '2026-11-21T00:00:00.000Z',
  origin: '',
  trouble: '',
  ...more,
});
const nothing = { malware: [], upgrade: [], waiting: [], unclear: [], accepted: [] };
const seen = (state: AdvisoryDataState) => [
  { node: 'miu', nodeName: 'miu', report: { packages: 61, findings: [], upgrades: [], data: state } },
];
const said = (state: AdvisoryDataState) => dependenciesSentence(seen(state), nothing, state);

describe('the first sentence', () => {
  it('is content with fresh advisories only', () => {
    expect(said(data({}))).toBe('Nothing is known against any of 61 packages.');
    expect(said(data({ state: 'stale', ageDays: 43 }))).toContain('too old to rely on');
    expect(said(data({ state: 'unknown', ageDays: -40 }))).toContain('dated in the future');
    const damaged = data({ state: 'unknown', ageDays: null, newest: null, advisories: 0 });
    expect(said(damaged)).toBe('61 packages, and the advisories to compare them with cannot be read.');
    expect(dataWords(damaged)).toBe('The advisories cannot be read');
    expect(said(data({ state: 'none', advisories: 0 }))).toContain('no advisories yet');
  });
});

describe('a handful of fresh advisories', () => {
  it('is never taken for all that is known', () => {
    const one = data({ advisories: 1 });
    expect(said(one)).toContain('a small part of all that are published');
    expect(troubleWords(one)).toContain('nothing is known here');
    expect(isPartOfAdvisories(data({ advisories: 999 }))).toBe(true);
    expect(isPartOfAdvisories(data({ advisories: 1_000 }))).toBe(false);
    expect(isPartOfAdvisories(data({ advisories: 1, state: 'stale' }))).toBe(false);
    // A set that somebody named for one question is not taken into use.
    expect(isPartOfAdvisories(data({ advisories: 1, importedAt: null }))).toBe(false);
  });
});

describe('words beside it', () => {
  it('say what is wrong with the advisories, and nothing when nothing is', () => {
    expect(troubleWords(data({}))).toBe('');
    expect(troubleWords(data({ state: 'stale', trouble: 'run `x`' }))).toContain(
      'nothing here is called fine',
    );
    expect(troubleWords(data({ state: 'unknown', trouble: 'It is \u001b damaged.' }))).not.toContain(
      '\u001b',
    );
  });

  it('name the nodes that malware is on, each once', () => {
    const on = (nodeName: string) => ({ nodeName }) as PlacedFinding;
    expect(malwareLead([on('miu'), on('miu'), on('boa')])).toContain('Take miu, boa off the network first');
    expect(malwareLead(['a', 'b', 'c', 'd'].map(on))).toContain('a, b, c and the others');
  });

  it('count commands as prose has it', () => {
    expect([byHandWords(1), byHandWords(12)]).toEqual([
      'By hand it takes one command.',
      'By hand it takes 12 commands.',
    ]);
  });
});

describe('nodes of which there is no report', () => {
  it('are named, and keep the page from being content', () => {
    expect(dependenciesSentence(seen(data({})), nothing, data({}), ['boa'])).toBe(
      'Nothing is known against 61 packages; of boa nobody can say.',
    );
    expect(dependenciesSentence(seen(data({})), nothing, data({}), ['boa', 'pi', 'a', 'b'])).toContain(
      'boa, pi, a and 1 other',
    );
    expect(dependenciesSentence([], nothing, data({}), ['boa'])).toBe(
      'Nothing can be said of the packages on boa.',
    );
    expect(missingWords({ failed: [], unseen: [] })).toBe('');
    expect(missingWords({ failed: ['boa'], unseen: ['pi', 'uncho'] })).toBe(
      'The packages of boa could not be compared, so nothing here is about it. Nobody has looked at pi and uncho yet, so nothing is known of their packages.',
    );
  });
});
