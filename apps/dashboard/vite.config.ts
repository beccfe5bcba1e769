import { defaultClientConditions, defineConfig } from 'vite';
import { compileMessages } from './compile-messages.ts';
import { compressFiles } from './compress-files.ts';

/**
 * The API serves `dist` under a policy of `script-src 'self'; style-src 'self'`, so nothing may be inlined: no module
 * preload shim, no assets as data URLs. `base: './'` keeps it working behind a path prefix.
 */
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // The first ones with `light-dark()`, which the theme rests on; for older ones it would be turned into a media query.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        // What several pages share comes with the first load, not as twenty files of some hundred bytes.
        codeSplitting: {
          groups: [
            {
              name: 'shared',
              test: /\/src\/(ui|api|state)\/|\/src\/text\/(format|messages|translate)\.ts$/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  // Packages of this house as they are written: the page is built beside them, not after.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  plugins: [compileMessages(), compressFiles()],
  json: { namedExports: false },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
