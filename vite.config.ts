import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Runs on its own, before the page's script is there: see `renderer/transport/web-session.ts`. */
const SESSION = 'session';

/**
 * Names the script of the session first of all in the built page. `async`: it waits for no style sheet and for no other
 * script.
 */
function sessionFirst(): Plugin {
  return {
    name: 'session-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const session = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === SESSION);
        if (session === undefined) throw new Error('The script of the session was not built.');
        const attrs = { type: 'module', async: true, src: `/${session.fileName}` };
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Builds the page that both shells serve: `dist/renderer`, one script and one style sheet per page, no inline code. */
export default defineConfig({
  root: 'renderer',
  // Both shells serve the page from the root of an origin of their own.
  base: '/',
  publicDir: false,
  plugins: [react(), sessionFirst()],
  cacheDir: '../node_modules/.cache/vite',
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // The content security policy allows no data: fonts, and every browser that we open knows these features.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'chrome128',
    sourcemap: false,
    reportCompressedSize: false,
    // One file on purpose; what it may weigh is held in e2e/web/home.spec.ts.
    chunkSizeWarningLimit: 640,
    rolldownOptions: {
      input: { index: 'renderer/index.html', [SESSION]: 'renderer/transport/web-session.ts' },
      output: {
        codeSplitting: {
          groups: [
            {
              name: SESSION,
              test: /transport[\\/](web-session|early-answers|one-time-code)\.ts$|contract[\\/](bridge|web-shell)\.ts$/,
              priority: 1,
            },
            // What the first page needs comes as one file: each file is a turn of its own between browser and shell.
            { name: 'first-page', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', strictPort: true, fs: { allow: ['..'] } },
});
