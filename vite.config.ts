import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the page that both shells serve: `dist/renderer`, one script and one style sheet per page, no inline code. */
export default defineConfig({
  root: 'renderer',
  // Both shells serve the page from the root of an origin of their own.
  base: '/',
  publicDir: false,
  plugins: [react()],
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
  },
  server: { host: '127.0.0.1', strictPort: true, fs: { allow: ['..'] } },
});
