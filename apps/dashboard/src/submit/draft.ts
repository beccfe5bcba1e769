import { FIRST_OPTIONS, type FormOptions } from './form/form-options.ts';
import { NO_SOURCE, type Source } from './source/source.ts';
import type { TableChoice } from './source/table-choice.ts';

/** What stands in the form for a new batch. */
export interface Draft {
  source: Source;
  choice: TableChoice;
  options: FormOptions;
}

const SLOT = 'image-studio.draft';
/** Browsers keep about five million characters for a site; a file of this size is dropped again in a second. */
const MOST_CHARACTERS = 1_000_000;

let draft: Draft | null = null;

/** The form as it was left: by going to another page or language, or by a reload (which forgets the bytes of a file). */
export function readDraft(): Draft {
  draft ??= stored() ?? { source: NO_SOURCE, choice: {}, options: FIRST_OPTIONS };
  return draft;
}

export function keepDraft(next: Draft): void {
  draft = next;
  const { source, choice, options } = next;
  const text = source.text.length > MOST_CHARACTERS ? '' : source.text;
  const kept =
    source.table || source.photos || text === ''
      ? { source: NO_SOURCE, choice: {} }
      : { source: { ...source, text }, choice };
  try {
    localStorage.setItem(SLOT, JSON.stringify({ ...kept, options }));
  } catch {
    // The browser keeps nothing more for us; the page itself still remembers.
  }
}

/** Empties the form, for the next one or because somebody wants that. */
export function clearDraft(): Draft {
  localStorage.removeItem(SLOT);
  draft = null;
  return readDraft();
}

function stored(): Draft | null {
  try {
    const { source, choice, options } = JSON.parse(localStorage.getItem(SLOT) ?? '') as Partial<Draft>;
    return {
      source: typeof source?.text === 'string' ? { text: source.text, file: source.file ?? null } : NO_SOURCE,
      choice: choice ?? {},
      options: { ...FIRST_OPTIONS, ...options },
    };
  } catch {
    return null;
  }
}
