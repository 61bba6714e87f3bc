import { minify as terser } from 'terser';
import { defineConfig, minify as oxc, type Plugin } from 'vite';

/** Every reader loads what is built once: each of the two minifiers finds 1 to 2 % that the other leaves. */
const minifyAgain: Plugin = {
  name: 'minify-again',
  apply: 'build',
  async generateBundle({ sourcemap }, bundle) {
    // A build with a map is there to be looked into: the map is that of Vite's own minifier.
    if (sourcemap) return;
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue;
      const { code = file.code } = await terser(file.code, {
        module: true,
        mangle: false,
        compress: { ecma: 2020, inline: 1, passes: 3, pure_getters: true, unsafe_arrows: true },
      });
      const again = await oxc(file.fileName, code, { module: true, compress: { target: 'es2022' } });
      file.code = withShortProperties(again.code);
    }
  },
};

/** Nobody but the style sheet knows its custom properties (`--page`), so they need no names. */
function withShortProperties(code: string): string {
  const names = [...new Set(code.match(/--[a-z][a-z-]{2,}(?=:)/g))];
  return code.replace(/--[a-z][a-z-]{2,}(?![\w-])/g, (name) =>
    names.includes(name) ? `--${names.indexOf(name).toString(36)}` : name,
  );
}

/** Without a runtime's `children:` in every element the tab is 1 % smaller. */
const plainJsx: Plugin = {
  name: 'plain-jsx',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.tsx') ? `import { h as _h, Fragment as _F } from 'preact'; ${code}` : null,
};

// TensorBoard imports `index.js` from inside its iframe and calls `render`: a module with an export, not a page.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'classic', pragma: '_h', pragmaFrag: '_F' } },
  plugins: [plainJsx, minifyAgain],
  build: {
    outDir: '../tb_trainmon/static',
    emptyOutDir: true,
    target: 'es2022',
    // Each has color-mix, popovers and light-dark: the style sheet is not rewritten for older ones.
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: false,
    minify: 'oxc',
    reportCompressedSize: true,
    rolldownOptions: {
      // Page and worker are one module: two would need a third for what they share, fetched before either begins.
      input: { index: 'src/index.ts' },
      // Without this an app build drops the entry's exports, and TensorBoard finds no `render`.
      preserveEntrySignatures: 'strict',
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
