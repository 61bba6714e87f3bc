/** The words that several messages share. */

export type Status = 'pending' | 'running' | 'completed' | 'failed' | 'stopped';

export type Mode = 'live' | 'history';

export type LogType = 'start' | 'step' | 'eval' | 'checkpoint' | 'end';

/** What the x axis counts; `step` lays attempts over one another. */
export type Axis = 'accumulated' | 'step' | 'active' | 'wall';

export type NonFinite = 'nan' | 'inf' | '-inf';

export type Severity = 'error' | 'warning' | 'info';

export interface Problem {
  readonly code: string;
  readonly where: string;
  readonly message: string;
}
