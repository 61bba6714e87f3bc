/** What a chart shows, in words, and why it is not there; for whoever asks. */

import { useEffect } from 'preact/hooks';
import type { Explanation } from '../../wire/messages';
import { useApp } from '../context';

interface ChartProps {
  /** Its metric. */
  readonly chart: string;
}

const PARTS = [
  ['Meaning', 'meaning'],
  ['Ideal trend', 'ideal'],
  ['Abnormal signs', 'abnormal'],
  ['Tips', 'tips'],
] as const;

function useExplanation(chart: string): Explanation | undefined {
  const { guide } = useApp().monitor;
  useEffect(() => void guide.need(), []);
  const known = guide.explanations.value;
  // An evaluation of a metric means what the metric does.
  return known?.[chart] ?? known?.[chart.replace(/^eval_/, '')];
}

export function Explained({ chart }: ChartProps) {
  const explanation = useExplanation(chart);
  const isKnown = useApp().monitor.guide.explanations.value !== null;
  if (isKnown && explanation === undefined)
    return (
      <p class="explanation">
        TrainMon has no words of its own for this scalar: it is shown as the trainer logged it.
      </p>
    );
  return (
    <dl class="explanation">
      {PARTS.map(([name, part]) => (
        <>
          <dt>{name}</dt>
          <dd>{explanation?.[part] ?? '…'}</dd>
        </>
      ))}
    </dl>
  );
}

export function Absent({ chart }: ChartProps) {
  return <p>{useExplanation(chart)?.absent ?? '…'}</p>;
}
