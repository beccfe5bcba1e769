import { createStore } from '../../state/store.ts';
import { FIRST_OPTIONS, type FormOptions } from './form-options.ts';

/** Settings under a name: everything of the form but the batch's own name and its SKUs. */
export interface Preset {
  name: string;
  options: Omit<FormOptions, 'name'>;
}

const SLOT = 'image-studio.presets';

/** The presets of this browser, by name. */
export const presets = createStore<readonly Preset[]>(stored());

export function savePreset(name: string, { name: _, ...options }: FormOptions): void {
  const others = presets.get().filter((preset) => preset.name !== name);
  write([...others, { name, options }].sort((a, b) => a.name.localeCompare(b.name)));
}

export function removePreset(name: string): void {
  write(presets.get().filter((preset) => preset.name !== name));
}

function write(next: readonly Preset[]): void {
  presets.set(next);
  localStorage.setItem(SLOT, JSON.stringify(next));
}

function stored(): Preset[] {
  try {
    const known = JSON.parse(localStorage.getItem(SLOT) ?? '[]') as Preset[];
    const { name: _, ...first } = FIRST_OPTIONS;
    return known.map(({ name, options }) => ({ name: String(name), options: { ...first, ...options } }));
  } catch {
    return [];
  }
}
