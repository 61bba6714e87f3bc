import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../src/model/connection';
import { answered, type Failure, failed } from '../../src/wire/failure';

let time = 0;
let connection: Connection;

beforeEach(() => {
  time = 1000;
  connection = new Connection(() => time);
});

const refused = (status: number, code: string): Failure => ({ kind: 'refused', status, code, sentence: '' });

describe('A connection is in trouble', () => {
  it.each<[string, Failure]>([
    ['that nobody answers', { kind: 'unreachable', sentence: '' }],
    ['that another program answers', { kind: 'malformed', sentence: '' }],
    ['that a proxy answers', refused(404, 'unexplained')],
    ['that the server has an error', refused(500, 'internal')],
  ])('by an answer that says %s', (_, failure) => {
    connection.heard(failed(failure));
    expect(connection.trouble.value).toEqual({ failure, since: 1000 });
  });

  it('from the first of several failures on, until it is answered', () => {
    connection.heard(failed({ kind: 'unreachable', sentence: 'first' }));
    time = 1009;
    connection.heard(failed({ kind: 'unreachable', sentence: 'last' }));
    expect(connection.trouble.value).toMatchObject({ failure: { sentence: 'last' }, since: 1000 });
    connection.heard(answered('well'));
    expect(connection.trouble.value).toBeNull();
  });

  it('no longer once the server refuses something, for it is there', () => {
    connection.heard(failed({ kind: 'unreachable', sentence: '' }));
    connection.heard(failed(refused(404, 'unknown_task')));
    expect(connection.trouble.value).toBeNull();
  });
});
