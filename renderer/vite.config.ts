import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** The application, and the gallery that draws every mark alone. */
const pages = ['index.html', 'gallery.html'].map((name) => join(root, name)).filter((path) => existsSync(path));

// The pages run under a policy that allows scripts, styles and fonts from their own origin only: nothing is inlined.
export default defineConfig({
  root,
  base: './',
  publicDir: false,
  build: {
    outDir: join(root, '..', 'dist', 'renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: pages,
      // `use client` in libraries speaks to servers that render; there is none.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
