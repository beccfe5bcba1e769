import { useEffect, useRef } from 'preact/hooks';

/** What a layer of the page does with a key; returns whether the key was its own. */
export type PressKey = (event: KeyboardEvent) => boolean;

/** From the bottom up. Only the topmost layer that is there hears keys. */
const LEVELS = ['page', 'screen', 'box'] as const;
export type KeyLevel = (typeof LEVELS)[number];

interface Layer {
  level: number;
  press: PressKey;
  isOpen: () => boolean;
}
const layers = new Set<Layer>();

/** Keys that a slider needs itself. */
const SLIDER_KEYS = /^(Arrow|Page|Home$|End$)/;

/** Counts once, however long it is held: whoever is slow to let go of A has not looked at what comes next. */
const LETTER = /^[a-z]$/i;

/**
 * Has `press` hear every key of the page, wherever the focus is, while nothing stands above this layer. A dialog is closed some
 * milliseconds before it leaves the page: from the moment that `isOpen` says no, keys are for what stands below.
 */
export function useKeyLayer(level: KeyLevel, press: PressKey, isOpen = () => true): void {
  const layer = useRef<Layer>({ level: LEVELS.indexOf(level), press, isOpen }).current;
  layer.press = press;
  useEffect(() => {
    layers.add(layer);
    document.addEventListener('keydown', hear);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) document.removeEventListener('keydown', hear);
    };
  }, []);
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || belongsToField(event)) return;
  if (event.repeat && LETTER.test(event.key) && !event.ctrlKey && !event.metaKey) return;
  if (topmost(layers)?.press(event)) event.preventDefault();
}

/** Of those that are open, the highest; of two on one level, the later one. */
export function topmost<Some extends Pick<Layer, 'level' | 'isOpen'>>(all: Iterable<Some>): Some | undefined {
  let top: Some | undefined;
  for (const layer of all) if (layer.isOpen() && (!top || layer.level >= top.level)) top = layer;
  return top;
}

/** Whether the key is part of what somebody types or sets in a field. */
function belongsToField({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  if (target.type === 'range') return SLIDER_KEYS.test(key);
  return !/^(checkbox|radio|button|submit)$/.test(target.type);
}
