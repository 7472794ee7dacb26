import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';

/** @returns those without purpose or risk first, each part in the order of names as given */
export function openFirst(direct: readonly DirectDependency[]): DirectDependency[] {
  return [...direct.filter((entry) => !isTold(entry)), ...direct.filter(isTold)];
}

/** Whether somebody wrote down what it is for and what could go wrong. */
export function isTold({ told }: DirectDependency): boolean {
  return told !== null && told.purpose !== '' && told.risk !== '';
}

/** One line for a direct dependency: what it is for, or that nobody said. */
export function purposeWords({ told }: DirectDependency): string {
  if (told === null || (told.purpose === '' && told.risk === '')) return 'Nobody wrote down what it is for.';
  const risk = told.risk === '' ? 'Risk: nobody said.' : `Risk: ${told.risk}`;
  return `${told.purpose === '' ? 'Purpose: nobody said.' : told.purpose} ${risk}`;
}

/** The licence as the operator knows it, else as the metadata says. */
export function licenceWords({ told, licence }: DirectDependency): string {
  return told?.licence || licence || 'licence unknown';
}
