import type { SourceGap } from '#shared/domain/audit/source.ts';

/** Why nothing is stored of a time, as a person would say it. */
export const GAP_WORDS: Readonly<Record<SourceGap['kind'], string>> = {
  copytruncate: 'Written between the copy and the cut of a rotation',
  'rotated-away': 'A rotated file was gone before it was read',
  'not-watched': 'Nobody watched',
  damaged: 'A compressed file could not be unpacked',
  'disk-full': 'Nothing could be stored: the disk was full',
  'journal-vacuumed': 'The journal no longer holds it',
  'not-examined': 'Stored, and not held against all rules',
};
