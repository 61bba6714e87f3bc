/**
 * What TensorBoard imports: it asks at once for the code of the tab, for the page that the URL names and for what that will
 * show, so that none of them waits for another. It may be loaded from two addresses, so nothing else may import it.
 */

import { begin } from './base/begun';
import { readHash } from './base/hash';
import { shelf } from './base/shelf';
import { Pins } from './model/metrics/pins';
import { firstQuestions } from './model/view/first_questions';

const values = readHash(window.parent.location.hash);
const begun = begin((url, init) => fetch(url, init), firstQuestions(values, new Pins(shelf())));
/** For whoever counts what has arrived: the benches, and a person at the console. */
export const tab = import('./tab');
const page = values.task ? import('./views/task/task_page') : import('./views/overview/overview');
// Told where the page is drawn.
page.catch(() => {});

export async function render(): Promise<void> {
  (await tab).render(begun);
}
