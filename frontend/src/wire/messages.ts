/** The messages of docs/http_api.md, with the wire's own key names: one vocabulary in the server, the documents and here. */

export type * from './messages/list';
export type * from './messages/log';
export type * from './messages/news';
export type * from './messages/points';
export type * from './messages/task';
export type * from './messages/words';
