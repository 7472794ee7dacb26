/** @returns an instant as a reader of any country takes it: `2026-11-23 04:44:48` */
export const utc = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;
