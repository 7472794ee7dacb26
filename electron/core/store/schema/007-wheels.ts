/** What a step fetched: the files that packages were unpacked from, with their hashes, as JSON; empty for every other step. */
export const WHEELS_SCHEMA = `
ALTER TABLE change_step ADD COLUMN wheels TEXT;
`;
