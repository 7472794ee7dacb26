import { makeCopyFolder } from '../clear-copies.ts';

/** Begins a backup as far as its folder, says where, and waits to be killed. */
const { folder } = await makeCopyFolder(process.argv[2] ?? '');
process.send?.(folder);
setInterval(() => undefined, 60_000);
