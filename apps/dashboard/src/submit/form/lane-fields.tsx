import { translate } from '../../text/translate.ts';
import { FaultLines } from '../faults/fault-lines.tsx';
import { faultsBeside } from '../faults/faults-beside.ts';
import type { Fault } from '../faults/parse-lines.ts';
import { Field } from './field.tsx';
import type { FormOptions } from './form-options.ts';

/** Whether the batch is made at once, or later for less; and until when. */
export function LaneFields(props: {
  options: FormOptions;
  faults: readonly Fault[];
  onChange: (change: Partial<FormOptions>) => void;
}) {
  const { options, faults, onChange } = props;
  return (
    <>
      <Field id="lane" label={translate('formLane')}>
        <select
          id="lane"
          value={options.lane}
          onChange={(event) =>
            onChange({ lane: event.currentTarget.value === 'economy' ? 'economy' : 'interactive' })
          }
        >
          <option value="interactive">{translate('laneInteractive')}</option>
          <option value="economy">{translate('laneEconomy')}</option>
        </select>
      </Field>
      {options.lane === 'economy' && (
        <Field id="deadline" label={translate('formDeadline')}>
          <input
            id="deadline"
            type="datetime-local"
            value={options.deadline}
            aria-invalid={faultsBeside(faults, 'lane').length > 0}
            onInput={(event) => onChange({ deadline: event.currentTarget.value })}
          />
        </Field>
      )}
      <FaultLines faults={faultsBeside(faults, 'lane')} />
    </>
  );
}
