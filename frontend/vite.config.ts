import { resolve } from 'node:path';
import { minify as terser } from 'terser';
import { defineConfig, minify as oxc, type Plugin } from 'vite';

/** Every reader loads what is built once: each of the two minifiers finds 1 to 2 % that the other leaves. */
const minifyAgain: Plugin = {
  name: 'minify-again',
  apply: 'build',
  async generateBundle({ sourcemap }, bundle) {
    // A build with a map is there to be looked into: the map is that of Vite's own minifier.
    if (sourcemap) return;
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
    for (const chunk of chunks) {
      // To read a signal is to follow it: no getter is pure.
      const { code = chunk.code } = await terser(chunk.code, {
        module: true,
        mangle: false,
        compress: { ecma: 2020, inline: 1, passes: 3, pure_getters: false, unsafe_arrows: true },
      });
      chunk.code = (await oxc(chunk.fileName, code, { module: true, compress: { target: 'es2022' } })).code;
    }
    // The sheets of all chunks share their names.
    const names = propertiesOf(chunks.map(({ code }) => code).join('\n'));
    for (const chunk of chunks) {
      const code = withShortProperties(chunk.code, names);
      chunk.code = FIRST.includes(chunk.name) ? `${EAGER}\n${code}` : code;
    }
  },
};

/** What the first screen is drawn by. */
const FIRST: readonly string[] = ['tab', 'task_page', 'overview'];
/**
 * Chromium compiles all of such a file beside the page, as it arrives, instead of function by function when each is first called: a
 * sixth of what the page does until its first chart. To others it is a comment.
 */
const EAGER = '//# allFunctionsCalledOnLoad';

/** The custom properties that the style sheets define (`--page`), in one order. */
function propertiesOf(code: string): readonly string[] {
  return [...new Set(code.match(/--[a-z][a-z-]{2,}(?=:)/g))].sort();
}

/** Nobody but the style sheets knows their custom properties, so they need no names. */
function withShortProperties(code: string, names: readonly string[]): string {
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

/** The files of `views` that are imported by `import()`, each with the file that asks for it: that one is there already. */
const LATER: Readonly<Record<string, string>> = {
  'overview/overview': 'tab.ts',
  'task/task_page': 'tab.ts',
  'bar/bar_popups': 'tab.ts',
  'elements/no_task': 'tab.ts',
  'log/training_log': 'views/task/task_page.tsx',
  'charts/all_scalars': 'views/task/task_page.tsx',
  'charts/chart_popups': 'views/task/task_page.tsx',
  'task/insight_details': 'views/task/task_page.tsx',
};

/** Told so, the bundler puts what two of them share into it, instead of into a further file that had to come before either. */
const sharesWithAsker: Plugin = {
  name: 'shares-with-asker',
  apply: 'build',
  transform: (code, id) => {
    const asker = LATER[/src\/views\/(\w+\/\w+)\.tsx?$/.exec(id)?.[1] ?? ''];
    if (asker === undefined) return null;
    return `import ${JSON.stringify(resolve(import.meta.dirname, 'src', asker))}; ${code}`;
  },
};

/**
 * The two entries wait for no other file: each has a copy of its own of what it imports, a little of what the tab has. `index.js` may be
 * loaded from two addresses, so it names the others by the base of the frame.
 */
const standsAlone: Plugin = {
  name: 'stands-alone',
  apply: 'build',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    const [, entry, owner = entry] =
      /(?:src\/(index|live_worker)\.ts|\?of=(\w+))$/.exec(importer ?? '') ?? [];
    if (owner === undefined || options.kind === 'dynamic-import') return null;
    const found = await this.resolve(source, importer, { ...options, skipSelf: true });
    return found && { ...found, id: `${found.id}?of=${owner}` };
  },
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const index = bundle['index.js'];
      if (index?.type === 'chunk')
        index.code = index.code.replace(/import\((["'`])\.\/(.+?)\1\)/g, 'import(document.baseURI+"$2")');
    },
  },
};

/** Vite wraps each `import()` in what would load its style sheets and preload its imports: ours have neither. */
const plainImports: Plugin = {
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: (id) =>
    id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : null,
};

// TensorBoard imports `index.js` from inside its iframe and calls `render`: a module with an export, not a page.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'classic', pragma: '_h', pragmaFrag: '_F' } },
  plugins: [plainJsx, plainImports, standsAlone, sharesWithAsker, minifyAgain],
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
      input: { index: 'src/index.ts', live_worker: 'src/live_worker.ts' },
      // An app build would drop the entry's exports, and TensorBoard would find no `render`.
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
