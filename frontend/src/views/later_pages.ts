/** The two pages, and the log, as the tab draws them: each comes with its style sheet when it is first shown. */

import { laterParts } from './elements/later';
import { Loading } from './elements/states';

export const Overview = laterParts(() => import('./overview/overview'), Loading)((page) => page.Overview);
export const TaskPage = laterParts(() => import('./task/task_page'), Loading)((page) => page.TaskPage);
