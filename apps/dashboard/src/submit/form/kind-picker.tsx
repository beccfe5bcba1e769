import type { SecondaryKind } from '@image-studio/contract';
import { translate } from '../../text/translate.ts';
import { KindSketch } from './kind-sketch.tsx';
import './kind-picker.css';

const KINDS: readonly SecondaryKind[] = [
  'lifestyle',
  'detail',
  'infographic',
  'scale',
  'packaging',
  'on-model',
];

/** Which pictures to make of every SKU, each with a sketch of what it shows. */
export function KindPicker(props: {
  main: boolean;
  kinds: readonly string[];
  onChange: (change: { main?: boolean; kinds?: string[] }) => void;
}) {
  const { main, kinds, onChange } = props;
  const toggle = (kind: string): void =>
    onChange({ kinds: kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind] });
  return (
    <div class="kinds">
      <Kind kind="main" checked={main} onToggle={() => onChange({ main: !main })} />
      {KINDS.map((kind) => (
        <Kind key={kind} kind={kind} checked={kinds.includes(kind)} onToggle={() => toggle(kind)} />
      ))}
    </div>
  );
}

function Kind(props: { kind: SecondaryKind | 'main'; checked: boolean; onToggle: () => void }) {
  return (
    <label class="kind">
      <input type="checkbox" checked={props.checked} onChange={props.onToggle} />
      <KindSketch kind={props.kind} />
      <span>
        <span class="kind-name">{translate(props.kind)}</span>
        <span class="small soft">{translate(`about-${props.kind}`)}</span>
      </span>
    </label>
  );
}
