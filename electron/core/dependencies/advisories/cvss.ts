import calculator from 'ae-cvss-calculator';
import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import type { OsvScore } from './osv-record.ts';

/** Base metrics and their values, in the order of a vector. A vector without all of them has no base score. */
const BASE: Readonly<Record<string, { prefix: string; metrics: Readonly<Record<string, string>> }>> = {
  // CVSS v2.0 Complete Documentation, section 2.4.
  CVSS_V2: { prefix: '', metrics: { AV: 'LAN', AC: 'HML', Au: 'MSN', C: 'NPC', I: 'NPC', A: 'NPC' } },
  // CVSS v3.1 Specification, section 6; v3.0 has the same.
  'CVSS:3.0': {
    prefix: 'CVSS:3.0/',
    metrics: { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'HLN', I: 'HLN', A: 'HLN' },
  },
  'CVSS:3.1': {
    prefix: 'CVSS:3.1/',
    metrics: { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'HLN', I: 'HLN', A: 'HLN' },
  },
  // CVSS v4.0 Specification, section 7.
  'CVSS:4.0': {
    prefix: 'CVSS:4.0/',
    metrics: {
      ...{ AV: 'NALP', AC: 'LH', AT: 'NP', PR: 'NLH', UI: 'NPA' },
      ...{ VC: 'HLN', VI: 'HLN', VA: 'HLN', SC: 'HLN', SI: 'HLN', SA: 'HLN' },
    },
  },
};

/** Scores by type and vector: a few hundred vectors make up most of what is published. */
const known = new Map<string, number | null>();
const MOST_KNOWN = 20_000;

/**
 * Base score of a CVSS vector of version 2.0, 3.0, 3.1 or 4.0. What is beside the base metrics (threat, environment) is for
 * whoever knows the place, and not for a published advisory.
 * @param type `CVSS_V2`, `CVSS_V3`, `CVSS_V4` of the OSV schema
 * @returns 0.0–10.0, or null for anything that is no such vector
 */
export function baseScore(given: OsvScore): number | null {
  const key = `${given.type} ${given.score}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const score = readScore(given);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, score);
  return score;
}

function readScore({ type, score }: OsvScore): number | null {
  const version = /^CVSS:\d\.\d/.exec(score)?.[0] ?? '';
  const form = BASE[type === 'CVSS_V2' ? type : version];
  if (form === undefined || (type !== 'CVSS_V2' && type !== `CVSS_V${version[5]}`)) return null;
  if (!score.startsWith(form.prefix)) return null;
  const given = new Map<string, string>();
  for (const part of score.slice(form.prefix.length).split('/')) {
    const match = /^([A-Za-z]{1,3}):([A-Za-z]{1,6})$/.exec(part);
    if (match === null || given.has(match[1] ?? '')) return null;
    given.set(match[1] ?? '', match[2] ?? '');
  }
  const parts: string[] = [];
  for (const [metric, values] of Object.entries(form.metrics)) {
    const value = given.get(metric);
    if (value === undefined || value.length !== 1 || !values.includes(value)) return null;
    parts.push(`${metric}:${value}`);
  }
  return scoreOf(`${form.prefix}${parts.join('/')}`);
}

function scoreOf(vector: string): number | null {
  const result = calculator.fromVector(vector)?.calculateScores().overall;
  return typeof result === 'number' && result >= 0 && result <= 10 ? result : null;
}

/** @returns the word for a base score (CVSS v3.1 and v4.0 Specification, "Qualitative severity rating scale") */
export function ratingOf(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'none';
}

const WORDS: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'medium',
  MEDIUM: 'medium',
  LOW: 'low',
};

/**
 * Severity of an advisory: its highest score; with none that can be read, the word of the database that published it.
 * @param word `database_specific.severity`
 */
export function severityOf(
  scores: readonly OsvScore[],
  word: string | null,
): { severity: Severity; score: number | null } {
  const readable = scores.map(baseScore).filter((score) => score !== null);
  if (readable.length === 0) return { severity: WORDS[word?.toUpperCase() ?? ''] ?? 'unrated', score: null };
  const score = Math.max(...readable);
  return { severity: ratingOf(score), score };
}
