/** What a person reads of a gap. Nothing more is said than is known. */
export const BETWEEN_COPY_AND_CUT =
  'The log was rotated by copying and cutting: what was written between the two is lost, if anything was.';
export const CUT_WITHOUT_COPY = 'The log was cut, and no copy was found of what had not been read.';
export const GONE_UNREAD = 'The rotated file was gone before it was read to its end.';
export const REMOVED_UNREAD = 'Rotated files were removed before they were read; how many is not known.';
