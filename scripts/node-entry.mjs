// Becomes dist/cli/main.js and dist/web/main.js: an older Node.js cannot even load the program beside it (start.js), and
// would only name the first function that it lacks. So nothing is loaded before the version is known.
import fs from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `Swarmkeep needs Node.js ${NEEDED} or newer, and this is Node.js ${process.versions.node}. In its folder, npm start and npx swarmkeep bring the right one along.\n`,
  );
  process.exitCode = 69;
} else {
  keepCompiled();
  await import('./start.js');
}

/**
 * What V8 made of the code is kept beside it (module.enableCompileCache of Node.js 24): a start is 0.1 s shorter. Only in a
 * folder of the account that runs this, which nobody else can write: root leaves no files in a folder of somebody else, and
 * reads none from it.
 */
function keepCompiled() {
  const folder = new URL('../compile-cache', import.meta.url);
  const entry = fs.statSync(folder, { throwIfNoEntry: false });
  const ours =
    process.getuid === undefined || (entry?.uid === process.getuid() && (entry.mode & 0o022) === 0);
  if (entry?.isDirectory() && ours) nodeModule.enableCompileCache(fileURLToPath(folder));
}
