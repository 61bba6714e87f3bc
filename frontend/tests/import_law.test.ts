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
  'tab.ts': ['base', 'wire', 'model', 'chart', 'views', 'live_worker'],
  'index.ts': ['base', 'model', 'views', 'tab'],
};

/** The parts of a room that has some, folders and files, and what each may import of the others. */
const PARTS_MAY_IMPORT: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  model: {
    connection: [],
    axis: [],
    time: [],
    metrics: ['connection'],
    list: ['connection', 'time'],
    view: ['axis', 'metrics', 'list'],
    log: ['connection'],
    task: ['connection', 'axis', 'metrics', 'view', 'log'],
    away: ['metrics', 'view', 'task'],
    choices: ['view', 'task'],
    monitor: ['connection', 'choices', 'time', 'metrics', 'list', 'view', 'task', 'away'],
  },
  // What one sees: each part knows the elements that all are made of, none knows another.
  views: {
    elements: ['context'],
    overview: ['context', 'elements'],
    glance: ['context', 'elements'],
    attempts: ['context', 'elements'],
    charts: ['context', 'elements'],
    log: ['context', 'elements'],
    task: ['context', 'elements', 'glance', 'attempts', 'charts', 'log'],
    later_pages: ['elements', 'overview', 'task'],
    bar: ['context', 'elements', 'later_pages'],
    app: ['context', 'elements', 'bar', 'later_pages'],
    context: [],
    styles: [],
  },
};

interface Edge {
  readonly file: string;
  /** The file that is imported, as `file` is written. */
  readonly target: string;
}

interface Import extends Edge {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(): readonly string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
}

const SOURCES = new Set(sourceFiles());

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return targets.map((target) => {
    const path = relative(SOURCE, resolve(SOURCE, dirname(file), target));
    return { file, target: sourceFile(path), from: roomOf(file), to: roomOf(path) };
  });
}

/** Imports leave the ending out. */
function sourceFile(path: string): string {
  return ['', '.ts', '.tsx'].map((ending) => path + ending).find((name) => SOURCES.has(name)) ?? path;
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** The folder inside a room, or a file that stands in none. */
function partOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.tsx?$/, '');
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

  it.each(Object.entries(PARTS_MAY_IMPORT))('has a place for every part of %s', (room, mayImport) => {
    const parts = sourceFiles().filter((file) => roomOf(file) === room);
    expect(parts.filter((file) => !(partOf(file) in mayImport))).toEqual([]);
  });

  it.each(Object.entries(PARTS_MAY_IMPORT))('lets a part of %s import only from those below', (room, may) => {
    const inside = imports.filter(({ from, to }) => from === room && to === room);
    const broken = inside.filter(({ file, target }) => {
      const [part, other] = [partOf(file), partOf(target)];
      return part !== other && !may[part]?.includes(other);
    });
    expect(broken).toEqual([]);
  });

  it.each(Object.values(PARTS_MAY_IMPORT))('names parts from below upwards, or beside one another', (may) => {
    expect(circlesOf(edgesOf(may))).toEqual([]);
  });

  it('lets no file import itself by way of others, inside a room either, not even for a type', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  it('found imports to judge at all', () => {
    expect(imports.length).toBeGreaterThan(100);
  });
});

function edgesOf(mayImport: Readonly<Record<string, readonly string[]>>): readonly Edge[] {
  return Object.entries(mayImport).flatMap(([file, others]) => others.map((target) => ({ file, target })));
}

/** Each circle once: the files on the way from one of them back to itself. */
function circlesOf(imports: readonly Edge[]): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) targets.set(file, [...(targets.get(file) ?? []), target]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, way: readonly string[]) => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) walk(target, [...way, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return circles;
}

describe('A circle', () => {
  const edge = (file: string, target: string) => ({ file, target });

  it('is found however long it is', () => {
    expect(circlesOf([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('d', 'a')])).toEqual([
      'a -> b -> c -> a',
    ]);
  });

  it('is none where ways only meet', () => {
    expect(circlesOf([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).toEqual([]);
  });
});
