import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../src');

/** Which rooms each room may import from. A new room must be given its place here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ['base'],
  worker: ['base', 'wire'],
  model: ['base', 'wire'],
  chart: ['base'],
  styles: [],
  views: ['base', 'wire', 'model', 'chart', 'styles'],
  'live_worker.ts': ['worker'],
  'index.ts': ['base', 'wire', 'model', 'chart', 'views', 'live_worker'],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

function sourceFiles(): readonly string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return targets.map((target) => {
    const path = relative(SOURCE, resolve(SOURCE, dirname(file), target));
    return { file, from: roomOf(file), to: roomOf(path) };
  });
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

describe('The import law', () => {
  const imports = sourceFiles().flatMap(importsOf);

  it('has a place for every room', () => {
    const rooms = new Set(sourceFiles().map(roomOf));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  it('lets a room import only from rooms below it', () => {
    const broken = imports.filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to));
    expect(broken).toEqual([]);
  });

  it('found imports to judge at all', () => {
    expect(imports.length).toBeGreaterThan(100);
  });
});
