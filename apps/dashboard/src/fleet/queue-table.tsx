import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import type { FleetView } from './fleet-state.ts';

/** BullMQ's states, in the order of a job's life, with what they mean here. */
const STATES = [
  ['waiting', ['wait', 'prioritized']],
  ['delayed', ['delayed']],
  ['active', ['active']],
  ['waitingForCalls', ['waiting-children']],
  ['completed', ['completed']],
  ['failed', ['failed']],
] as const;

/** How many jobs each queue holds. */
export function QueueTable({ queues }: { queues: NonNullable<FleetView['queues']> }) {
  // Each pool of models has a queue of its own: `ai`, `ai-flux`.
  const count = (queue: 'sku' | 'ai', names: readonly string[]): string =>
    formatCount(
      Object.entries(queues)
        .filter(([name]) => name === queue || name.startsWith(`${queue}-`))
        .reduce((sum, [, jobs]) => names.reduce((part, name) => part + (jobs[name] ?? 0), sum), 0),
    );
  return (
    <table class="queues">
      <thead>
        <tr>
          <th scope="col">{translate('jobs')}</th>
          <th scope="col">SKU</th>
          <th scope="col">AI</th>
        </tr>
      </thead>
      <tbody>
        {STATES.map(([text, names]) => (
          <tr key={text}>
            <th scope="row">{translate(text)}</th>
            <td>{count('sku', names)}</td>
            <td>{count('ai', names)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
