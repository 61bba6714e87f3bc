/** What an insight is proved by, and what the rules looked at: for whoever asks. */

import { formatValue } from '../../base/numbers';
import { ruleWords } from '../../model/task/insights';
import styles from '../../styles/insight_details.css?inline';
import type { Insight, Looked } from '../../wire/messages';
import { useApp } from '../context';

export { styles };

interface ProofProps {
  readonly insight: Insight;
  readonly isMuted: boolean;
}

export function Proof({ insight, isMuted }: ProofProps) {
  const { view } = useApp().monitor;
  const { id, rule, evidence, advice, facts } = insight;
  return (
    <div class="insight-proof">
      <p>{evidence}</p>
      <p>
        <b>Next:</b> {advice}
      </p>
      <dl class="facts">
        <div>
          <dt>Rule</dt>
          <dd>{ruleWords(rule)}</dd>
        </div>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{ruleWords(name)}</dt>
            <dd>{factText(value)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="link" onClick={() => view.toggle('muted', id)}>
        {isMuted ? 'Tell of it again' : 'Mute it for this task'}
      </button>
    </div>
  );
}

function factText(value: number | string | null): string {
  return typeof value === 'number' ? formatValue(value) : String(value ?? '–');
}

export function LookedRules({ looked }: { readonly looked: readonly Looked[] }) {
  const idle = looked.filter((one) => !one.looked);
  return (
    <>
      <p>{namesOf(looked.filter((one) => one.looked))}</p>
      {idle.length > 0 && (
        <dl>
          {idle.map(({ rule, why }) => (
            <div key={rule}>
              <dt>{ruleWords(rule)}</dt>
              <dd>{why}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function namesOf(looked: readonly Looked[]): string {
  return looked.length === 0
    ? 'No rule had anything to look at.'
    : looked.map(({ rule }) => ruleWords(rule)).join(', ');
}
