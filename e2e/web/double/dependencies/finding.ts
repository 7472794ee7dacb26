import type { DependencyFinding } from '#shared/domain/dependencies/finding.ts';
import { SITE } from './site.ts';

/** A finding of a made-up package. */
export function finding(more: Partial<DependencyFinding> & { package: string }): DependencyFinding {
  return {
    environment: SITE,
    kind: 'vulnerability',
    ecosystem: 'PyPI',
    version: '1.0.0',
    ids: [],
    severity: 'unrated',
    score: null,
    summary: '',
    fixed: [],
    mayBeBackported: false,
    from: 'index',
    vendoredBy: null,
    requiredBy: [],
    ignored: null,
    reopened: null,
    ...more,
  };
}
