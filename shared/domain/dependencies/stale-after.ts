/** Days after which advisory data no longer supports "nothing found". */
export const STALE_AFTER_DAYS = 5;
