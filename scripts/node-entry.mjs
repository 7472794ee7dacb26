// Becomes dist/cli/main.js and dist/web/main.js: an older Node.js cannot even load the program beside it (start.js), and
// would only name the first function that it lacks. So nothing is loaded before the version is known.
const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `Swarmkeep needs Node.js ${NEEDED} or newer, and this is Node.js ${process.versions.node}. In its folder, npm start and npx swarmkeep bring the right one along.\n`,
  );
  process.exitCode = 69;
} else {
  await import('./start.js');
}
