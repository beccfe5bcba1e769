import type { Adjustment } from '@image-studio/contract';
import { useRef, useState } from 'preact/hooks';
import type { TextKey } from '../text/english.ts';
import { translate } from '../text/translate.ts';
import './adjuster.css';

type Crop = NonNullable<Adjustment['crop']>;
const STILL = { scale: 1, x: 0, y: 0 };
const WHOLE: Crop = { left: 0, top: 0, right: 1, bottom: 1 };
/** A press of an arrow key, as a share of the picture. */
const NUDGE = 0.005;
/** The most that can be cut off at a side. */
const MOST_CUT = 0.49;
const SIDES = [
  ['left', 'cropLeft'],
  ['right', 'cropRight'],
  ['top', 'cropTop'],
  ['bottom', 'cropBottom'],
] as const;

/**
 * Places the product of a main picture by hand: dragged, nudged by arrow keys, scaled and cropped, as it will be. What is shown is the picture
 * that was looked at; the new one is made from the model's answer, so it is sharper.
 */
export function Adjuster(props: {
  picture: { url: string; alt: string; width: number; height: number };
  onApply: (adjustment: Adjustment) => void;
  onCancel: () => void;
}) {
  const { picture, onApply, onCancel } = props;
  const [place, setPlace] = useState(STILL);
  const [crop, setCrop] = useState(WHOLE);
  const frame = useRef<HTMLDivElement>(null);
  const grabbed = useRef<PointerEvent | null>(null);
  const isCropped = SIDES.some(([side]) => crop[side] !== WHOLE[side]);
  const isStill = place.scale === 1 && place.x === 0 && place.y === 0 && !isCropped;
  const shift = (x: number, y: number): void =>
    setPlace((old) => ({ ...old, x: bounded(old.x + x), y: bounded(old.y + y) }));

  const nudge = (event: KeyboardEvent): void => {
    const by = event.shiftKey ? 5 * NUDGE : NUDGE;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    shift(...move);
  };

  return (
    <form
      class="adjuster"
      aria-label={translate('adjust')}
      onSubmit={(event) => {
        event.preventDefault();
        onApply({ ...place, ...(isCropped && { crop }) });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      <div
        ref={frame}
        class="adjuster-frame"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move what is in it
        tabIndex={0}
        aria-label={translate('adjustFrame')}
        style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
        onKeyDown={nudge}
        onPointerDown={(event) => {
          grabbed.current = event;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const before = grabbed.current;
          const box = frame.current?.getBoundingClientRect();
          if (!before || !box) return;
          grabbed.current = event;
          shift((event.clientX - before.clientX) / box.width, (event.clientY - before.clientY) / box.height);
        }}
        onPointerUp={() => {
          grabbed.current = null;
        }}
      >
        <img
          src={picture.url}
          alt={picture.alt}
          draggable={false}
          style={{
            transform: `translate(${place.x * 100}%, ${place.y * 100}%) scale(${place.scale})`,
            clipPath: `inset(${crop.top * 100}% ${(1 - crop.right) * 100}% ${(1 - crop.bottom) * 100}% ${crop.left * 100}%)`,
          }}
        />
      </div>
      <div class="adjuster-sliders">
        <Slider
          name="adjustScale"
          min={0.4}
          max={2}
          value={place.scale}
          onInput={(scale) => setPlace((old) => ({ ...old, scale }))}
        />
        {SIDES.map(([side, name]) => (
          <Slider
            key={side}
            name={name}
            min={0}
            max={MOST_CUT}
            value={Math.abs(crop[side] - WHOLE[side])}
            onInput={(cut) => setCrop((old) => ({ ...old, [side]: Math.abs(WHOLE[side] - cut) }))}
          />
        ))}
      </div>
      <p class="small soft">{translate('adjustHint')}</p>
      <div class="dialog-buttons">
        <button type="button" onClick={onCancel}>
          {translate('close')}
        </button>
        <button type="submit" class="primary" disabled={isStill}>
          {translate('adjustApply')}
        </button>
      </div>
    </form>
  );
}

function Slider(props: {
  name: TextKey;
  min: number;
  max: number;
  value: number;
  onInput: (value: number) => void;
}) {
  const { name, min, max, value, onInput } = props;
  return (
    <label class="small">
      {translate(name)} <output>{Math.round(value * 100)} %</output>
      <input
        type="range"
        {...{ min, max, value }}
        step={0.005}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

/** As the server takes it, and free of the dust of adding. */
function bounded(share: number): number {
  return Math.round(Math.min(1, Math.max(-1, share)) * 1e4) / 1e4;
}
