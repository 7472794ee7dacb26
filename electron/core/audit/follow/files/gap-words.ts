/** What a person reads of a gap. Nothing more is said than is known. */
export const BETWEEN_COPY_AND_CUT =
  'The log was rotated by copying and cutting: what was written between the two is lost, if anything was.';
export const PERHAPS_COPIED =
  'The log was rotated, and at times it is by copying and cutting: what was written between the two is lost then, if anything was.';
/** Added to the words of the first copy that is seen, with a number. */
export const EARLIER_ROTATIONS =
  'Earlier rotations, which showed nothing of their kind, may have been by copying and cutting too';
export const CUT_WITHOUT_COPY = 'The log was cut, and no copy was found of what had not been read.';
export const GONE_UNREAD = 'The rotated file was gone before it was read to its end.';
export const LAST_READ_REMOVED =
  'The file that was read last is not among the rotated ones any more: whether others came after it and were removed is not known.';
export const LOOK_ALIKE =
  'Several rotated files cannot be told apart from what was read; it goes on in the newest of them, and what was new in the others is not read.';
export const GROWS_ON =
  'A rotated file went on growing while it was read, further than it is followed; what came after that is not read.';
