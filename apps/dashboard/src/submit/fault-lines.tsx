import type { Fault } from './parse-lines.ts';

/** Faults right under the field that they are about. */
export function FaultLines({ faults }: { faults: readonly Fault[] }) {
  return (
    <div role="alert">
      {faults.map(({ path, message }) => (
        <p key={`${path} ${message}`} class="danger small">
          <code>{path}</code> {message}
        </p>
      ))}
    </div>
  );
}
