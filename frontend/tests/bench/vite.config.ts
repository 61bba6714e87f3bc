import { resolve } from 'node:path';
import { defineConfig } from 'vite';

// One file, without a server: `tests/bench/drawing.py` puts it into an empty page.
export default defineConfig({
  logLevel: 'error',
  build: {
    outDir: process.env.TRAINMON_BENCH_OUT ?? 'dist',
    emptyOutDir: false,
    lib: {
      entry: resolve(import.meta.dirname, 'drawing.ts'),
      formats: ['iife'],
      name: 'bench',
      fileName: () => 'drawing.js',
    },
  },
});
