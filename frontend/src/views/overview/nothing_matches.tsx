import { useApp } from '../context';
import { State } from '../elements/states';

/** The overview's search and statuses leave nothing. */
export function NothingMatches() {
  const { view } = useApp().monitor;
  const { find, statuses, alarmed } = view.values.value;
  const what = [find && `“${find}”`, statuses.join(' or '), alarmed && 'with warnings']
    .filter(Boolean)
    .join(', ');
  return (
    <State title="Nothing matches">
      <p>No task is {what}. Every word must be in its name, id or status.</p>
      <button
        type="button"
        class="button"
        onClick={() => view.set({ find: '', statuses: [], alarmed: false })}
      >
        Show all tasks
      </button>
    </State>
  );
}
