// Builds the privileged helper: one file without imports but Node's own, so that what is installed is one thing with one hash.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Writes `swarmkeep-helper.mjs` into `folder` and answers its path. Fails when anything but node: stays imported. Tests
 * build another `entry` in the same way.
 */
export async function buildHelper(folder, entry = 'electron/helper/main.ts', name = 'swarmkeep-helper.mjs') {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const build = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    external: [/^node:/],
    transform: { target: 'node24', define: { HELPER_VERSION: JSON.stringify(version) } },
    treeshake: true,
    logLevel: 'warn',
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: name,
    codeSplitting: false,
    minify: { compress: true, mangle: false, codegen: false },
  });
  await build.close();
  const [bundle, ...more] = output;
  // What is loaded later lies in the same file.
  const named = [...bundle.imports, ...bundle.dynamicImports];
  const foreign = named.filter((one) => !one.startsWith('node:') && one !== bundle.fileName);
  if (more.length > 0 || foreign.length > 0)
    throw new Error(
      `The helper is not one file of its own: ${[...foreign, ...more.map((one) => one.fileName)].join(' ')}`,
    );
  return join(folder, bundle.fileName);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = join(root, 'dist', 'helper'), ...more] = process.argv.slice(2);
  await buildHelper(folder, ...more);
}
