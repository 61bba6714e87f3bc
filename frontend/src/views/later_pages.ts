/** The two pages, and the log, as the tab draws them: each comes with its style sheet when it is first shown. */

import { laterParts } from './later';
import { Loading } from './states';

export const Overview = laterParts(() => import('./overview'), Loading)((page) => page.Overview);
export const TaskPage = laterParts(() => import('./task_page'), Loading)((page) => page.TaskPage);
